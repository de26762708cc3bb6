"""Which automatic messages a booking has coming, and when (FR8, R8): a pure function of booking and settings."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from common.quiet_hours import is_quiet, next_allowed_time
from common.zones import local
from reminders.domain.kinds import ReminderKind
from reminders.domain.states import SuppressionReason
from reminders.domain.timing import Timing

EARLY_WITHIN = timedelta(minutes=30)
"""FR8: who starts less than this after the day-of reminder's time (before 11:30) is reminded the evening before."""
LATE_BOOKING = timedelta(minutes=30)
"""R8: no prompt for who books later than this before it (start − 2 h 30 min)."""
MERGE_WITHIN = timedelta(minutes=90)
"""R8: a prompt this close to the day-of reminder is one message with it, at the earlier time."""
TIME_TO_ANSWER = timedelta(minutes=30)
"""A prompt that came late in the day leaves at least this long before the recruiter hears that nobody answered."""
OF_USE = timedelta(days=3)
"""How long after an interview, or what was marked of it, it is still worth asking or offering."""


@dataclass(frozen=True, slots=True)
class Interview:
    """A booked interview. Moments are aware UTC.

    ``timezone``: the slot's city's, by which days and clock times are meant. ``candidate_timezone`` and
    ``recruiter_timezone``: the readers' own, for their quiet hours; None where there is no recruiter. ``booked_at``:
    when the booking came to stand at this time.
    """

    booking_id: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    candidate_timezone: str
    recruiter_timezone: str | None
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """A message to come; with ``reason`` one that does not, kept so that staff can see the reason.

    From ``stale_at`` on it would be of no use. ``asks_attendance``: with the three buttons of R8.
    """

    kind: ReminderKind
    due_at: datetime
    stale_at: datetime
    asks_attendance: bool = False
    reason: SuppressionReason | None = None


def plan(interview: Interview, timing: Timing) -> list[PlannedMessage]:
    """The messages of a booked interview, in the order of their times."""
    reminder = _reminder(interview, timing)
    prompt = _prompt(interview, timing, reminder)
    if prompt and prompt.reason is SuppressionReason.MERGED and reminder:
        reminder = _with_prompt(reminder, prompt, interview)
    planned = [reminder, prompt, _no_answer(interview, timing, reminder, prompt), _outcome_due(interview, timing)]
    return sorted((item for item in planned if item), key=lambda item: item.due_at)


def _reminder(interview: Interview, timing: Timing) -> PlannedMessage | None:
    """Of the day, or of the evening before where the interview is early, or its candidate asleep."""
    start = local(interview.starts_at, interview.timezone)
    latest = timing.clock_time(ReminderKind.DAY_OF) or time(11)
    early = start < datetime.combine(start.date(), latest, start.tzinfo) + EARLY_WITHIN
    kind = ReminderKind.EVENING_BEFORE if early else ReminderKind.DAY_OF
    clock, evening = timing.clock_time(kind), timing.clock_time(ReminderKind.EVENING_BEFORE)
    if clock is None:
        return None
    due_at = datetime.combine(start.date() - timedelta(days=early), clock, start.tzinfo).astimezone(UTC)
    if evening and _wakes(due_at, interview, timing):
        kind, due_at = ReminderKind.EVENING_BEFORE, _evening_before(interview, evening)
    reason = SuppressionReason.BOOKED_LATE if due_at <= interview.booked_at else None
    if is_quiet(due_at, interview.candidate_timezone):  # staff may set any time
        reason = SuppressionReason.QUIET_HOURS
    return PlannedMessage(kind, due_at, interview.starts_at, reason=reason)


def _wakes(reminder_at: datetime, interview: Interview, timing: Timing) -> bool:
    """Whether the reminder falls into its candidate's night, or so does the prompt that is one message with it."""
    span = timing.span(ReminderKind.TWO_HOURS)
    joint = _joint_time(reminder_at, interview.starts_at - span) if span else reminder_at
    return any(is_quiet(moment, interview.candidate_timezone) for moment in (reminder_at, joint))


def _evening_before(interview: Interview, clock: time) -> datetime:
    """That time the evening before: by the place's clocks, or where that is night to the candidate, by theirs."""
    start = local(interview.starts_at, interview.timezone)
    due_at = datetime.combine(start.date() - timedelta(days=1), clock, start.tzinfo).astimezone(UTC)
    if not is_quiet(due_at, interview.candidate_timezone):
        return due_at
    there = local(due_at, interview.candidate_timezone)
    day = there.date() - timedelta(days=there.time() < clock)
    return datetime.combine(day, clock, there.tzinfo).astimezone(UTC)


def _with_prompt(reminder: PlannedMessage, prompt: PlannedMessage, interview: Interview) -> PlannedMessage:
    """The one message of both; a prompt that would wake people sets no time."""
    wakes = is_quiet(prompt.due_at, interview.candidate_timezone)
    due_at = reminder.due_at if wakes else _joint_time(reminder.due_at, prompt.due_at)
    return replace(reminder, due_at=due_at, asks_attendance=True)


def _joint_time(reminder_at: datetime, prompt_at: datetime) -> datetime:
    """When the reminder comes with the prompt in mind: at the earlier time of both, if they are one message."""
    return min(reminder_at, prompt_at) if abs(prompt_at - reminder_at) <= MERGE_WITHIN else reminder_at


def _prompt(interview: Interview, timing: Timing, reminder: PlannedMessage | None) -> PlannedMessage | None:
    """Do you come? Alone, merged into the reminder, or not at all."""
    span = timing.span(ReminderKind.TWO_HOURS)
    if span is None:
        return None
    prompt = PlannedMessage(
        ReminderKind.TWO_HOURS, interview.starts_at - span, interview.starts_at, asks_attendance=True
    )
    if interview.booked_at > prompt.due_at - LATE_BOOKING:
        return replace(prompt, reason=SuppressionReason.BOOKED_LATE)
    quiet = is_quiet(prompt.due_at, interview.candidate_timezone)
    if reminder and not reminder.reason and (quiet or abs(prompt.due_at - reminder.due_at) <= MERGE_WITHIN):
        return replace(prompt, reason=SuppressionReason.MERGED)
    return replace(prompt, reason=SuppressionReason.QUIET_HOURS) if quiet else prompt


def _no_answer(
    interview: Interview, timing: Timing, reminder: PlannedMessage | None, prompt: PlannedMessage | None
) -> PlannedMessage | None:
    """To the recruiter, if the candidate is asked and does not answer."""
    asked, span = reminder if reminder and reminder.asks_attendance else prompt, timing.span(ReminderKind.NO_ANSWER)
    if asked is None or asked.reason or span is None or interview.recruiter_timezone is None:
        return None
    wanted = max(interview.starts_at - span, asked.due_at + TIME_TO_ANSWER)
    due_at = next_allowed_time(wanted, interview.recruiter_timezone)
    reason = (
        None
        if due_at < interview.starts_at
        else SuppressionReason.QUIET_HOURS
        if due_at > wanted
        else SuppressionReason.STALE
    )
    return PlannedMessage(ReminderKind.NO_ANSWER, due_at, interview.starts_at, reason=reason)


def _outcome_due(interview: Interview, timing: Timing) -> PlannedMessage | None:
    """To the recruiter, once it is over."""
    span = timing.span(ReminderKind.OUTCOME_DUE)
    if span is None or interview.recruiter_timezone is None:
        return None
    due_at = next_allowed_time(interview.ends_at + span, interview.recruiter_timezone)
    return PlannedMessage(ReminderKind.OUTCOME_DUE, due_at, interview.ends_at + OF_USE)
