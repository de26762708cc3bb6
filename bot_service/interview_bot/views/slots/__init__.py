"""Choosing a slot: what is shown on the way from a city to a time."""
