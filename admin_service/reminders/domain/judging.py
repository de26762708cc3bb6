"""Whether a message whose time has come is still to be sent: a pure function of ledger, booking and time (I4, R8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.quiet_hours import is_quiet, next_allowed_time
from reminders.domain.kinds import LISTS, REMINDERS, SECOND_CHANCES, SPECS, ReminderKind
from reminders.domain.planning import MERGE_WITHIN, TIME_TO_ANSWER
from reminders.domain.states import MessageState, SuppressionReason
from shared_contracts.directory import BookingStatus

_OUTCOMES = frozenset(
    {BookingStatus.ATTENDED, BookingStatus.LATE, BookingStatus.NO_SHOW, BookingStatus.RECRUITER_ABSENT}
)
_ON_THEIR_WAY = frozenset({MessageState.QUEUED, MessageState.SENT, MessageState.FAILED})


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """A message as the ledger has it. Moments are aware UTC."""

    id: str
    kind: ReminderKind
    state: MessageState
    starts_at: datetime
    due_at: datetime
    stale_at: datetime
    asks_attendance: bool = False
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking as it stands now.

    ``answered``: the candidate has said whether they come. ``allowed``: they are on the allow list. ``booked_again``:
    they have another live booking in the event. ``second_chance_given``: a no-show of theirs was offered another time.
    """

    status: BookingStatus
    starts_at: datetime
    answered: bool = False
    allowed: bool = True
    booked_again: bool = False
    second_chance_given: bool = False


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

    reason: SuppressionReason


Verdict = Send | Hold | Suppress


def judge(
    message: ScheduledMessage,
    facts: BookingFacts | None,
    siblings: Sequence[ScheduledMessage],
    timezone: str | None,
    now: datetime,
) -> Verdict:
    """What to do with a message that is due.

    Args:
        message: the message.
        facts: its booking; None where there is none (any more).
        siblings: the booking's other messages for the same start.
        timezone: the reader's, for quiet hours; None where these are part of ``stale_at``.
        now: aware UTC.
    """
    if reason := outdated_reason(message.kind, message.starts_at, facts):
        return Suppress(reason)
    if now >= message.stale_at:
        return Suppress(SuppressionReason.STALE)
    if timezone and is_quiet(now, timezone) and SPECS[message.kind].waits_for_morning(message.starts_at, now):
        morning = next_allowed_time(now, timezone)
        return Hold(morning) if morning < message.stale_at else Suppress(SuppressionReason.QUIET_HOURS)
    if message.kind is ReminderKind.NO_ANSWER:
        return _judge_no_answer(message, siblings, now)
    return _merge_reminders(message, siblings, facts, now) if message.kind in REMINDERS and facts else Send()


def outdated_reason(kind: ReminderKind, starts_at: datetime, facts: BookingFacts | None) -> SuppressionReason | None:
    """Why a message of that kind, planned for an interview at ``starts_at``, is not true any more; None if it is."""
    if kind in LISTS:
        return None
    if facts is None:
        return SuppressionReason.ENDED
    if kind in SECOND_CHANCES:
        return _second_chance_outdated(kind, facts)
    if kind is ReminderKind.CHANGE:
        return None
    if kind is ReminderKind.OUTCOME_DUE and facts.status in _OUTCOMES:
        return SuppressionReason.ANSWERED
    unmarked = kind is ReminderKind.OUTCOME_DUE and facts.status is BookingStatus.UNMARKED
    if facts.status is not BookingStatus.BOOKED and not unmarked:
        return SuppressionReason.ENDED
    if facts.starts_at != starts_at:
        return SuppressionReason.MOVED
    needless = SPECS[kind].needless_once_answered and facts.answered
    return SuppressionReason.ANSWERED if needless else None


def asks_now(message: ScheduledMessage, facts: BookingFacts, now: datetime) -> bool:
    """Whether the message comes with the buttons: they work until the start, also for who keeps a booking (FR2)."""
    return message.asks_attendance and not facts.answered and now < message.starts_at


def _second_chance_outdated(kind: ReminderKind, facts: BookingFacts) -> SuppressionReason | None:
    """Another time is offered while the mark stands, to who may book and has not done so yet."""
    if facts.status is not SPECS[kind].after:
        return SuppressionReason.TAKEN_BACK
    if not facts.allowed:
        return SuppressionReason.NO_CHAT
    if facts.booked_again:
        return SuppressionReason.ANSWERED
    return SuppressionReason.SECOND_CHANCE_GIVEN if SPECS[kind].once_per_event and facts.second_chance_given else None


def _merge_reminders(
    message: ScheduledMessage, siblings: Sequence[ScheduledMessage], facts: BookingFacts, now: datetime
) -> Send:
    """One message for all that is due within R8's 90 minutes: after an outage reminder and prompt may both be."""
    close = [
        other
        for other in siblings
        if other.kind in REMINDERS and other.state is MessageState.SCHEDULED and other.due_at <= now + MERGE_WITHIN
    ]
    asks = any(asks_now(item, facts, now) for item in (message, *close))
    return Send(asks, tuple(other.id for other in close))


def _judge_no_answer(message: ScheduledMessage, siblings: Sequence[ScheduledMessage], now: datetime) -> Verdict:
    """The recruiter hears of it once the candidate was asked and had time to answer."""
    asking = [other for other in siblings if other.asks_attendance]
    asked = [other.queued_at for other in asking if other.queued_at and other.state in _ON_THEIR_WAY]
    waits = [other.due_at for other in asking if other.state is MessageState.SCHEDULED]
    if not asked and not waits:
        return Suppress(SuppressionReason.NOT_ASKED)
    until = max(asked or waits) + TIME_TO_ANSWER
    if not asked:
        until = max(until, now + TIME_TO_ANSWER)
    if now >= until:
        return Send()
    return Hold(until) if until < message.stale_at else Suppress(SuppressionReason.STALE)
