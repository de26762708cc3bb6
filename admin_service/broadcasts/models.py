"""Broadcasts: which announcement went where, and what came of it."""

from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common.group_chats import GroupChat
from common.models import NameField, StampedModel
from common.zones import MOSCOW
from people.models import TAG_LENGTH, City
from scheduling.models import InterviewEvent
from shared_contracts.fields import LARGEST_TELEGRAM_ID


class AnnouncementChat(GroupChat):
    """A group that announcements can go to."""

    title = NameField(_("title"), max_length=100)
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
    """Which candidates a broadcast goes to. ``CITY`` is of older ones: a city narrows any of the others."""

    ALL = "all", _("all candidates")
    NO_BOOKING = "no_booking", _("who have no booking")
    BOOKED = "booked", _("who have a booking")
    SILENT = "silent", _("who have a booking and have not said whether they come")
    WAITING = "waiting", _("who wait for a free seat")
    ANSWERED = "answered", _("who have answered the questionnaire")
    UNANSWERED = "unanswered", _("who have not answered the questionnaire")
    CITY = "city", _("candidates of one city who have started the bot")


class Exclusion(models.TextChoices):
    """Whom of them it leaves out."""

    BOOKED = "booked", _("who have a booking")
    WAITING = "waiting", _("who wait for a free seat")
    WRITTEN = "written", _("who were sent an announcement of it in the last 7 days")


class Again(models.TextChoices):
    """To whom of an earlier broadcast it goes again."""

    FAILED = "failed", _("did not get it")
    UNPRESSED = "unpressed", _("did not press the button")
    UNBOOKED = "unbooked", _("did not book")


class BroadcastStatus(models.TextChoices):
    """How far a broadcast is."""

    SCHEDULED = "scheduled", _("scheduled")
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    FINISHED = "finished", _("finished")
    CANCELLED = "cancelled", pgettext_lazy("broadcast", "cancelled")


UNDER_WAY = (BroadcastStatus.QUEUED, BroadcastStatus.SENDING, BroadcastStatus.PAUSED)
"""The bot has it, and is not done."""


def audience_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return Audience.choices


def again_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return Again.choices


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return BroadcastStatus.choices


class Broadcast(StampedModel):
    """One press on Broadcast (FR1). Counts are what the bot reported so far.

    ``message_text`` and ``text_en`` are what staff typed, with its variables, until it begins; then as it is sent.
    ``audience_tag``: it goes only to those who have it. ``of_event_id``: the event that the audience is about, where
    it is not the one announced. ``again_of``: the earlier broadcast of whose readers those that ``again_to`` names get
    it. ``send_at``: when it is to begin, null for at once; ``began_at``: when it did. ``people`` and ``unreachable``:
    how many the audience had then. ``twin`` is the same for what is the same announcement, and kept while it must not
    be started again (``services.starting``).
    ``revision`` counts what was asked of the bot since. ``is_test``: it went to who wrote it.
    """

    event_id: ObjectId
    audience_city_id: ObjectId | None

    event = models.ForeignKey(InterviewEvent, models.PROTECT, verbose_name=_("interview event"))
    message_text = models.TextField(_("text"), max_length=3_500)
    text_en = models.TextField(_("text in English"), max_length=3_500, blank=True, default="")
    chat_ids: Any = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("chats"))
    audience = models.CharField(_("audience"), max_length=10, choices=audience_choices, blank=True)
    audience_city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    audience_tag = models.CharField(_("tag"), max_length=TAG_LENGTH, blank=True, default="", editable=False)
    of_event_id: Any = ObjectIdField(null=True, editable=False)
    excludes: Any = ArrayField(models.CharField(max_length=10), default=list, editable=False)
    again_of: Any = ObjectIdField(null=True, editable=False)
    again_to = models.CharField(max_length=10, choices=again_choices, blank=True, default="", editable=False)
    status = models.CharField(_("status"), max_length=10, choices=status_choices, default=BroadcastStatus.QUEUED)
    started_by = models.CharField(_("started by"), max_length=150)
    send_at = models.DateTimeField(_("to be sent"), null=True, editable=False)
    began_at = models.DateTimeField(_("begun"), null=True, editable=False)
    revision = models.IntegerField(default=0, editable=False)
    twin = models.CharField(max_length=64, blank=True, default="", editable=False)
    is_test = models.BooleanField(default=False, editable=False)
    people = models.IntegerField(default=0, editable=False)
    unreachable = models.IntegerField(default=0, editable=False)
    sent = models.IntegerField(_("sent"), default=0)
    blocked = models.IntegerField(_("blocked"), default=0)
    failed = models.IntegerField(_("failed"), default=0)
    uncertain = models.IntegerField(_("uncertain"), default=0)
    pressed = models.IntegerField(_("pressed the button"), default=0, editable=False)

    class Meta:
        db_table = "broadcasts"
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        indexes = [models.Index(fields=["status", "send_at"], name="broadcasts_due")]
        constraints = [
            # Two who press at once, from whatever pages, start one.
            models.UniqueConstraint(fields=["twin"], condition=Q(twin__gt=""), name="broadcasts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.created_at.astimezone(ZoneInfo(MOSCOW)):%d.%m.%Y %H:%M}"


class BroadcastDelivery(StampedModel):
    """What became of one recipient's message; one per broadcast and chat, so a repeated report counts once."""

    broadcast_id: Any = ObjectIdField()
    chat_id = models.BigIntegerField(_("chat id"))
    status = models.CharField(_("status"), max_length=10)
    telegram_message_id = models.BigIntegerField(null=True)
    error = models.CharField(_("error"), max_length=256, blank=True)
    pressed_at = models.DateTimeField(_("pressed the button"), null=True, editable=False)

    class Meta:
        db_table = "broadcast_deliveries"
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["broadcast_id", "chat_id"], name="deliveries_once")]
        indexes = [
            models.Index(fields=["broadcast_id", "status", "id"], name="deliveries_status"),
            models.Index(fields=["broadcast_id", "pressed_at", "id"], name="deliveries_pressed"),
            # The unique index is partial, which other look-ups can't use.
            models.Index(fields=["broadcast_id", "chat_id"], name="deliveries_chat"),
            models.Index(fields=["chat_id", "broadcast_id"], name="deliveries_person"),
            models.Index(fields=["chat_id", "created_at", "id"], name="deliveries_timeline"),
        ]
