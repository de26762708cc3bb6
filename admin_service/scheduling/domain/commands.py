"""What people, staff and jobs can ask the rules for. Ids are 24 hex digits; moments are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared_contracts.attendance import Attendance, DelayMinutes
from shared_contracts.directory import BookingStatus


class ActorKind(StrEnum):
    """Who asks: it decides which limits hold."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``ref``: the Telegram id in chat, the login in the desk, the job's name."""

    kind: ActorKind
    ref: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the candidate saw of the slot; None where the client did not say."""

    starts_at: datetime | None = None
    city_id: str | None = None
    recruiter_id: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What every command has. ``key`` is its message id: one decision per key.

    ``beyond_limits``: staff act past cut-offs and the move limit, with a reason (FR10); capacity holds for all.
    """

    key: str
    actor: Actor
    beyond_limits: bool = field(default=False, kw_only=True)
    reason: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Book(Command):
    """A seat in ``slot_id`` for the person."""

    telegram_id: int
    event_id: str
    slot_id: str
    new_booking_id: str
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class OfferSeat(Book):
    """A seat held for a while for someone on the waiting list."""


@dataclass(frozen=True, slots=True)
class BookingCommand(Command):
    """About an existing booking. ``expected_version`` is the one its asker saw, None to take it as it is."""

    booking_id: str
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class Move(BookingCommand):
    """The booking to another slot of its event."""

    slot_id: str
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class Cancel(BookingCommand):
    """The seat back."""


@dataclass(frozen=True, slots=True)
class Approve(BookingCommand):
    """Yes to a request."""


@dataclass(frozen=True, slots=True)
class Reject(BookingCommand):
    """No to a request."""


@dataclass(frozen=True, slots=True)
class AskReschedule(BookingCommand):
    """Another time, please: the candidate is to choose again."""


@dataclass(frozen=True, slots=True)
class TakeSeatOffer(BookingCommand):
    """Yes to an offered seat."""


@dataclass(frozen=True, slots=True)
class PassSeatOffer(BookingCommand):
    """No to an offered seat."""


@dataclass(frozen=True, slots=True)
class Expire(BookingCommand):
    """A request or an offer that nobody answered in time; does nothing before its time."""


@dataclass(frozen=True, slots=True)
class Close(BookingCommand):
    """The slot is over: liveness ends; does nothing before its time."""


@dataclass(frozen=True, slots=True)
class AnswerAttendance(BookingCommand):
    """Do they come? ``starts_at``: of the interview the question was about."""

    starts_at: datetime
    answer: Attendance


@dataclass(frozen=True, slots=True)
class AnnounceDelay(BookingCommand):
    """They come, but late. ``starts_at``: of the interview it is about."""

    starts_at: datetime
    minutes: DelayMinutes


@dataclass(frozen=True, slots=True)
class ProposeTime(BookingCommand):
    """Another of the recruiter's times, for somebody who asked for one."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class AnswerProposedTime(BookingCommand):
    """Yes or no to the proposed time in ``slot_id``."""

    slot_id: str
    take: bool
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class MarkOutcome(BookingCommand):
    """How the interview went; None takes the mark back."""

    mark: BookingStatus | None


@dataclass(frozen=True, slots=True)
class SlotChanges:
    """New values for a slot; None leaves a field as it is, ``recruiter_id`` "" takes the recruiter away.

    ``venue``: some of ``VENUE_FIELDS`` with their new values.
    """

    starts_at: datetime | None = None
    duration_minutes: int | None = None
    max_users: int | None = None
    venue: Mapping[str, str] = field(default_factory=dict)
    recruiter_id: str | None = None
    city_id: str | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class EditSlot(Command):
    """Other values for a slot; its bookings follow. Values no slot may have are refused before this is asked."""

    slot_id: str
    changes: SlotChanges


@dataclass(frozen=True, slots=True)
class RemoveCandidate(Command):
    """The person is off the allow list: all that they have booked ends."""

    candidate_id: str


CandidatesAnswer = AnswerAttendance | AnnounceDelay | AnswerProposedTime
"""What candidates say about an interview they are booked for."""
AttendanceCommand = CandidatesAnswer | ProposeTime
CandidatesCommand = Move | Cancel | TakeSeatOffer | PassSeatOffer | CandidatesAnswer
"""What candidates may ask about their own bookings."""
AnyBookingCommand = (
    CandidatesCommand | Approve | Reject | AskReschedule | Expire | Close | AttendanceCommand | MarkOutcome
)
AnyCommand = Book | AnyBookingCommand | EditSlot | RemoveCandidate
