"""Slotdesk's local stack: real servers and all processes on one machine, without Docker."""
