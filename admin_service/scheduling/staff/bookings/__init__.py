"""Staff pages about bookings: the list and a booking's page, what staff decide, mark, tell by hand and export."""
