"""What edits slots: one by one, with their city's zone or an office, and when somebody or a place retires."""
