"""Staff pages about interview events, slots and bookings."""

from scheduling.admin.bookings import BookingAdmin
from scheduling.admin.events import InterviewEventAdmin
from scheduling.admin.slots import InterviewSlotAdmin
from scheduling.admin.waiting import WaitingEntryAdmin

__all__ = ["BookingAdmin", "InterviewEventAdmin", "InterviewSlotAdmin", "WaitingEntryAdmin"]
