"""Booking requests (``admin.booking.event``, bot to admin) and their answers (``bot.booking.result``)."""

from enum import StrEnum
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field, TypeAdapter

from shared_contracts.attendance import AttendanceRequest
from shared_contracts.calendars import CalendarEntry, CalendarFile
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, BookingView, Rejection, SlotView
from shared_contracts.fields import (
    EntityId,
    LongText,
    Moment,
    ShortText,
    TelegramUserId,
    Version,
    WireModel,
)
from shared_contracts.requests import BookingRequest, ReplyTo, ShownSlot
from shared_contracts.transport.envelope import CorrelationId, Message


class Outcome(StrEnum):
    """How a request ended (R2). Each has its own text and next step in chat."""

    BOOKED = "booked"
    PENDING_APPROVAL = "pending_approval"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SLOT_FULL = "slot_full"
    SLOT_CLOSED = "slot_closed"
    SLOT_NOT_FOUND = "slot_not_found"
    WRONG_RECRUITER = "wrong_recruiter"
    WRONG_CITY = "wrong_city"
    WRONG_PLACE = "wrong_place"
    ALREADY_BOOKED = "already_booked"
    BOOKING_NOT_FOUND = "booking_not_found"
    TOO_LATE = "too_late"
    MOVE_LIMIT = "move_limit"
    VERSION_CONFLICT = "version_conflict"
    EXPIRED = "expired"
    REJECTED = "rejected"
    NOT_ALLOWED = "not_allowed"
    FAILED = "failed"


SLOT_GONE = frozenset(
    {
        Outcome.SLOT_FULL,
        Outcome.SLOT_CLOSED,
        Outcome.SLOT_NOT_FOUND,
        Outcome.WRONG_RECRUITER,
        Outcome.WRONG_CITY,
        Outcome.WRONG_PLACE,
    }
)
"""Outcomes that mean that the slot asked for can't be had (any more) as it was shown: others are shown instead."""


class BookingCreated(BookingRequest):
    """The candidate asks for a seat."""

    event_type: Literal["booking.created"] = "booking.created"
    event_id: EntityId
    slot: ShownSlot


class BookingRescheduled(BookingRequest):
    """The candidate asks to move a booking. The version is the one they saw."""

    event_type: Literal["booking.rescheduled"] = "booking.rescheduled"
    booking_id: EntityId
    expected_version: Version
    slot: ShownSlot


class BookingCancelled(BookingRequest):
    """The candidate gives a booking up."""

    event_type: Literal["booking.cancelled"] = "booking.cancelled"
    booking_id: EntityId
    expected_version: Version


class MoveWithdrawn(BookingRequest):
    """The candidate wants no other slot any more; their booking stands as it is. ``booked``: so it does."""

    event_type: Literal["booking.move_withdrawn"] = "booking.move_withdrawn"
    booking_id: EntityId
    expected_version: Version


class BookingApproved(BookingRequest):
    """A recruiter approves a pending request; ``user_telegram_id`` is the recruiter's."""

    event_type: Literal["booking.approved"] = "booking.approved"
    booking_id: EntityId
    expected_version: Version


class BookingRejected(BookingRequest):
    """A recruiter rejects a pending request; ``user_telegram_id`` is the recruiter's."""

    event_type: Literal["booking.rejected"] = "booking.rejected"
    rejection: Rejection | None = None
    booking_id: EntityId
    expected_version: Version
    reason: LongText | None = None


class RescheduleAsked(BookingRequest):
    """A recruiter asks the candidate to choose another time; the request and its seat stay until then (R3)."""

    event_type: Literal["booking.reschedule_asked"] = "booking.reschedule_asked"
    booking_id: EntityId
    expected_version: Version


class OfferTaken(BookingRequest):
    """Someone on the waiting list takes the seat that is held for them."""

    event_type: Literal["booking.offer_taken"] = "booking.offer_taken"
    booking_id: EntityId
    expected_version: Version


class OfferPassed(BookingRequest):
    """Someone on the waiting list lets the seat go to the next; they stay on the list for other slots."""

    event_type: Literal["booking.offer_passed"] = "booking.offer_passed"
    booking_id: EntityId
    expected_version: Version


class TimeOffered(BookingRequest):
    """A recruiter offers a slot to a candidate who asked for another time. ``booked``: the offer is on its way.

    ``shown``: the slot as the recruiter saw it; when it is another now, it is not offered.
    """

    event_type: Literal["booking.time_offered"] = "booking.time_offered"
    booking_id: EntityId
    expected_version: Version
    slot_id: EntityId
    shown: ShownSlot | None = None


class BookingMovedByRecruiter(BookingRequest):
    """A recruiter moves an approved interview to another of their slots, at once; the candidate is told.

    ``shown``: the slot as the recruiter saw it; when it is another now, nothing moves.
    """

    event_type: Literal["booking.moved_by_recruiter"] = "booking.moved_by_recruiter"
    booking_id: EntityId
    expected_version: Version
    slot_id: EntityId
    shown: ShownSlot | None = None


