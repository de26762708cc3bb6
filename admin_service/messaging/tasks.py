"""Keeping the message collections small, and the desk in the picture about the bot's dead letters."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from common import clock
from common.mongo import collection
from messaging import dead_letters
from shared_contracts.transport.topology import BOT_QUEUES

KEEP = timedelta(days=30)
"""Far longer than any redelivery or client retry."""


@shared_task(name="messaging.tasks.purge")
def purge() -> None:
    """Delete sent outbox rows, inbox rows and attempt counts that are older than ``KEEP``."""
    before = clock.now() - KEEP
    collection("outbox").delete_many({"status": "sent", "due_at": {"$lt": before}})
    collection("inbox").delete_many({"created_at": {"$lt": before}})
    collection("delivery_attempts").delete_many({"created_at": {"$lt": before}})


@shared_task(name="messaging.tasks.count_the_bots_dead_letters")
def count_the_bots_dead_letters() -> None:
    """What the bot gave up is in the broker alone; the first page says so."""
    dead_letters.note_depths(settings.ENV.amqp_url, BOT_QUEUES)
