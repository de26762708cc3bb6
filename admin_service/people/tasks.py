"""Scans over what is known of people. Safe to run twice or late."""

from celery import shared_task

from people.services.outside.reading import read_due


@shared_task(name="people.tasks.read_outside_calendars")
def read_outside_calendars() -> int:
    """Read the outside calendars that are due; the answer is how many could be read."""
    return read_due()
