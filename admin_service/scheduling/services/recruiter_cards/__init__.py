"""Recruiters' cards of bookings: what they show, who holds them, what became of them."""
