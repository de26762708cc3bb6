"""What the rules look at. All moments are aware UTC; ids are 24 hex digits."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from common.texts.names import chat_link, shown_name
from shared_contracts.attendance import Attendance, Coming
from shared_contracts.directory import LIVE_STATUSES, BookingStatus, EventWords, Rejection
from shared_contracts.venue import Venue


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person on (or once on) the allow list.

    ``timezone``: of their city, None where they have none; ``reachable``: the bot may write to them; ``language``: in
    which it does.
    """

    id: str
    telegram_id: int
    allowed: bool
    username: str = ""
    first_name: str = ""
    last_name: str = ""
    city_id: str | None = None
    timezone: str | None = None
    reachable: bool = True
    language: str = "ru"

    @property
    def name(self) -> str:
        """First and last name; without any the @username, else the Telegram id."""
        return shown_name(self.first_name, self.last_name, self.username, self.telegram_id)

    @property
    def link(self) -> str:
        """Opens a chat with them."""
        return chat_link(self.username, self.telegram_id)

    def timezone_for(self, slot: "Slot") -> str:
        """On whose clocks their quiet hours are: their own city's, or the slot's where they have none."""
        return self.timezone or slot.place.timezone


@dataclass(frozen=True, slots=True)
class Place:
    """What people are told about where, with whom and what for.

    ``contact_url``: the city's, else the default; ``recruiter_url``: the recruiter's own. ``words``: the interview
    event's, what it is about and what to bring.
    """

    city: str
    timezone: str
    venue: Venue
    recruiter: str | None
    event: str
    contact_url: str | None
    recruiter_url: str | None = None
    words: EventWords = field(default_factory=EventWords)


@dataclass(frozen=True, slots=True)
class City:
    """Where people come to. ``contact_url``: the city's, else the default."""

    id: str
    name: str
    timezone: str
    contact_url: str | None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Recruiter:
    """Who holds interviews. The Telegram ids, theirs and their deputy's, are set for active people who have joined.

    ``is_reachable``: the bot can write to one of them. ``timezone``: of their city, None where they have none.
    """

    id: str
    name: str
    is_active: bool
    is_reachable: bool
    url: str | None
    telegram_id: int | None
    deputy_telegram_id: int | None
    timezone: str | None


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

    ``recruiter_telegram_id`` and ``recruiter_deputy_telegram_id`` are set for active people who have joined;
    ``recruiter_reachable``: the bot can write to one of them;
    ``recruiter_timezone``: of the clocks by which its recruiter lives, None where there is no recruiter.
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
    city_active: bool = True
    recruiter_timezone: str | None = None
    recruiter_reachable: bool = False

    @property
    def deciders(self) -> set[int]:
        """Who may answer requests for it in chat: its recruiter and their deputy."""
        return {item for item in (self.recruiter_telegram_id, self.recruiter_deputy_telegram_id) if item}

    @property
    def free(self) -> int:
        """Seats left, never below 0."""
        return max(0, self.capacity - len(self.holders))

    @property
    def is_offered(self) -> bool:
        """Whether staff want candidates to book it: it, its recruiter and its city are active."""
        return self.is_active and self.recruiter_active and self.city_active

    def is_open(self, now: datetime) -> bool:
        """Whether candidates can book a seat in it, if one is free."""
        return self.is_offered and now < self.closes_at

    @property
    def duration_minutes(self) -> int:
        """Whole minutes."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def in_city(self, city: City) -> Self:
        """The slot in a city."""
        place = replace(self.place, city=city.name, timezone=city.timezone, contact_url=city.contact_url)
        return replace(self, city_id=city.id, place=place, city_active=city.is_active)

    def held_by(self, recruiter: Recruiter | None) -> Self:
        """The slot with another recruiter, or with none, on the clocks of the city it is in."""
        if recruiter is None:
            place = replace(self.place, recruiter=None, recruiter_url=None)
            nobody = replace(self, recruiter_id=None, recruiter_active=True, recruiter_reachable=False)
            nobody = replace(nobody, place=place, recruiter_timezone=None)
            return replace(nobody, recruiter_telegram_id=None, recruiter_deputy_telegram_id=None)
        return replace(
            self,
            recruiter_id=recruiter.id,
            place=replace(self.place, recruiter=recruiter.name, recruiter_url=recruiter.url),
            recruiter_telegram_id=recruiter.telegram_id,
            recruiter_deputy_telegram_id=recruiter.deputy_telegram_id,
            recruiter_active=recruiter.is_active,
            recruiter_reachable=recruiter.is_reachable,
            recruiter_timezone=recruiter.timezone or self.place.timezone,
        )


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking. ``requested_slot_id``: a move that awaits approval; its seat is held too.

    ``reschedule_asked``: the recruiter wants another time; what waits keeps its seats until the candidate chose.
    ``coming``: what the candidate has said about it, which a move takes away; ``proposed_slot_id``: another time that
    the recruiter proposes, without a seat held there; ``marked_at``: when the outcome was marked. ``rejection``: what a
    no was about; ``rejected_slot_ids``: slots that it was said to, or whose interview a recruiter has called off, which
    are not asked for again.
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
    coming: Coming = field(default_factory=Coming)
    proposed_slot_id: str | None = None
    marked_at: datetime | None = None
    rejection: Rejection | None = None
    rejected_slot_ids: frozenset[str] = frozenset()

    @property
    def attendance(self) -> Attendance | None:
        """The candidate's last word on whether they come."""
        return self.coming.attendance

    @property
    def live(self) -> bool:
        """Whether it holds a seat."""
        return self.status in LIVE_STATUSES

    @property
    def awaits_approval(self) -> bool:
        """A request, or a move, that a recruiter has yet to answer."""
        return self.live and (self.status is BookingStatus.PENDING or self.requested_slot_id is not None)


@dataclass(slots=True)
class State:
    """What the commands of a batch touch, as loaded; ``decide`` works it forward command by command.

    ``bookings`` holds every live booking of every candidate concerned, those that commands name, and all in a slot
    that is to be edited; ``cities`` and ``recruiters``: those that an edit names, and the slot's recruiter.
    ``screened``: (candidate id, event id) of who has passed the questionnaire; loaded where a policy asks for it.
    ``rejected``: (candidate id, event or slot id) of to whom a recruiter has said no there, or whom they called off.
    ``to_agree``: candidate ids of who has to agree to the privacy text first.
    """

    candidates: dict[int, Candidate] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    screened: set[tuple[str, str]] = field(default_factory=set)
    cities: dict[str, City] = field(default_factory=dict)
    recruiters: dict[str, Recruiter] = field(default_factory=dict)
    rejected: set[tuple[str, str]] = field(default_factory=set)
    to_agree: set[str] = field(default_factory=set)

    def copy(self) -> Self:
        """A copy to work on; the parts are immutable."""
        return self.beneath(type(self)())

    def beneath(self, other: Self) -> Self:
        """Both states as one, in which ``other`` has the last word."""
        return type(self)(
            self.candidates | other.candidates,
            self.policies | other.policies,
            self.slots | other.slots,
            self.bookings | other.bookings,
            self.screened | other.screened,
            self.cities | other.cities,
            self.recruiters | other.recruiters,
            self.rejected | other.rejected,
            self.to_agree | other.to_agree,
        )

    def live_bookings_of(self, candidate_id: str) -> list[Booking]:
        """The candidate's live bookings."""
        return [booking for booking in self.bookings.values() if booking.candidate_id == candidate_id and booking.live]
