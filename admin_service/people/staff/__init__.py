"""Staff pages about people and places."""
