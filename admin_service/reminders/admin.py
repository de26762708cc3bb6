"""The app's pages in the desk: Django looks for them here."""

from reminders.staff import audit_labels, errands, timeline
from reminders.staff.bookings import BookingAdmin
from reminders.staff.messages import AutoMessageAdmin
from reminders.staff.rules import ReminderRuleAdmin
from reminders.staff.staff_chat import StaffChatAdmin

__all__ = [
    "AutoMessageAdmin",
    "BookingAdmin",
    "ReminderRuleAdmin",
    "StaffChatAdmin",
    "audit_labels",
    "errands",
    "timeline",
]
