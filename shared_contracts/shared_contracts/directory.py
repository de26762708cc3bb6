"""What the admin service's HTTP reads answer: slots, people, places, bookings."""

from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field, StringConstraints

from shared_contracts.attendance import Coming
from shared_contracts.fields import (
    Bilingual,
    Count,
    EntityId,
    Language,
    LongText,
    Moment,
    Name,
    ShortText,
    TelegramChatId,
    TelegramUserId,
    Url,
    Username,
    Version,
    WireModel,
)
from shared_contracts.venue import VenueView

TimeZoneName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
"""An IANA time zone such as ``Europe/Moscow``."""


MOST_RESULTS = 1_000
"""The longest page of any list."""


class BookingStatus(StrEnum):
    """A booking's state; the first three are live, each holds a seat."""

    PENDING = "pending"
    OFFERED = "offered"
    BOOKED = "booked"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    LATE = "late"
    NO_SHOW = "no_show"
    RECRUITER_ABSENT = "recruiter_absent"
    UNMARKED = "unmarked"


class Rejection(StrEnum):
    """What a no to a request is about: only this time, so another may be asked for; or this person, in this event."""

    TIME = "time"
    PERSON = "person"


LIVE_STATUSES = frozenset({BookingStatus.PENDING, BookingStatus.OFFERED, BookingStatus.BOOKED})


class CityRef(WireModel):
    """A city as a slot names it. ``timezone`` is what "day" and clock times of the slot mean."""

    id: EntityId
    name: Name
    timezone: TimeZoneName


class NamedRef(WireModel):
    """A recruiter or an interview event as a slot names it."""

    id: EntityId
    name: Name


class SlotTime(WireModel):
    """When a slot is. ``free``: its seats; 0 in a booking's own slot when that is full."""

    id: EntityId
    starts_at: Moment
    closes_at: Moment
    duration_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    free: Count


class SlotView(VenueView, SlotTime):
    """A slot as shown to people: when, where, with whom and for what."""

    city: CityRef
    recruiter: NamedRef | None
    event: NamedRef


class BookedSlot(WireModel):
    """A booking's slot, and what is wanted of it. ``requested_slot``: a move that awaits approval.

    ``contact_url`` leads to the city's responsible person, ``recruiter_url`` to the slot's recruiter.
    ``recruiter_reachable`` false: the bot can't tell the recruiter anything, nor a deputy; ``asked_reachable`` the same
    of the recruiter of the wanted slot, who answers the move.
    ``reschedule_asked``: the recruiter asked for another time; the seat is kept meanwhile.
    ``move_closes_at``, ``cancel_closes_at``: until when its candidate may move it, or give it up; null: no limit is
    known. ``may_move`` false: their moves are used up.
    """

    id: EntityId
    version: Version
    status: BookingStatus
    slot: SlotView
    requested_slot: SlotView | None = None
    expires_at: Moment | None = None
    contact_url: Url | None = None
    recruiter_url: Url | None = None
    recruiter_reachable: bool = True
    asked_reachable: bool = True
    reschedule_asked: bool = False
    move_closes_at: Moment | None = None
    cancel_closes_at: Moment | None = None
    may_move: bool = True


class EventWords(WireModel):
    """What staff wrote about an interview event: what it is about, and what to bring. Empty where nothing is said.

    ``description`` and ``bring`` are the Russian texts, or the only ones; the others are English.
    """

    description: LongText = ""
    bring: LongText = ""
    description_en: LongText = ""
    bring_en: LongText = ""

    def description_in(self, language: str) -> str:
        """What it is about: in ``en`` or, for any other, in Russian; in the other language where there is but one."""
        return _in_language(language, self.description, self.description_en)

    def bring_in(self, language: str) -> str:
        """What to bring, in the same way."""
        return _in_language(language, self.bring, self.bring_en)


def _in_language(language: str, ru: str, en: str) -> str:
    return (en or ru) if language == "en" else (ru or en)


class BookingView(Coming, EventWords, BookedSlot):
    """A booking as its candidate may see it. ``offered_slot``: another time on offer; no seat is held there."""

    offered_slot: SlotView | None = None


class AllowedUser(WireModel):
    """One entry of the allow list. ``allowed`` false says that the person was removed since.

    ``timezone`` is the person's own (their city's), null where the slot's city decides. ``language``: the one they have
    chosen, null where Telegram's counts. ``privacy_version``: the privacy text that they have agreed to, null for none.
    """

    telegram_id: TelegramUserId
    username: Username
    first_name: Name
    allowed: bool
    city_id: EntityId | None
    timezone: TimeZoneName | None
    contact_url: Url | None
    changed_at: Moment
    language: Language | None = None
    privacy_version: Version | None = None


class QuestionnaireRef(WireModel):
    """A published version of a questionnaire; it never changes."""

    id: EntityId
    version: Version


