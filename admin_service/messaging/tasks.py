"""Keeping the message collections small."""

from datetime import timedelta

from celery import shared_task

from common import clock
from common.mongo import collection

KEEP = timedelta(days=30)
"""Far longer than any redelivery or client retry."""


@shared_task(name="messaging.tasks.purge")
def purge() -> None:
    """Delete sent outbox rows, inbox rows and attempt counts that are older than ``KEEP``."""
    before = clock.now() - KEEP
    collection("outbox").delete_many({"status": "sent", "due_at": {"$lt": before}})
    collection("inbox").delete_many({"created_at": {"$lt": before}})
    collection("delivery_attempts").delete_many({"created_at": {"$lt": before}})
