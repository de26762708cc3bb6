"""What programs ask: lists and bookings, recruiters' cards, calendars to subscribe to."""
