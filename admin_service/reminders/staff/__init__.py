"""Staff pages about automatic messages."""
