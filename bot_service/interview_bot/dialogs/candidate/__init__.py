"""Candidates' dialogs."""
