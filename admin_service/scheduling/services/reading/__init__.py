"""What is read of slots and bookings for pages, numbers and calendars; nothing here changes any."""
