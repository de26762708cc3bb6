"""Documents, read as the rules want them and written as they are stored."""
