"""The ledger of automatic messages, and when staff want them sent."""

from typing import Any

from bson import ObjectId
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common.group_chats import GroupChat
from common.indexes import UniqueIndex
from common.models import StampedModel
from message_templates.models import language_choices
from people.models import City
from reminders.domain.kinds import SPECS
from reminders.domain.states import MessageState, SuppressionReason
from scheduling.models import InterviewEvent
from shared_contracts.card import CardOccasion

KIND_LABELS: list[tuple[str, Any]] = [(kind.value, _(spec.label)) for kind, spec in SPECS.items()]
STATE_LABELS: list[tuple[str, Any]] = [
    (MessageState.SCHEDULED.value, _("planned")),
    (MessageState.QUEUED.value, _("on its way")),
    (MessageState.SENT.value, _("sent")),
    (MessageState.FAILED.value, _("not delivered")),
    (MessageState.SUPPRESSED.value, _("not sent")),
]
SUPPRESSION_LABELS: list[tuple[str, Any]] = [
    (SuppressionReason.BOOKED_LATE.value, _("booked after its time")),
    (SuppressionReason.MERGED.value, _("another message says it too")),
    (SuppressionReason.ENDED.value, _("the booking has ended")),
    (SuppressionReason.MOVED.value, _("the interview was moved")),
    (SuppressionReason.ANSWERED.value, _("answered already")),
    (SuppressionReason.STALE.value, _("its time had passed")),
    (SuppressionReason.QUIET_HOURS.value, _("it fell into the night")),
    (SuppressionReason.SWITCHED_OFF.value, _("switched off")),
    (SuppressionReason.NO_CHAT.value, _("no chat to send it to")),
    (SuppressionReason.SECOND_CHANCE_GIVEN.value, _("offered once already")),
    (SuppressionReason.NOT_ASKED.value, _("the candidate was not asked")),
    (SuppressionReason.TAKEN_BACK.value, _("the mark was taken back")),
    (SuppressionReason.EMPTY.value, _("nothing left to tell")),
]


def kind_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return KIND_LABELS


def state_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return STATE_LABELS


def reason_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return SUPPRESSION_LABELS


def occasion_choices() -> list[tuple[str, str]]:
    """Named by migrations: a new one needs none."""
    return [(item.value, item.value) for item in CardOccasion]


class AutoMessage(StampedModel):
    """A scheduled message, planned with what causes it, sent once: its subject, kind and start are unique.

    Staff and stored names say “automatic message”.

    ``subject_id``: the booking's id, or that of who a list is for; ``booking_id`` is null for lists. ``starts_at``: of
    the interview, or the beginning of the day a list is about. ``turn``: of changes, the booking's version; else 0.
    ``target_chat_id`` is null where it is found when the message is sent. ``booked_at``: when the booking came to stand
    at this time. ``attempts`` counts how often it was put on its way, ``uncertain_tries`` sends without an answer.
    """

    subject_id: Any = ObjectIdField()
    booking_id: Any = ObjectIdField(null=True)
    kind = models.CharField(_("message"), max_length=20, choices=kind_choices)
    starts_at = models.DateTimeField(_("interview"))
    turn = models.BigIntegerField(default=0)
    occasion = models.CharField(max_length=20, blank=True, choices=occasion_choices)
    target_chat_id = models.BigIntegerField(_("chat"), null=True)
    due_at = models.DateTimeField(_("due"))
    stale_at = models.DateTimeField(_("of no use from"))
    booked_at = models.DateTimeField(null=True)
    asks_attendance = models.BooleanField(_("with the question whether they come"), default=False)
    state = models.CharField(_("status"), max_length=12, choices=state_choices)
    why = models.CharField(_("why not"), max_length=20, blank=True, choices=reason_choices)
    attempts = models.BigIntegerField(_("attempts"), default=0)
    uncertain_tries = models.BigIntegerField(_("sends without an answer"), default=0)
    queued_at = models.DateTimeField(_("put on its way"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    text = models.TextField(_("text as sent"), blank=True)
    telegram_message_id = models.BigIntegerField(null=True)
    error = models.CharField(_("error"), max_length=256, blank=True)

    class Meta:
        db_table = "auto_messages"
        verbose_name = _("automatic message")
        verbose_name_plural = _("automatic messages")
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="auto_due"),
            models.Index(fields=["target_chat_id", "due_at", "id"], name="auto_target"),
            models.Index(fields=["booking_id", "due_at", "id"], name="auto_booking"),
            models.Index(fields=["due_at", "id"], name="auto_age"),
            models.Index(fields=["kind", "due_at", "id"], name="auto_kind"),
            models.Index(fields=["why", "due_at", "id"], name="auto_why", condition=Q(why__gt="")),
            # I4's second wall: a message comes once per booking, kind and start time.
            UniqueIndex(fields=["subject_id", "kind", "starts_at", "turn"], name="auto_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ReminderRule(StampedModel):
    """When a message goes out, or that it does not, for an event, a city, both, or (both null) everywhere.

    ``at``: a local clock time, for kinds that have one; ``minutes``: for the others, as ``Timing`` counts them.
    ``replan``: bookings planned by the rule as it was are still to be gone through. ``is_removed``: it counts no more,
    and is kept until that has been done.
    """

    event_id: ObjectId | None
    city_id: ObjectId | None

    kind = models.CharField(_("message"), max_length=20, choices=kind_choices)
    event = models.ForeignKey(InterviewEvent, models.PROTECT, null=True, blank=True, verbose_name=_("interview event"))
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    is_on = models.BooleanField(_("is sent"), default=True)
    at = models.CharField(
        _("at"), max_length=5, blank=True, validators=[RegexValidator(r"^([01]\d|2[0-3]):[0-5]\d$", _("HH:MM"))]
    )
    minutes = models.PositiveIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(2 * 24 * 60)]
    )
    key = models.CharField(max_length=80, unique=True, editable=False)
    replan = models.BooleanField(default=False, editable=False)
    is_removed = models.BooleanField(default=False, editable=False)

    class Meta:
        db_table = "reminder_rules"
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")

    def __str__(self) -> str:
        where = " · ".join(str(item) for item in (self.event, self.city) if item)
        return f"{self.get_kind_display()} · {where or _('everywhere')}"


class StaffChat(GroupChat):
    """The one document that says in which group and topic staff read the daily summary (null: nowhere), and how."""

    chat_id = models.BigIntegerField(_("staff's chat id"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, default="ru", choices=language_choices)

    class Meta:
        db_table = "staff_chat"
        verbose_name = _("staff's chat")
        verbose_name_plural = _("staff's chat")

    def __str__(self) -> str:
        return str(self.chat_id or "")
