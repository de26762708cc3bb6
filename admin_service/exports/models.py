"""Exports that the worker makes: what was asked for, and how far it is."""

from typing import Any

from bson import ObjectId
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_mongodb_backend.fields import ObjectIdField

from common import clock
from common.models import StampedModel


class ExportStatus(models.TextChoices):
    """How far an export is."""

    QUEUED = "queued", _("waits its turn")
    MAKING = "making", _("is being made")
    READY = "ready", _("ready")
    FAILED = "failed", pgettext_lazy("export", "failed")
    CANCELLED = "cancelled", pgettext_lazy("export", "cancelled")


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return list(ExportStatus.choices)


UNDER_WAY = (ExportStatus.QUEUED.value, ExportStatus.MAKING.value)


class Export(StampedModel):
    """One list, as it was filtered, for one login.

    Attributes:
        list_name: the model, as ``app.model``.
        query: of the list's address, without the export's own parameters.
        narrowed: what that narrows the list to, in words of the language it was asked for in.
        reach: a digest of what the login could see then; the file is not for one that sees something else now.
        total, done: rows; ``total`` is null until they have been counted.
        parts: pieces of the file that are stored, in ``export_parts``.
        held_until, hold: until when a worker has it, and which; another may take it up then.
        tries: to go on with it, since the last piece.
        ends_at: when the file is gone; null until it is ready.
    """

    pk: ObjectId

    login = models.CharField(_("asked by"), max_length=150)
    user_id: Any = ObjectIdField()
    list_name = models.CharField(_("list"), max_length=100)
    query = models.TextField(_("filtered by"), max_length=4_000, blank=True)
    narrowed = models.TextField(max_length=500, blank=True)
    kind = models.CharField(_("file"), max_length=4)
    language = models.CharField(max_length=10)
    file_name = models.CharField(max_length=100)
    reach = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=10, default=ExportStatus.QUEUED.value, choices=status_choices)
    total = models.BigIntegerField(_("rows"), null=True)
    done = models.BigIntegerField(default=0)
    parts = models.BigIntegerField(default=0)
    tries = models.BigIntegerField(default=0)
    held_until = models.DateTimeField(default=clock.now)
    hold = models.CharField(max_length=32, blank=True)
    ends_at = models.DateTimeField(_("can be downloaded until"), null=True)
    correlation_id = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "exports"
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(fields=["login", "created_at", "id"], name="exports_login"),
            models.Index(fields=["status", "updated_at"], name="exports_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}.{self.kind}"

    @property
    def is_ready(self) -> bool:
        """Whether the file is there, and not at its end."""
        return self.status == ExportStatus.READY and self.ends_at is not None and self.ends_at > clock.now()
