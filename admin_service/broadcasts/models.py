"""Broadcasts: which announcement went where, and what came of it."""

from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common.group_chats import GroupChat
from common.models import StampedModel
from common.zones import MOSCOW
from people.models import City
from scheduling.models import InterviewEvent
from shared_contracts.fields import LARGEST_TELEGRAM_ID


class AnnouncementChat(GroupChat):
    """A group that announcements can go to."""

    title = models.CharField(_("title"), max_length=100)
    chat_id = models.BigIntegerField(
        _("chat id"),
        unique=True,
        help_text=_("Groups have negative ids."),
        validators=[MinValueValidator(-LARGEST_TELEGRAM_ID), MaxValueValidator(LARGEST_TELEGRAM_ID)],
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "announcement_chats"
        verbose_name = _("announcement chat")
        verbose_name_plural = _("announcement chats")

    def __str__(self) -> str:
        return self.title


class Audience(models.TextChoices):
    """Which candidates a broadcast goes to."""

    ALL = "all", _("all candidates who have started the bot")
    CITY = "city", _("candidates of one city who have started the bot")


class BroadcastStatus(models.TextChoices):
    """How far a broadcast is."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    FINISHED = "finished", _("finished")


def audience_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return Audience.choices


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return BroadcastStatus.choices


class Broadcast(StampedModel):
    """One press on Broadcast (FR1). Counts are what the bot reported so far."""

    event_id: ObjectId
    audience_city_id: ObjectId | None

    event = models.ForeignKey(InterviewEvent, models.PROTECT, verbose_name=_("interview event"))
    message_text = models.TextField(_("text"), max_length=3_500)
    chat_ids: Any = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("chats"))
    audience = models.CharField(_("audience"), max_length=10, choices=audience_choices, blank=True)
    audience_city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    status = models.CharField(_("status"), max_length=10, choices=status_choices, default=BroadcastStatus.QUEUED)
    started_by = models.CharField(_("started by"), max_length=150)
    sent = models.IntegerField(_("sent"), default=0)
    blocked = models.IntegerField(_("blocked"), default=0)
    failed = models.IntegerField(_("failed"), default=0)
    uncertain = models.IntegerField(_("uncertain"), default=0)

    class Meta:
        db_table = "broadcasts"
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")

    def __str__(self) -> str:
        return f"{self.event} · {self.created_at.astimezone(ZoneInfo(MOSCOW)):%d.%m.%Y %H:%M}"


class BroadcastDelivery(StampedModel):
    """What became of one recipient's message; one per broadcast and chat, so a repeated report counts once."""

    broadcast_id: Any = ObjectIdField()
    chat_id = models.BigIntegerField(_("chat id"))
    status = models.CharField(_("status"), max_length=10)
    telegram_message_id = models.BigIntegerField(null=True)
    error = models.CharField(_("error"), max_length=256, blank=True)

    class Meta:
        db_table = "broadcast_deliveries"
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["broadcast_id", "chat_id"], name="deliveries_once")]
        indexes = [models.Index(fields=["broadcast_id", "status"], name="deliveries_status")]
