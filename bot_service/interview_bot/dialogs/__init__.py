"""What people do in the chat: one module per dialog, for candidates and for recruiters."""
