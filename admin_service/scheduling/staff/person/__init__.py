"""A person's page: what they have booked, what was noted and happened, and what can be done from there."""
