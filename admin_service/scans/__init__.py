"""What happens by the clock: when each scan is due, who wakes it, and when it last did its work."""
