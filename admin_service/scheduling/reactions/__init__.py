"""What follows from bookings that have changed; listed in ``config.reactions``."""
