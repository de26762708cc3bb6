"""Booking requests (``admin.booking.event``, bot to admin) and their answers (``bot.booking.result``)."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator

from shared_contracts.calendars import CalendarEntry, CalendarFile
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import Attendance, BookingStatus, BookingView, DelayMinutes, SlotView
from shared_contracts.envelope import CorrelationId, Message
from shared_contracts.fields import (
    EntityId,
    LongText,
    Moment,
    ShortText,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
    Version,
    WireModel,
)


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
    }
)
"""Outcomes that mean that the slot asked for can't be had (any more) as it was shown: others are shown instead."""


class RequestType(StrEnum):
    """What a request asks for: its ``event_type`` on the wire, which its result repeats."""

    BOOKING_CREATED = "booking.created"
    BOOKING_RESCHEDULED = "booking.rescheduled"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_APPROVED = "booking.approved"
    BOOKING_REJECTED = "booking.rejected"
    BOOKING_RESCHEDULE_ASKED = "booking.reschedule_asked"
    BOOKING_OFFER_TAKEN = "booking.offer_taken"
    BOOKING_OFFER_PASSED = "booking.offer_passed"
    ATTENDANCE_ANSWERED = "attendance.answered"
    DELAY_ANNOUNCED = "attendance.delay_announced"
    BOOKING_TIME_OFFERED = "booking.time_offered"
    BOOKING_TIME_ANSWERED = "booking.time_answered"
    OUTCOME_MARKED = "outcome.marked"


class ReplyTo(WireModel):
    """The chat message that shows the answer."""

    chat_id: TelegramChatId
    message_id: TelegramMessageId


class BriefPayload(WireModel):
    """Dates and times for readers of the brief's format: ``YYYY-MM-DD`` and ``HH:MM`` in the slot's city's zone."""

    old_date: ShortText | None = None
    old_time: ShortText | None = None
    new_date: ShortText | None = None
    new_time: ShortText | None = None
    location: ShortText | None = None


class ShownSlot(WireModel):
    """The slot as the candidate saw it; a difference at commit gets its own outcome (R2)."""

    id: EntityId
    starts_at: Moment
    city_id: EntityId | None = None
    recruiter_id: EntityId | None = None


class BookingRequest(Message):
    """Fields all requests share. ``timestamp`` is the brief's name for ``occurred_at``."""

    user_telegram_id: TelegramUserId
    timestamp: Moment
    payload: BriefPayload = BriefPayload()
    reply: ReplyTo | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> "BookingRequest":
        if self.timestamp != self.occurred_at:
            raise ValueError("timestamp and occurred_at must be the same moment")
        return self


class BookingCreated(BookingRequest):
    """The candidate asks for a seat."""

    event_type: Literal[RequestType.BOOKING_CREATED] = RequestType.BOOKING_CREATED
    event_id: EntityId
    slot: ShownSlot


class BookingRescheduled(BookingRequest):
    """The candidate asks to move a booking. The version is the one they saw."""

    event_type: Literal[RequestType.BOOKING_RESCHEDULED] = RequestType.BOOKING_RESCHEDULED
    booking_id: EntityId
    expected_version: Version
    slot: ShownSlot


class BookingCancelled(BookingRequest):
    """The candidate gives a booking up."""

    event_type: Literal[RequestType.BOOKING_CANCELLED] = RequestType.BOOKING_CANCELLED
    booking_id: EntityId
    expected_version: Version


class BookingApproved(BookingRequest):
    """A recruiter approves a pending request; ``user_telegram_id`` is the recruiter's."""

    event_type: Literal[RequestType.BOOKING_APPROVED] = RequestType.BOOKING_APPROVED
    booking_id: EntityId
    expected_version: Version


class BookingRejected(BookingRequest):
    """A recruiter rejects a pending request; ``user_telegram_id`` is the recruiter's."""

    event_type: Literal[RequestType.BOOKING_REJECTED] = RequestType.BOOKING_REJECTED
    booking_id: EntityId
    expected_version: Version
    reason: LongText | None = None


class RescheduleAsked(BookingRequest):
    """A recruiter asks the candidate to choose another time; the request and its seat stay until then (R3)."""

    event_type: Literal[RequestType.BOOKING_RESCHEDULE_ASKED] = RequestType.BOOKING_RESCHEDULE_ASKED
    booking_id: EntityId
    expected_version: Version


class OfferTaken(BookingRequest):
    """Someone on the waiting list takes the seat that is held for them."""

    event_type: Literal[RequestType.BOOKING_OFFER_TAKEN] = RequestType.BOOKING_OFFER_TAKEN
    booking_id: EntityId
    expected_version: Version


class OfferPassed(BookingRequest):
    """Someone on the waiting list lets the seat go to the next; they stay on the list for other slots."""

    event_type: Literal[RequestType.BOOKING_OFFER_PASSED] = RequestType.BOOKING_OFFER_PASSED
    booking_id: EntityId
    expected_version: Version


class AttendanceAnswered(BookingRequest):
    """The candidate says whether they come (R8). ``starts_at``: of the interview the question was about.

    Outcomes: ``booked`` (confirmed, or asked for another time: the booking says which), ``cancelled`` (can't come),
    ``too_late`` from the start on, ``version_conflict`` when the interview was moved since.
    """

    event_type: Literal[RequestType.ATTENDANCE_ANSWERED] = RequestType.ATTENDANCE_ANSWERED
    booking_id: EntityId
    starts_at: Moment
    answer: Attendance


class DelayAnnounced(BookingRequest):
    """The candidate will be late (R8). ``starts_at``: of the interview it is about; ``minutes``: 20 is more than 15.

    Outcomes: ``booked`` (the recruiter is told; the booking stays as it is), ``too_late`` from 15 minutes after the
    start on, ``version_conflict`` when the interview was moved since.
    """

    event_type: Literal[RequestType.DELAY_ANNOUNCED] = RequestType.DELAY_ANNOUNCED
    booking_id: EntityId
    starts_at: Moment
    minutes: DelayMinutes


class TimeOffered(BookingRequest):
    """A recruiter offers a slot to a candidate who asked for another time. ``booked``: the offer is on its way."""

    event_type: Literal[RequestType.BOOKING_TIME_OFFERED] = RequestType.BOOKING_TIME_OFFERED
    booking_id: EntityId
    expected_version: Version
    slot_id: EntityId


class TimeAnswered(BookingRequest):
    """The candidate's answer to an offered time: ``moved`` when taken, ``booked`` when the booking stays as it is.

    ``slot_id``: the slot that was offered; ``version_conflict`` when it is not the one on offer any more. ``shown``:
    the same slot as the candidate saw it; when it is another now, it is not taken and stays on offer.
    """

    event_type: Literal[RequestType.BOOKING_TIME_ANSWERED] = RequestType.BOOKING_TIME_ANSWERED
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

    event_type: Literal[RequestType.OUTCOME_MARKED] = RequestType.OUTCOME_MARKED
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
    | BookingApproved
    | BookingRejected
    | RescheduleAsked
    | OfferTaken
    | OfferPassed
    | AttendanceAnswered
    | DelayAnnounced
    | TimeOffered
    | TimeAnswered
    | OutcomeMarked
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


class BookingResult(Message):
    """The one answer to a request. ``request_id`` is the request's ``message_id``, ``reply`` its echo.

    ``booking`` is the booking after the decision, null where there is none to show; ``alternatives`` are up to
    three slots that could be asked for instead. ``card`` answers a recruiter: the request as it stands now.
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
    card: RecruiterCard | None = None
    calendar: CalendarFile | None = None
    calendar_entry: CalendarEntry | None = None


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
