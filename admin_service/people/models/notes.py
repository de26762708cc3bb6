"""What staff note of people, and what the bot has written to them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common.models import StampedModel

NOTE_LENGTH = 2_000


class PersonNote(StampedModel):
    """A note of a candidate, for staff alone; who took it and when. It is not changed, but may be taken away."""

    candidate_id: Any = ObjectIdField()
    text = models.TextField(_("note"), max_length=NOTE_LENGTH)
    author = models.CharField(_("by"), max_length=150)

    class Meta:
        db_table = "person_notes"
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["candidate_id", "created_at", "id"], name="notes_person")]

    def __str__(self) -> str:
        return self.text[:60]


class PersonMessage(StampedModel):
    """A message of the bot to a candidate that no other ledger keeps, as it was sent; its id is the notification's.

    ``author``: the login of who wrote it; empty for news of bookings, which ``booking_id`` names. ``status``: of
    ``DeliveryStatus``, empty while it is on its way. ``written_at``: when it was written, or sent where the bot wrote
    it; by it people's timelines go.
    """

    telegram_id = models.BigIntegerField(_("Telegram id"))
    booking_id: Any = ObjectIdField(null=True)
    author = models.CharField(_("by"), max_length=150, blank=True)
    text = models.TextField(_("text as sent"))
    status = models.CharField(_("status"), max_length=12, blank=True)
    error = models.CharField(_("error"), max_length=256, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "person_messages"
        verbose_name = _("message to a person")
        verbose_name_plural = _("messages to people")
        indexes = [models.Index(fields=["telegram_id", "written_at", "id"], name="messages_person")]

    def __str__(self) -> str:
        return self.text[:60]
