"""Wiring of the admin service."""
