"""Who waits for a seat (R7)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common.models import StampedModel


class WaitingState(models.TextChoices):
    """What became of someone's wish for a slot."""

    WAITING = "waiting", _("waiting")
    LEFT = "left", _("left the list")
    SERVED = "served", _("has a booking")
    CLOSED = "closed", _("closed, and told so")
    OFF_LIST = "off_list", _("off the allow list")


def waiting_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return WaitingState.choices


class WaitingEntry(StampedModel):
    """Someone who wants to be told of a free seat in an event, in a city or (null) in any (R7).

    ``notification_id``: of the news that they wait no longer; ``by_hand``: the bot could not bring it, and nobody has
    told them yet.
    """

    user_id: Any = ObjectIdField()
    event_id: Any = ObjectIdField()
    city_id: Any = ObjectIdField(null=True)
    joined_at = models.DateTimeField(_("joined"))
    state = models.CharField(_("status"), max_length=10, choices=waiting_choices)
    telegram_id = models.BigIntegerField(_("Telegram id"))
    name = models.CharField(_("candidate"), max_length=130)
    username = models.CharField(_("username"), max_length=32, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    event = models.CharField(_("interview event"), max_length=120)
    notification_id: Any = ObjectIdField(null=True)
    by_hand = models.BooleanField(_("contact by hand"), default=False)

    class Meta:
        db_table = "waiting_list"
        verbose_name = _("waiting candidate")
        verbose_name_plural = _("waiting list")
        indexes = [
            models.Index(fields=["state", "event_id", "joined_at", "id"], name="waiting_order"),
            models.Index(fields=["user_id", "event_id", "state"], name="waiting_person"),
            # The desk's list.
            models.Index(fields=["joined_at", "id"], name="waiting_since"),
            models.Index(fields=["state", "joined_at", "id"], name="waiting_state"),
            models.Index(fields=["event_id", "joined_at", "id"], name="waiting_event"),
            models.Index(fields=["city_id", "joined_at", "id"], name="waiting_city"),
            # Few of many: whom the bot could not tell that they wait no longer.
            models.Index(fields=["joined_at", "id"], name="waiting_by_hand", condition=Q(by_hand=True)),
            models.Index(fields=["notification_id"], name="waiting_news"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user_id", "event_id"], condition=Q(state="waiting"), name="waiting_once"),
        ]

    def __str__(self) -> str:
        return self.name
