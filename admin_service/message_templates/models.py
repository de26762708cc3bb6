"""Message templates as they are in force, and every version they ever had (R5)."""

from typing import Any

from bson import ObjectId
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import StampedModel
from message_templates.domain.catalogue import MESSAGE_KINDS
from people.models import City
from shared_contracts.texts.message_templates import TEMPLATE_LENGTH

KIND_LABELS: list[tuple[str, Any]] = [(kind.value, _(spec.label)) for kind, spec in MESSAGE_KINDS.items()]
LANGUAGE_LABELS = [("ru", _("Russian")), ("en", _("English"))]

ACTION_LABELS = [
    ("seeded", _("came with the product")),
    ("created", _("made")),
    ("changed", _("changed")),
    ("restored", _("restored")),
    ("deleted", _("went back to the default")),
]


def kind_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return KIND_LABELS


def language_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return LANGUAGE_LABELS


def action_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return ACTION_LABELS


class MessageTemplate(StampedModel):
    """A text in force: a city's own, or the default where ``city`` is null.

    ``key`` holds kind, language and city: a unique index over the three would pass over defaults, whose city is null.
    """

    city_id: ObjectId | None

    kind = models.CharField(_("message"), max_length=40, choices=kind_choices, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=language_choices, editable=False)
    city = models.ForeignKey(City, models.PROTECT, null=True, editable=False, verbose_name=_("city"))
    key = models.CharField(max_length=80, unique=True, editable=False)
    text = models.TextField(_("text"), max_length=TEMPLATE_LENGTH)
    version = models.BigIntegerField(_("version"), default=1, editable=False)

    class Meta:
        db_table = "message_templates"
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")

    def __str__(self) -> str:
        where = self.city.name if self.city else _("all cities")
        return f"{self.get_kind_display()} · {self.get_language_display()} · {where}"


class TemplateRevision(StampedModel):
    """One version of a text. It stays when a city goes back to the default, whose revision has no text."""

    city_id: ObjectId | None

    kind = models.CharField(max_length=40, choices=kind_choices)
    language = models.CharField(max_length=2, choices=language_choices)
    city = models.ForeignKey(City, models.PROTECT, null=True)
    number = models.BigIntegerField()
    text = models.TextField(blank=True, max_length=TEMPLATE_LENGTH)
    action = models.CharField(max_length=20, choices=action_choices)
    restored_from = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=100)

    class Meta:
        db_table = "template_revisions"
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        indexes = [models.Index(fields=["kind", "language", "city", "-number"], name="revisions_of_template")]

    def __str__(self) -> str:
        return str(self.number)
