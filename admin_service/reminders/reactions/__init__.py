"""What automatic messages make of bookings that have changed; listed in ``config.reactions``."""
