"""What a decision looks at and what it says. All moments are aware UTC; ids are 24 hex digits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from shared_contracts.booking import Outcome
from shared_contracts.directory import LIVE_STATUSES, Attendance, BookingStatus
from shared_contracts.venue import Venue


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person on (or once on) the allow list. ``reachable``: the bot may write to them."""

    id: str
    telegram_id: int
    allowed: bool
    username: str = ""
    first_name: str = ""
    last_name: str = ""
    city_id: str | None = None
    reachable: bool = True

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def link(self) -> str:
        """Opens a chat with them."""
        return f"https://t.me/{self.username}" if self.username else f"tg://user?id={self.telegram_id}"


@dataclass(frozen=True, slots=True)
class Place:
    """What people are told about where, with whom and what for.

    ``contact_url``: the city's, else the default; ``recruiter_url``: the recruiter's own.
    """

    city: str
    timezone: str
    venue: Venue
    recruiter: str | None
    event: str
    contact_url: str | None
    recruiter_url: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """An interview event's rules."""

    id: str
    is_open: bool = True
    approval_required: bool = False
    move_cutoff: timedelta = timedelta(hours=2)
    cancel_cutoff: timedelta = timedelta()
    pending_for: timedelta = timedelta(hours=24)
    reminder: timedelta = timedelta(hours=2)
    move_limit: int | None = None
    questionnaire_required: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot with who holds its seats (candidates' ids).

    ``recruiter_telegram_id`` and ``recruiter_deputy_telegram_id`` are set for active people who have joined.
    """

    id: str
    event_id: str
    city_id: str
    recruiter_id: str | None
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    capacity: int
    holders: frozenset[str]
    is_active: bool
    place: Place
    recruiter_telegram_id: int | None = None
    recruiter_deputy_telegram_id: int | None = None
    recruiter_active: bool = True

    @property
    def deciders(self) -> set[int]:
        """Who may answer requests for it in chat: its recruiter and their deputy."""
        return {item for item in (self.recruiter_telegram_id, self.recruiter_deputy_telegram_id) if item}

    @property
    def free(self) -> int:
        """Seats left, never below 0."""
        return max(0, self.capacity - len(self.holders))

    @property
    def duration_minutes(self) -> int:
        """Whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking. ``requested_slot_id``: a move that awaits approval; its seat is held too.

    ``reschedule_asked``: the recruiter wants another time; what waits keeps its seats until the candidate chose.
    ``attendance``: the candidate's last word on coming, which a move takes away; ``offered_slot_id``: another time that
    the recruiter offers, without a seat held there; ``marked_at``: when the outcome was marked.
    """

    id: str
    candidate_id: str
    telegram_id: int
    event_id: str
    slot_id: str
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus
    version: int = 1
    moves: int = 0
    requested_slot_id: str | None = None
    expires_at: datetime | None = None
    reschedule_asked: bool = False
    ended_by: str = ""
    reason: str = ""
    attendance: Attendance | None = None
    attendance_at: datetime | None = None
    offered_slot_id: str | None = None
    marked_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it holds a seat."""
        return self.status in LIVE_STATUSES

    @property
    def awaits_approval(self) -> bool:
        """A request, or a move, that a recruiter has yet to answer."""
        return self.live and (self.status is BookingStatus.PENDING or self.requested_slot_id is not None)


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
class Offer(Book):
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
class TakeOffer(BookingCommand):
    """Yes to an offered seat."""


@dataclass(frozen=True, slots=True)
class PassOffer(BookingCommand):
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
class OfferTime(BookingCommand):
    """Another time, offered to who asked for one."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class AnswerTime(BookingCommand):
    """Yes or no to the offered time in ``slot_id``."""

    slot_id: str
    take: bool
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class MarkOutcome(BookingCommand):
    """How the interview went; None takes the mark back."""

    mark: BookingStatus | None


AnyCommand = (
    Book
    | Move
    | Cancel
    | Approve
    | Reject
    | AskReschedule
    | TakeOffer
    | PassOffer
    | Expire
    | Close
    | AnswerAttendance
    | OfferTime
    | AnswerTime
    | MarkOutcome
)


@dataclass(slots=True)
class State:
    """What the commands of a batch touch, as loaded; ``decide`` works it forward command by command.

    ``bookings`` holds every live booking of every candidate concerned, and those that commands name. ``screened``:
    (candidate id, event id) of who has passed the questionnaire; loaded where a policy asks for it.
    """

    candidates: dict[int, Candidate] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    screened: set[tuple[str, str]] = field(default_factory=set)

    def copy(self) -> Self:
        """A copy to work on; the parts are immutable."""
        parts = dict(self.candidates), dict(self.policies), dict(self.slots), dict(self.bookings)
        return type(self)(*parts, self.screened)

    def live_bookings_of(self, candidate_id: str) -> list[Booking]:
        """The candidate's live bookings."""
        return [booking for booking in self.bookings.values() if booking.live and booking.candidate_id == candidate_id]


@dataclass(frozen=True, slots=True)
class Decision:
    """One command's end. ``before`` and ``after`` differ exactly when something changed."""

    command: AnyCommand
    outcome: Outcome
    before: Booking | None = None
    after: Booking | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after
