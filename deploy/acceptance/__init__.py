"""Acceptance tests: the whole stack on free ports, driven as its users drive it."""