class BookingCancelledByRecruiter(BookingRequest):
    """A recruiter cancels an approved interview; the candidate is told, with the reason.

    ``withdraws_slot``: its time does not suit the recruiter any more, so nobody else is to be offered it.
    """

    event_type: Literal["booking.cancelled_by_recruiter"] = "booking.cancelled_by_recruiter"
    booking_id: EntityId
    expected_version: Version
    reason: LongText | None = None
    withdraws_slot: bool = False


class TimeAnswered(BookingRequest):
    """The candidate's answer to an offered time: ``moved`` when taken, ``booked`` when the booking stays as it is.

    ``slot_id``: the slot that was offered; ``version_conflict`` when it is not the one on offer any more. ``shown``:
    the same slot as the candidate saw it; when it is another now, it is not taken and stays on offer.
    """

    event_type: Literal["booking.time_answered"] = "booking.time_answered"
    booking_id: EntityId
    slot_id: EntityId
    take: bool
    shown: ShownSlot | None = None


MARKS = (
    BookingStatus.ATTENDED,
    BookingStatus.LATE,
    BookingStatus.NO_SHOW,
    BookingStatus.RECRUITER_ABSENT,
)
"""What an interview can be marked with."""
UNMARKED_STATUSES = frozenset({BookingStatus.BOOKED, BookingStatus.UNMARKED})
"""Interviews that nobody has marked: to come, under way or over."""
INTERVIEW_STATUSES = UNMARKED_STATUSES.union(MARKS)
"""Interviews to come, and those that were."""


class OutcomeMarked(BookingRequest):
    """A recruiter says how an interview went; ``mark`` null takes it back, for a day.

    Outcomes: ``booked`` (noted), ``too_late`` (not begun yet, or the day is over), ``version_conflict``.
    """

    event_type: Literal["outcome.marked"] = "outcome.marked"
    booking_id: EntityId
    expected_version: Version
    mark: (
        Literal[BookingStatus.ATTENDED, BookingStatus.LATE, BookingStatus.NO_SHOW, BookingStatus.RECRUITER_ABSENT]
        | None
    )


AnyBookingRequest = (
    BookingCreated
    | BookingRescheduled
    | BookingCancelled
    | MoveWithdrawn
    | BookingApproved
    | BookingRejected
    | RescheduleAsked
    | OfferTaken
    | OfferPassed
    | AttendanceRequest
    | TimeOffered
    | TimeAnswered
    | OutcomeMarked
    | BookingMovedByRecruiter
    | BookingCancelledByRecruiter
)

booking_event: TypeAdapter[AnyBookingRequest] = TypeAdapter(
    Annotated[AnyBookingRequest, Field(discriminator="event_type")]
)
"""Reads a body of ``admin.booking.event``."""


class RequestEssentials(WireModel):
    """What it takes to answer ``failed`` to a request that can't be read as a whole; any version."""

    message_id: UUID
    correlation_id: CorrelationId
    event_type: ShortText
    user_telegram_id: TelegramUserId
    reply: ReplyTo | None = None


request_essentials: TypeAdapter[RequestEssentials] = TypeAdapter(RequestEssentials)
_REQUESTS: dict[str, type[BookingRequest]] = {
    kind.model_fields["event_type"].default: kind for kind in get_args(AnyBookingRequest)
}


class BookingResult(Message):
    """The one answer to a request. ``request_id`` is the request's ``message_id``, ``reply`` its echo.

    ``booking`` is the booking after the decision, null where there is none to show; ``alternatives`` are up to
    three slots that could be asked for instead. ``withdrawn``: the slot that was asked for is there, and staff don't
    offer it any more, which some outcomes leave open. ``card`` answers a recruiter: the request as it stands now.
    ``calendar_entry``: the candidate's calendar follows. ``calendar``: the same from an admin service that still makes
    the file; read until none of its messages is left.
    """

    request_id: UUID
    event_type: ShortText
    outcome: Outcome
    decided_at: Moment
    user_telegram_id: TelegramUserId
    reply: ReplyTo | None
    booking: BookingView | None
    alternatives: Annotated[list[SlotView], Field(max_length=3)] = []
    withdrawn: bool = False
    card: RecruiterCard | None = None
    calendar: CalendarFile | None = None
    calendar_entry: CalendarEntry | None = None

    @property
    def asked(self) -> type[BookingRequest] | None:
        """The kind of request it answers; None for one that is not known here."""
        return _REQUESTS.get(self.event_type)


booking_result: TypeAdapter[BookingResult] = TypeAdapter(BookingResult)
"""Reads a body of ``bot.booking.result``."""


class ConfirmBooking(WireModel):
    """Body of ``POST /api/confirm-booking``: the booking of FR4 for clients without a broker."""

    user_telegram_id: TelegramUserId
    event_id: EntityId
    slot_id: EntityId


class ConfirmBookingAnswer(WireModel):
    """Answer of ``POST /api/confirm-booking``."""

    request_id: UUID
    outcome: Outcome
    decided_at: Moment
    booking: BookingView | None
    alternatives: Annotated[list[SlotView], Field(max_length=3)] = []