class InterviewEvent(EventWords):
    """An interview event that is open for sign-up, with the steps before a slot is chosen (R9).

    ``cities``: the open ones where it has slots or had some lately, whether a seat is free there or not.
    """

    id: EntityId
    title: Name
    description: LongText
    approval_required: bool
    chooses_recruiter: bool = False
    questionnaire: QuestionnaireRef | None = None
    cities: Annotated[list[CityRef], Field(max_length=MOST_RESULTS)] = []


class City(CityRef):
    """A city with the link to its responsible person (the default link where it has none)."""

    contact_url: Url | None


class Recruiter(WireModel):
    """An active recruiter. ``telegram_id`` is null until they have joined; ``timezone`` is their city's.

    ``language``: the one they have chosen, null where Telegram's counts.
    """

    id: EntityId
    name: Name
    city_id: EntityId | None
    contact_url: Url | None
    telegram_id: TelegramUserId | None = None
    timezone: TimeZoneName | None = None
    language: Language | None = None


class AwaitedUsername(WireModel):
    """Whether someone was put down by this @username and has not written yet (R10)."""

    username: ShortText
    awaited: bool


class ScreeningStatus(StrEnum):
    """How far a person is with an event's questionnaire."""

    NONE = "none"
    PASSED = "passed"
    REJECTED = "rejected"


class Screening(WireModel):
    """A person's last answers to an event's questionnaire: ``none`` where it is still to be answered.

    ``reason`` is what a rejected person was told.
    """

    event_id: EntityId
    status: ScreeningStatus
    version: Version | None = None
    reason: Bilingual | None = None


class Recipient(WireModel):
    """One person a broadcast goes to."""

    chat_id: TelegramChatId
    user_telegram_id: TelegramUserId


class Contact(WireModel):
    """The default link to a responsible person (FR7)."""

    contact_url: Url | None


class PrivacyNotice(WireModel):
    """The company's privacy text, null in both languages where it has none.

    ``version`` is raised by each change; who has agreed to an earlier one than ``consent_version`` is asked again.
    """

    version: Count
    consent_version: Count
    ru: LongText | None
    en: LongText | None
    link: Url | None

    def in_(self, language: str) -> str:
        """English for ``en``, Russian for any other; empty where there is no text."""
        return (self.en if language == "en" else self.ru) or ""

    def needs_consent(self, accepted: int | None) -> bool:
        """Whether who has agreed to version ``accepted`` (None: to none) is to be asked before they sign up."""
        return bool(self.ru) and (accepted or 0) < self.consent_version


class FormerPerson(WireModel):
    """Whether somebody was let in once and is not any more, as a candidate or a recruiter; whom they ask about it."""

    candidate: bool
    recruiter: bool
    contact_url: Url | None


class RecruiterCalendar(WireModel):
    """The secret address of a recruiter's calendar. ``url`` is null where none is made, or it can't be told again.

    ``is_made``: there is one, whether it can be told or not. ``can_be_told`` false: the admin service does not know
    under which address people reach it.
    """

    can_be_told: bool
    is_made: bool
    url: Url | None


T = TypeVar("T")


class Page(WireModel, Generic[T]):
    """A list answer. ``next`` is the URL path and query of the following page, null at the end."""

    results: Annotated[list[T], Field(max_length=MOST_RESULTS)]
    next: LongText | None


class WaitingPlace(WireModel):
    """A place on an interview event's waiting list. ``city_id``: of the city waited for, null for any.

    ``turned_down``: a slot to come is not offered to them again, since they passed on it or gave it up after asking.
    """

    event_id: EntityId
    city_id: EntityId | None
    turned_down: bool = False


class BookingsPage(Page[BookingView]):
    """A person's live bookings.

    ``refused_slot_ids``: those that a recruiter has said no to for them; ``refused_event_ids``: those in which a
    recruiter has said no to the person. ``waiting``: for what they are on a waiting list.
    """

    refused_slot_ids: Annotated[list[EntityId], Field(max_length=MOST_RESULTS)] = []
    refused_event_ids: Annotated[list[EntityId], Field(max_length=MOST_RESULTS)] = []
    waiting: Annotated[list[WaitingPlace], Field(max_length=MOST_RESULTS)] = []


class ChangesPage(Page[T], Generic[T]):
    """A page of a list that can be followed: pass ``changes_cursor`` as ``since`` to get what changed after it.

    Entries near the cursor may come twice; taking one twice does no harm.
    """

    changes_cursor: ShortText


class FieldError(WireModel):
    """One wrong field of a request: its name and what to do."""

    field: str
    message: str


class Problem(WireModel):
    """An error answer, ``application/problem+json`` (RFC 9457) with the wrong fields."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    correlation_id: str | None = None
