"""Staff pages about questionnaires."""
