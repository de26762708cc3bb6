"""Staff pages about announcements and the chats they go to."""
