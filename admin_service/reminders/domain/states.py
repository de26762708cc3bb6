"""The states that a scheduled message goes through, and why one is not sent."""

from enum import StrEnum


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
