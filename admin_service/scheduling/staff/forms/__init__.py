"""Forms of the pages about slots and bookings."""
