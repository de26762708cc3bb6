"""Ctrl-K: people, bookings, slots, places and pages by what is typed, wherever one is in the desk."""
