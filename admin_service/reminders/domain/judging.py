"""Whether a message whose time has come is still to be sent: a pure function of ledger, booking and time (I4, R8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reminders.domain.kinds import LISTS, OFFERS, REMINDERS, AutoKind, AutoState, Why
from reminders.domain.planning import MERGE_WITHIN, TIME_TO_ANSWER
from reminders.domain.timing import awake, is_quiet
from shared_contracts.directory import BookingStatus

_OUTCOMES = frozenset(
    {BookingStatus.ATTENDED, BookingStatus.LATE, BookingStatus.NO_SHOW, BookingStatus.RECRUITER_ABSENT}
)
_ON_THEIR_WAY = frozenset({AutoState.QUEUED, AutoState.SENT, AutoState.FAILED})


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as the ledger has it. Moments are aware UTC."""

    id: str
    kind: AutoKind
    state: AutoState
    starts_at: datetime
    due_at: datetime
    stale_at: datetime
    asks_attendance: bool = False
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking as it stands now.

    ``answered``: the candidate has said whether they come. ``allowed``: they are on the allow list. ``booked_again``:
    they have another live booking in the event. ``offered_before``: a no-show of theirs was offered another time.
    """

    status: BookingStatus
    starts_at: datetime
    answered: bool = False
    allowed: bool = True
    booked_again: bool = False
    offered_before: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Now. ``asks_attendance``: with the buttons; ``absorbs``: ids of messages that this one says, too."""

    asks_attendance: bool = False
    absorbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Not yet."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Suppress:
    """Never."""

    why: Why


Verdict = Send | Hold | Suppress


def judge(
    entry: Entry, standing: Standing | None, siblings: Sequence[Entry], timezone: str | None, now: datetime
) -> Verdict:
    """What to do with a message that is due.

    Args:
        entry: the message.
        standing: its booking; None where there is none (any more).
        siblings: the booking's other messages for the same start.
        timezone: the reader's, for quiet hours; None where these are part of ``stale_at``.
        now: aware UTC.
    """
    if why := outdated(entry.kind, entry.starts_at, standing):
        return Suppress(why)
    if now >= entry.stale_at:
        return Suppress(Why.STALE)
    if timezone and is_quiet(now, timezone):
        morning = awake(now, timezone)
        return Hold(morning) if morning < entry.stale_at else Suppress(Why.QUIET_HOURS)
    if entry.kind is AutoKind.NO_ANSWER:
        return _unanswered(entry, siblings, now)
    return _together(entry, siblings, standing, now) if entry.kind in REMINDERS and standing else Send()


def outdated(kind: AutoKind, starts_at: datetime, standing: Standing | None) -> Why | None:
    """Why a message of that kind, planned for an interview at ``starts_at``, is not true any more; None if it is."""
    if kind in LISTS:
        return None
    if standing is None:
        return Why.ENDED
    if kind in OFFERS:
        return _offer_outdated(kind, standing)
    if kind is AutoKind.CHANGE:
        return None
    if kind is AutoKind.OUTCOME_DUE and standing.status in _OUTCOMES:
        return Why.ANSWERED
    unmarked = kind is AutoKind.OUTCOME_DUE and standing.status is BookingStatus.UNMARKED
    if standing.status is not BookingStatus.BOOKED and not unmarked:
        return Why.ENDED
    if standing.starts_at != starts_at:
        return Why.MOVED
    asks = kind in {AutoKind.TWO_HOURS, AutoKind.NO_ANSWER}
    return Why.ANSWERED if asks and standing.answered else None


def asks_now(entry: Entry, standing: Standing, now: datetime) -> bool:
    """Whether the message comes with the buttons: they work until the start, for people on the allow list."""
    return entry.asks_attendance and not standing.answered and standing.allowed and now < entry.starts_at


def _offer_outdated(kind: AutoKind, standing: Standing) -> Why | None:
    """Another time is offered while the mark stands, to who may book and has not done so yet."""
    if standing.status.value != kind.value:
        return Why.TAKEN_BACK
    if not standing.allowed:
        return Why.NO_CHAT
    if standing.booked_again:
        return Why.ANSWERED
    return Why.OFFERED_BEFORE if kind is AutoKind.NO_SHOW and standing.offered_before else None


def _together(entry: Entry, siblings: Sequence[Entry], standing: Standing, now: datetime) -> Send:
    """One message for all that is due within R8's 90 minutes: after an outage reminder and prompt may both be."""
    close = [
        other
        for other in siblings
        if other.kind in REMINDERS and other.state is AutoState.SCHEDULED and other.due_at <= now + MERGE_WITHIN
    ]
    asks = any(asks_now(item, standing, now) for item in (entry, *close))
    return Send(asks, tuple(other.id for other in close))


def _unanswered(entry: Entry, siblings: Sequence[Entry], now: datetime) -> Verdict:
    """The recruiter hears of it once the candidate was asked and had time to answer."""
    asking = [other for other in siblings if other.asks_attendance]
    asked = [other.queued_at for other in asking if other.queued_at and other.state in _ON_THEIR_WAY]
    waits = [other.due_at for other in asking if other.state is AutoState.SCHEDULED]
    if not asked and not waits:
        return Suppress(Why.NOT_ASKED)
    until = max(asked or waits) + TIME_TO_ANSWER
    if not asked:
        until = max(until, now + TIME_TO_ANSWER)
    if now >= until:
        return Send()
    return Hold(until) if until < entry.stale_at else Suppress(Why.STALE)
