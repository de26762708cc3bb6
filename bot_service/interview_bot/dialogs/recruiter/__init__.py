"""Recruiters' dialogs."""
