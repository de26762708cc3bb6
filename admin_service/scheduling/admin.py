"""The app's pages in the desk: Django looks for them here."""

from scheduling.staff import audit_labels, errands, timeline
from scheduling.staff.candidates import CandidateAdmin
from scheduling.staff.cities import CityAdmin
from scheduling.staff.offices import OfficeAdmin
from scheduling.staff.retiring import RecruiterAdmin
from scheduling.staff.slots.slot_pages import InterviewSlotAdmin
from scheduling.staff.waiting import WaitingEntryAdmin

__all__ = [
    "CandidateAdmin",
    "CityAdmin",
    "InterviewSlotAdmin",
    "OfficeAdmin",
    "RecruiterAdmin",
    "WaitingEntryAdmin",
    "audit_labels",
    "errands",
    "timeline",
]
