"""Interview events, slots, bookings and the audit trail.

Slots and bookings change only through their use cases: a whole-document save would write back seats that
someone else took meanwhile, so ``save`` of an existing one is refused.
"""

from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, EmbeddedModelArrayField, EmbeddedModelField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from common.models import StampedModel
from common.names import full_name
from people.models import LINK_LENGTH, City, LinkField, Recruiter
from questionnaires.models import Questionnaire
from shared_contracts.directory import Attendance, BookingStatus
from shared_contracts.fields import URL_LENGTH, to_link

STATUS_LABELS = [
    (BookingStatus.PENDING.value, _("awaits approval")),
    (BookingStatus.OFFERED.value, _("offered")),
    (BookingStatus.BOOKED.value, _("booked")),
    (BookingStatus.REJECTED.value, _("rejected")),
    (BookingStatus.EXPIRED.value, _("expired")),
    (BookingStatus.CANCELLED.value, _("cancelled")),
    (BookingStatus.ATTENDED.value, _("came")),
    (BookingStatus.LATE.value, _("came late")),
    (BookingStatus.NO_SHOW.value, _("did not come")),
    (BookingStatus.RECRUITER_ABSENT.value, _("recruiter was absent")),
    (BookingStatus.UNMARKED.value, _("over, not marked")),
]
ATTENDANCE_LABELS = [
    (Attendance.CONFIRMED.value, _("confirmed")),
    (Attendance.DECLINED.value, _("can't come")),
    (Attendance.RESCHEDULE_ASKED.value, _("asks for another time")),
]
DEFAULT_DURATION_MINUTES = 20  # FR10
LONGEST_MINUTES = 24 * 60
DEFAULT_CUTOFF_MINUTES = 120  # FR6 and FR9
DEFAULT_REMINDER_MINUTES = 120


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return STATUS_LABELS


def attendance_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return ATTENDANCE_LABELS


def check_video_link(url: str) -> None:
    """Refuse what no video call has."""
    try:
        safe = to_link(url).startswith("https://")
    except ValueError:
        safe = False
    if not safe:
        raise ValidationError(_("Give the video call's link; it begins with https://."))


class VideoLinkField(LinkField):
    """A link to a video call."""

    default_validators = [check_video_link]


