"""The automatic messages there are, the states they go through, and why one is not sent."""

from enum import StrEnum


class ReminderKind(StrEnum):
    """What an automatic message is."""

    DAY_OF = "day_of"
    """To the candidate: today (FR8)."""
    EVENING_BEFORE = "evening_before"
    """To the candidate instead of it, where the interview is early (FR8)."""
    TWO_HOURS = "two_hours"
    """To the candidate, with the three buttons (R8)."""
    NO_SHOW = "no_show"
    """To the candidate who did not come: another time, once."""
    RECRUITER_ABSENT = "recruiter_absent"
    """To the candidate whose recruiter did not come: another time."""
    NO_ANSWER = "no_answer"
    """To the recruiter: the candidate has not said whether they come."""
    OUTCOME_DUE = "outcome_due"
    """To the recruiter: how did it go?"""
    CHANGE = "change"
    """To the recruiter: a booking was made, moved or cancelled."""
    TOMORROW = "tomorrow"
    """To the recruiter: tomorrow's interviews."""
    STAFF_SUMMARY = "staff_summary"
    """To the staff's chat: today's and tomorrow's numbers."""


TO_CANDIDATES = frozenset(
    {
        ReminderKind.DAY_OF,
        ReminderKind.EVENING_BEFORE,
        ReminderKind.TWO_HOURS,
        ReminderKind.NO_SHOW,
        ReminderKind.RECRUITER_ABSENT,
    }
)
REMINDERS = frozenset({ReminderKind.DAY_OF, ReminderKind.EVENING_BEFORE, ReminderKind.TWO_HOURS})
"""To the candidate of a booking that stands."""
PLANNED = REMINDERS | {ReminderKind.NO_ANSWER, ReminderKind.OUTCOME_DUE}
"""Those that follow from a booking's time alone (``planning.plan``)."""
SECOND_CHANCES = frozenset({ReminderKind.NO_SHOW, ReminderKind.RECRUITER_ABSENT})
"""Another time, after the mark of the same name."""
LISTS = frozenset({ReminderKind.TOMORROW, ReminderKind.STAFF_SUMMARY})
"""About no single booking."""


class MessageState(StrEnum):
    """How far an automatic message is."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class SuppressionReason(StrEnum):
    """Why a message is not sent."""

    BOOKED_LATE = "booked_late"
    """The booking came about after its time."""
    MERGED = "merged"
    """Another message says it too."""
    ENDED = "ended"
    """The booking is not booked any more."""
    MOVED = "moved"
    """The interview has another time now."""
    ANSWERED = "answered"
    """What it asks has been answered."""
    STALE = "stale"
    """Its time has passed: the system was down, or the answer came in the night."""
    QUIET_HOURS = "quiet_hours"
    """It fell into the night, and the morning is too late."""
    SWITCHED_OFF = "switched_off"
    NO_CHAT = "no_chat"
    """There is no chat it could go to."""
    SECOND_CHANCE_GIVEN = "offered_before"
    """Another time was offered to this candidate once already."""
    NOT_ASKED = "not_asked"
    """The candidate was never asked what this says they did not answer."""
    TAKEN_BACK = "taken_back"
    """What it tells was undone."""
    EMPTY = "empty"
    """A list with nothing left to tell."""
