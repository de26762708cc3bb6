"""The app's pages in the desk: Django looks for them here."""

from broadcasts.staff.broadcasts import AnnouncementChatAdmin, BroadcastAdmin

__all__ = ["AnnouncementChatAdmin", "BroadcastAdmin"]
