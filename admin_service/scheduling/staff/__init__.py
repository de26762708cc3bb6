"""Staff pages about interview events, slots and bookings."""
