"""What people are sent, made the same way on both sides: messages from templates, calendar files."""
