"""Candidates' and recruiters' dialogs, through the real bot."""
