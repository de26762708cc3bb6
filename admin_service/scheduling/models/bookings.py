"""Bookings, with the snapshots that lists read instead of joining.

They change only through their use cases: a whole-document save would write back what somebody else took meanwhile.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, EmbeddedModelArrayField, EmbeddedModelField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from common.indexes import BEFORE_ALL
from common.models import StampedModel
from common.texts.names import shown_name
from people.models import LINK_LENGTH
from shared_contracts.attendance import OVER_15_MINUTES, Attendance
from shared_contracts.directory import BookingStatus
from shared_contracts.fields import URL_LENGTH

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


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return STATUS_LABELS


def attendance_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return ATTENDANCE_LABELS


_A_SLOT = Q(requested_slot_id__gt="0" * 24)
_A_PROPOSED_SLOT = Q(offered_slot_id__gt="0" * 24)
"""Any id at all: what a partial index can tell from null by."""


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
    move_end = models.CharField(max_length=20, blank=True)


class Booking(StampedModel):
    """One candidate's booking. Snapshots instead of foreign keys: lists and filters never join.

    ``live`` mirrors the status for the indexes; ``version`` rises with every change; ``requested_slot_id`` is a move
    that awaits approval, whose seat is held too. ``card_readers`` are the Telegram ids of ``card_holders``;
    ``notification_ids`` are those of the news about it; ``left_slot_ids`` are slots whose seat it gave up since its
    candidate last asked to be told of free ones. ``attendance`` and ``delay_minutes`` go with the time;
    ``offered_slot_id``: another time on offer, without a seat held there; ``marked_at``: when its outcome was marked.
    ``reminded``: the recruiter of a request has been, so what is left to ``remind_at`` is to hand it to the deputy.
    ``asleep``: Telegram ids of who was not told of a request aloud, for it was night; ``ring_at``: when they are.
    ``recruiter_told``: staff have told a recruiter who can't be reached in chat of how the booking stands.
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
    reminded = models.BooleanField(default=False)
    asleep: Any = ArrayField(models.BigIntegerField(), default=list)
    ring_at = models.DateTimeField(null=True)
    card_revision = models.BigIntegerField(default=0)
    card_holders: Any = EmbeddedModelArrayField(CardHolder, default=list)
    card_readers: Any = ArrayField(models.BigIntegerField(), default=list)
    last_act: Any = EmbeddedModelField(LastAct, null=True)
    recruiter_by_hand = models.BooleanField(_("contact the recruiter by hand"), default=False)
    recruiter_told = models.BooleanField(default=False)
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
    rejection = models.CharField(max_length=20, blank=True)
    rejected_slot_ids: Any = ArrayField(ObjectIdField(), default=list)
    user: Any = EmbeddedModelField(UserSnapshot)
    slot: Any = EmbeddedModelField(SlotSnapshot)
    search = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "bookings"
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [
            # In lists the id says which of those that begin together comes first; the end, what is still to come.
            models.Index(fields=["user_id", "starts_at", "id"], name="bookings_history"),
            models.Index(fields=["telegram_id", "live", "starts_at"], name="bookings_person"),
            models.Index(fields=["slot_id", "live"], name="bookings_slot"),
            models.Index(fields=["requested_slot_id"], name="bookings_requested", condition=_A_SLOT),
            models.Index(fields=["offered_slot_id"], name="bookings_proposed", condition=_A_PROPOSED_SLOT),
            models.Index(fields=["starts_at", "id", "ends_at"], name="bookings_starts"),
            models.Index(fields=["event_id", "starts_at", "id"], name="bookings_event"),
            models.Index(fields=["city_id", "starts_at", "id"], name="bookings_city"),
            models.Index(fields=["recruiter_id", "starts_at", "id", "ends_at"], name="bookings_recruiter"),
            # Recruiters' own lists: without these a filter reads all that they ever held.
            models.Index(fields=["recruiter_id", "event_id", "starts_at", "id"], name="bookings_recruiter_event"),
            # The answer and whose it is stand at the end of what narrows lists already, so that no other is read.
            models.Index(
                fields=["recruiter_id", "status", "starts_at", "id", "attendance"], name="bookings_recruiter_status"
            ),
            models.Index(fields=["status", "starts_at", "id", "attendance"], name="bookings_status"),
            # Partial: of the few bookings that it is about, and nothing to keep for all others.
            models.Index(
                fields=["attendance", "starts_at", "id"], name="bookings_attendance", condition=Q(attendance__gt="")
            ),
            models.Index(
                fields=["recruiter_id", "attendance", "starts_at", "id"],
                name="bookings_recruiter_coming",
                condition=Q(attendance__gt=""),
            ),
            models.Index(fields=["starts_at", "id"], name="bookings_awaiting", condition=Q(awaits_approval=True)),
            models.Index(
                fields=["recruiter_id", "starts_at", "id"],
                name="bookings_recruiter_awaiting",
                condition=Q(awaits_approval=True),
            ),
            models.Index(
                fields=["starts_at", "id", "recruiter_id", "live", "recruiter_told", "recruiter_by_hand"],
                name="bookings_by_hand_r",
                condition=Q(recruiter_by_hand=True),
            ),
            models.Index(
                fields=["starts_at", "id", "recruiter_id", "live", "candidate_by_hand"],
                name="bookings_by_hand_c",
                condition=Q(candidate_by_hand=True),
            ),
            # Who is booked in an event, and who has booked since some moment.
            models.Index(
                fields=["event_id", "user_id", "attendance"], name="bookings_in_event", condition=Q(live=True)
            ),
            models.Index(fields=["event_id", "created_at", "telegram_id"], name="bookings_since"),
            # How far people have come, in all and with a recruiter: read from the index alone.
            models.Index(fields=["user_id", "status", "attendance", "recruiter_id"], name="bookings_ways"),
            models.Index(
                fields=["recruiter_id", "created_at", "user_id", "status", "attendance"], name="bookings_recruiter_ways"
            ),
            # The jobs: what is over, what was never approved.
            # Without ``live`` before it: of today's slots MongoDB would look among all that is live, the soonest first.
            models.Index(fields=["ends_at"], name="bookings_over", condition=Q(live=True)),
            models.Index(
                fields=["live", "expires_at", "awaits_approval"],
                name="bookings_expiring",
                condition=Q(expires_at__gt=BEFORE_ALL),
            ),
            models.Index(fields=["live", "remind_at"], name="bookings_reminding", condition=Q(awaits_approval=True)),
            models.Index(fields=["ring_at"], name="bookings_ringing", condition=Q(awaits_approval=True)),
            models.Index(fields=["card_readers", "starts_at", "id"], name="bookings_cards"),
            models.Index(fields=["notification_ids"], name="bookings_notified"),
        ]
        constraints = [
            # I3's second wall: one live booking per candidate and interview event.
            models.UniqueConstraint(fields=["user_id", "event_id"], condition=Q(live=True), name="bookings_one_live"),
        ]

    def __str__(self) -> str:
        user = self.user
        return shown_name(user.first_name, user.last_name, user.username, user.telegram_id)

    def said(self) -> list[tuple[str, datetime | None]]:
        """What the candidate has said about coming (R8), in words, and when they said it."""
        answers = [
            (self.get_attendance_display(), self.attendance_at),
            (_late_by(self.delay_minutes), self.delay_at),
        ]
        return [(str(words), at) for words, at in answers if words]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused: bookings are written by ``scheduling.services.saving``."""
        raise TypeError("a booking is made and changed by scheduling.services.batch")


def _late_by(minutes: int | None) -> str:
    if minutes is None:
        return ""
    words = _("late by more than 15 minutes") if minutes == OVER_15_MINUTES else _("late by %(minutes)s minutes")
    return str(words % {"minutes": minutes})
