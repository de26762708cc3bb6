"""Staff pages about message templates."""
