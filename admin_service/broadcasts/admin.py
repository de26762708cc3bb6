"""The app's pages in the desk: Django looks for them here."""

from broadcasts.staff import audit_labels, timeline
from broadcasts.staff.broadcasts import BroadcastAdmin
from broadcasts.staff.chats import AnnouncementChatAdmin
from broadcasts.staff.events import InterviewEventAdmin

__all__ = ["AnnouncementChatAdmin", "BroadcastAdmin", "InterviewEventAdmin", "audit_labels", "timeline"]
