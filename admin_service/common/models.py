"""Base model with the moments of making and last change (R1), and the audit trail (I7)."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common import clock

Model_co = TypeVar("Model_co", bound=models.Model, covariant=True)


class StampedQuerySet(models.QuerySet[Model_co]):
    """Conditional and bulk updates advance ``updated_at`` too."""

    def update(self, **values: Any) -> int:
        """As Django's, with ``updated_at``."""
        values.setdefault("updated_at", clock.now())
        return super().update(**values)


StampedManager = models.Manager.from_queryset(StampedQuerySet)


class StampedModel(models.Model):
    """Adds ``created_at`` and ``updated_at`` (UTC). Raw writers put ``updated_at`` into their own updates."""

    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    objects = StampedManager()

    class Meta:
        abstract = True

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
        indexes = [models.Index(fields=["subject_id", "created_at"], name="audit_subject")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
