"""Staff pages about automatic messages."""

from reminders.admin.messages import AutoMessageAdmin
from reminders.admin.rules import ReminderRuleAdmin
from reminders.admin.staff_chat import StaffChatAdmin

__all__ = ["AutoMessageAdmin", "ReminderRuleAdmin", "StaffChatAdmin"]
