"""Base model with the moments of making and last change (R1), and the audit trail (I7)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common import clock
from common.texts.lengths import TelegramLength
from shared_contracts.fields import is_line, is_text, to_moment
from shared_contracts.telegram.names import clean_name, without_turns

Model_co = TypeVar("Model_co", bound=models.Model, covariant=True)


class StampedQuerySet(models.QuerySet[Model_co]):
    """Conditional and bulk updates advance ``updated_at`` too."""

    def update(self, **values: Any) -> int:
        """As Django's, with ``updated_at``."""
        values.setdefault("updated_at", clock.now())
        return super().update(**values)


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField  # no generic class at run time

StampedManager = models.Manager.from_queryset(StampedQuerySet)


class NameField(_CharField):
    """What somebody or something is called, without what can't be seen, however it was typed."""

    def to_python(self, value: Any) -> Any:
        """As it is stored and shown."""
        text = super().to_python(value)
        return clean_name(text) if isinstance(text, str) and is_line(text) else text  # ``check_value`` refuses others

    def deconstruct(self) -> Any:
        """To migrations it is what MongoDB keeps, a text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class PersonNameField(NameField):
    """A person's name, as long as Telegram's own may be, which it counts in characters."""


def check_value(field: Any, value: Any) -> None:
    """Refuse in a model's field what the contracts refuse on the wire, and what Telegram would not take.

    Lines hold no control character, for lines of a chat or a log could be forged by one; texts none but tab and line
    breaks; neither is longer than ``TelegramLength`` allows, but for people's names. Moments are bounded.

    Raises:
        ValidationError: saying what to do.
    """
    if isinstance(field, models.DateTimeField) and isinstance(value, datetime):
        try:
            to_moment(value)
        except ValueError:
            raise ValidationError(_("Give a time from 2000 to 2199.")) from None
    if isinstance(field, models.CharField) and isinstance(value, str) and not is_line(value):
        raise ValidationError(_("Write it on one line, without control characters."))
    if isinstance(field, models.TextField) and isinstance(value, str) and not is_text(value):
        raise ValidationError(_("It has control characters in it: write it anew."))
    if field.max_length and isinstance(value, str) and not isinstance(field, PersonNameField):
        TelegramLength(field.max_length)(value)


class StampedModel(models.Model):
    """Adds ``created_at`` and ``updated_at`` (UTC). Raw writers put ``updated_at`` into their own updates."""

    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    objects = StampedManager()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As Django's, and each value as ``check_value`` wants it; no text turns others round that stand beside it."""
        errors: dict[str, Any] = {}
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if isinstance(value, str) and field.name not in (exclude or ()):
                setattr(self, field.attname, without_turns(value))
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.error_dict
        for field in self._meta.concrete_fields:
            if field.name not in (exclude or ()) and field.name not in errors:
                try:
                    check_value(field, getattr(self, field.attname))
                except ValidationError as error:
                    errors[field.name] = error.error_list
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """As Django's; ``updated_at`` always goes along."""
        self.updated_at = clock.now()
        if update_fields is not None:
            update_fields = {*update_fields, "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)


class AuditEntry(StampedModel):
    """Who changed what, through what (I7). Written in the transaction of the change, never changed."""

    subject = models.CharField(_("subject"), max_length=20)
    subject_id: Any = ObjectIdField()
    action = models.CharField(_("action"), max_length=40)
    actor = models.CharField(_("by"), max_length=100)
    via = models.CharField(_("through"), max_length=20)
    reason = models.CharField(_("reason"), max_length=1_000, blank=True)
    before: Any = models.JSONField(_("before"), null=True)
    after: Any = models.JSONField(_("after"), null=True)
    correlation_id = models.CharField(_("correlation id"), max_length=64, blank=True)
    version = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit_entries"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["subject_id", "created_at", "id"], name="audit_subject"),
            # The desk's list, which goes by the id: it rises with time.
            models.Index(fields=["subject", "id"], name="audit_kind"),
            models.Index(fields=["actor", "id"], name="audit_actor"),
            models.Index(fields=["correlation_id", "id"], name="audit_correlation"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
