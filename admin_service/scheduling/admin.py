"""The app's pages in the desk: Django looks for them here."""

from scheduling.staff.bookings import BookingAdmin
from scheduling.staff.events import InterviewEventAdmin
from scheduling.staff.slots import InterviewSlotAdmin
from scheduling.staff.waiting import WaitingEntryAdmin

__all__ = ["BookingAdmin", "InterviewEventAdmin", "InterviewSlotAdmin", "WaitingEntryAdmin"]