class InterviewEvent(StampedModel):
    """What people sign up for, with its rules: what comes before a slot, who approves, how late one may do what.

    The quick flow (the next slots at once) and the recruiting flow are settings of the same rules.
    """

    questionnaire_id: ObjectId | None

    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    is_open = models.BooleanField(_("open for sign-up"), default=True)
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, null=True, blank=True, verbose_name=_("a questionnaire comes first")
    )
    chooses_recruiter = models.BooleanField(_("the candidate chooses a recruiter"), default=False)
    approval_required = models.BooleanField(_("a recruiter approves each request"), default=False)
    reminder_minutes = models.PositiveIntegerField(
        _("the recruiter is reminded, minutes before a request expires"),
        default=DEFAULT_REMINDER_MINUTES,
        validators=[MinValueValidator(5), MaxValueValidator(24 * 60)],
    )
    booking_cutoff_minutes = models.PositiveIntegerField(
        _("closes for booking, minutes before the start"),
        default=DEFAULT_CUTOFF_MINUTES,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    move_cutoff_minutes = models.PositiveIntegerField(
        _("may be moved until, minutes before the start"),
        default=DEFAULT_CUTOFF_MINUTES,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    cancel_cutoff_minutes = models.PositiveIntegerField(
        _("may be cancelled until, minutes before the start"),
        default=0,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    pending_hours = models.PositiveIntegerField(
        _("a request waits for approval, hours"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    move_limit = models.PositiveIntegerField(_("how many moves (empty: any number)"), null=True, blank=True)

    class Meta:
        db_table = "interview_events"
        verbose_name = _("interview event")
        verbose_name_plural = _("interview events")

    def __str__(self) -> str:
        return self.title


class InterviewSlot(StampedModel):
    """A time at which up to ``max_users`` people can come. ``booked_users`` holds the ids of who has a seat.

    ``office``: the id of the office whose location and way it has; they follow its changes. Empty for any other place.
    """

    event_id: ObjectId
    city_id: ObjectId
    recruiter_id: ObjectId | None

    event = models.ForeignKey(InterviewEvent, models.PROTECT, verbose_name=_("interview event"))
    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"))
    recruiter = models.ForeignKey(Recruiter, models.PROTECT, null=True, blank=True, verbose_name=_("recruiter"))
    starts_at = models.DateTimeField(_("starts"))
    duration_minutes = models.PositiveIntegerField(
        _("minutes"),
        default=DEFAULT_DURATION_MINUTES,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )
    ends_at = models.DateTimeField(_("ends"), editable=False)
    closes_at = models.DateTimeField(_("closes for booking"), editable=False)
    max_users = models.PositiveIntegerField(
        _("capacity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1_000)]
    )
    booked_users: Any = ArrayField(ObjectIdField(), default=list, editable=False, verbose_name=_("booked"))
    has_room = models.BooleanField(default=True, editable=False)
    location = models.CharField(_("location"), max_length=120, blank=True)
    room = models.CharField(_("room"), max_length=60, blank=True)
    video_link = VideoLinkField(
        _("video link"),
        max_length=URL_LENGTH,
        blank=True,
        help_text=_("Of an online interview, instead of a location. Only those who are booked are shown it."),
    )
    office = models.CharField(_("office"), max_length=24, blank=True)
    map_link = LinkField(_("map link"), max_length=LINK_LENGTH, blank=True, editable=False)
    directions = models.CharField(_("how to find it"), max_length=200, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "interview_slots"
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        indexes = [
            models.Index(fields=["event", "is_active", "has_room", "starts_at", "id"], name="slots_offered"),
            models.Index(fields=["starts_at"], name="slots_starts"),
            models.Index(fields=["city", "starts_at"], name="slots_city"),
            models.Index(fields=["recruiter", "starts_at"], name="slots_recruiter"),
        ]

    def __str__(self) -> str:
        there = self.starts_at.astimezone(ZoneInfo(self.city.timezone))
        return f"{there:%d.%m.%Y %H:%M} · {self.location or self.video_link}"

    def clean(self) -> None:
        """A slot is held in an office or online."""
        if not self.location and not self.office and not self.video_link:
            raise ValidationError({"location": _("Give a location, or a video link for an online interview.")})
        wrong = [name for name in ("office", "location", "room") if self.video_link and getattr(self, name)]
        if wrong:
            text = _("An online interview has no place: clear this, or the video link.")
            raise ValidationError(dict.fromkeys(wrong, text))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Make a new slot; change one by ``scheduling.services.slot_edits.edit_slot``."""
        if not self._state.adding:
            raise TypeError(
                "a slot is changed by scheduling.services.slot_edits.edit_slot, which keeps its seats right"
            )
        super().save(*args, **kwargs)


class UserSnapshot(EmbeddedModel):
    """The candidate as they were at the booking's last change."""

    telegram_id = models.BigIntegerField()
    username = models.CharField(max_length=32, blank=True)
    first_name = models.CharField(max_length=64)
    last_name = models.CharField(max_length=64, blank=True)


class SlotSnapshot(EmbeddedModel):
    """The slot as it was at the booking's last change."""

    duration_minutes = models.IntegerField()
    room = models.CharField(max_length=60, blank=True)
    video_link = models.CharField(max_length=URL_LENGTH, blank=True)
    office = models.CharField(max_length=24, blank=True)
    map_link = models.CharField(max_length=LINK_LENGTH, blank=True)
    directions = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100)
    timezone = models.CharField(max_length=64)
    recruiter = models.CharField(max_length=100, blank=True)
    event = models.CharField(max_length=120)


class CardHolder(EmbeddedModel):
    """Someone who holds the card of a request (R3). A deputy's ``reader_id`` is not the ``recruiter_id``."""

    telegram_id = models.BigIntegerField()
    reader_id: Any = ObjectIdField()
    recruiter_id: Any = ObjectIdField()


class LastAct(EmbeddedModel):
    """Who acted last on a request, as its card says."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1_000, blank=True)


class Booking(StampedModel):
    """One candidate's booking. Snapshots instead of foreign keys: lists and filters never join.

    ``live`` mirrors the status for the indexes; ``version`` rises with every change; ``requested_slot_id`` is a move
    that awaits approval, whose seat is held too. ``card_readers`` are the Telegram ids of ``card_holders``;
    ``notification_ids`` are those of the news about it; ``left_slot_ids`` are slots whose seat it gave up.
    ``attendance`` and ``delay_minutes`` go with the time; ``offered_slot_id``: another time on offer, without a seat
    held there; ``marked_at``: when its outcome was marked.
    """

    user_id: Any = ObjectIdField()
    telegram_id = models.BigIntegerField(_("Telegram id"))
    event_id: Any = ObjectIdField()
    slot_id: Any = ObjectIdField()
    requested_slot_id: Any = ObjectIdField(null=True)
    city_id: Any = ObjectIdField()
    recruiter_id: Any = ObjectIdField(null=True)
    status = models.CharField(_("status"), max_length=20, choices=status_choices)
    live = models.BooleanField()
    version = models.BigIntegerField(_("version"), default=1)
    moves = models.BigIntegerField(_("moves"), default=0)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField()
    location = models.CharField(_("location"), max_length=120)
    awaits_approval = models.BooleanField(default=False)
    reschedule_asked = models.BooleanField(default=False)
    expires_at = models.DateTimeField(_("waits for approval until"), null=True)
    remind_at = models.DateTimeField(null=True)
    card_revision = models.BigIntegerField(default=0)
    card_holders: Any = EmbeddedModelArrayField(CardHolder, default=list)
    card_readers: Any = ArrayField(models.BigIntegerField(), default=list)
    last_act: Any = EmbeddedModelField(LastAct, null=True)
    recruiter_by_hand = models.BooleanField(_("contact the recruiter by hand"), default=False)
    attendance = models.CharField(_("will come"), max_length=20, blank=True, choices=attendance_choices)
    attendance_at = models.DateTimeField(_("answered"), null=True)
    delay_minutes = models.IntegerField(_("minutes late"), null=True)
    delay_at = models.DateTimeField(null=True)
    offered_slot_id: Any = ObjectIdField(null=True)
    marked_at = models.DateTimeField(null=True)
    candidate_by_hand = models.BooleanField(_("contact the candidate by hand"), default=False)
    notification_ids: Any = ArrayField(ObjectIdField(), default=list)
    left_slot_ids: Any = ArrayField(ObjectIdField(), default=list)
    ended_by = models.CharField(_("ended by"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=1_000, blank=True)
    user: Any = EmbeddedModelField(UserSnapshot)
    slot: Any = EmbeddedModelField(SlotSnapshot)
    search = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "bookings"
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [
            models.Index(fields=["user_id", "-starts_at"], name="bookings_history"),
            models.Index(fields=["telegram_id", "live", "starts_at"], name="bookings_person"),
            models.Index(fields=["slot_id", "live"], name="bookings_slot"),
            models.Index(fields=["requested_slot_id"], name="bookings_requested"),
            models.Index(fields=["starts_at"], name="bookings_starts"),
            models.Index(fields=["event_id", "starts_at"], name="bookings_event"),
            models.Index(fields=["recruiter_id", "starts_at"], name="bookings_recruiter"),
            models.Index(fields=["status", "starts_at"], name="bookings_status"),
            models.Index(fields=["attendance", "starts_at"], name="bookings_attendance"),
            # The jobs: what is over, what was never approved.
            models.Index(fields=["live", "ends_at"], name="bookings_over"),
            models.Index(fields=["live", "expires_at"], name="bookings_expiring"),
            models.Index(fields=["live", "remind_at"], name="bookings_reminding"),
            models.Index(fields=["card_readers", "starts_at", "id"], name="bookings_cards"),
            models.Index(fields=["notification_ids"], name="bookings_notified"),
        ]
        constraints = [
            # I3's second wall: one live booking per candidate and interview event.
            models.UniqueConstraint(fields=["user_id", "event_id"], condition=Q(live=True), name="bookings_one_live"),
        ]

    def __str__(self) -> str:
        return full_name(self.user.first_name, self.user.last_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused: bookings are written by ``scheduling.services.saving``."""
        raise TypeError("a booking is made and changed by scheduling.services.batch")


class WaitingState(models.TextChoices):
    """What became of someone's wish for a slot."""

    WAITING = "waiting", _("waiting")
    LEFT = "left", _("left the list")
    SERVED = "served", _("has a booking")


def waiting_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return WaitingState.choices


class WaitingEntry(StampedModel):
    """Someone who wants to be told of a free seat in an event, in a city or (null) in any (R7)."""

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

    class Meta:
        db_table = "waiting_list"
        verbose_name = _("waiting candidate")
        verbose_name_plural = _("waiting list")
        indexes = [
            models.Index(fields=["state", "event_id", "joined_at", "id"], name="waiting_order"),
            models.Index(fields=["user_id", "event_id", "state"], name="waiting_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user_id", "event_id"], condition=Q(state="waiting"), name="waiting_once"),
        ]

    def __str__(self) -> str:
        return self.name
