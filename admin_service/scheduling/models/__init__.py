"""The documents of interviews: events, slots, bookings and the waiting list."""

from scheduling.models.bookings import (
    ATTENDANCE_LABELS,
    STATUS_LABELS,
    Booking,
    CardHolder,
    LastAct,
    SlotSnapshot,
    UserSnapshot,
    attendance_choices,
    status_choices,
)
from scheduling.models.events import DEFAULT_CUTOFF_MINUTES, DEFAULT_REMINDER_MINUTES, InterviewEvent
from scheduling.models.slots import (
    DEFAULT_DURATION_MINUTES,
    LONGEST_MINUTES,
    InterviewSlot,
    VideoLinkField,
    check_video_link,
)
from scheduling.models.waiting_list import WaitingEntry, WaitingState, waiting_choices

__all__ = [
    "ATTENDANCE_LABELS",
    "DEFAULT_CUTOFF_MINUTES",
    "DEFAULT_DURATION_MINUTES",
    "DEFAULT_REMINDER_MINUTES",
    "LONGEST_MINUTES",
    "STATUS_LABELS",
    "Booking",
    "CardHolder",
    "InterviewEvent",
    "InterviewSlot",
    "LastAct",
    "SlotSnapshot",
    "UserSnapshot",
    "VideoLinkField",
    "WaitingEntry",
    "WaitingState",
    "attendance_choices",
    "check_video_link",
    "status_choices",
    "waiting_choices",
]
