"""Scans over the ledger of automatic messages. Safe to run late, and twice at once."""

from datetime import timedelta

import structlog
from celery import shared_task

from common import clock
from common.mongo import collection
from reminders.services import digests, replanning, sending

log = structlog.get_logger(__name__)

KEEP = timedelta(days=180)
"""The ledger has people's texts in it."""


@shared_task(name="reminders.tasks.send_due")
def send_due() -> int:
    """Put on its way what is due; the answer is how many messages went."""
    count = sending.send_all_due(clock.now())
    if count:
        log.info("auto_messages_queued", count=count)
    return count


@shared_task(name="reminders.tasks.send_unreported_again")
def send_unreported_again() -> int:
    """Put messages on their way again whose command was given up; the answer is how many."""
    count = sending.send_unreported_again(clock.now())
    if count:
        log.warning("auto_messages_unreported", count=count)
    return count


@shared_task(name="reminders.tasks.plan_lists")
def plan_lists() -> int:
    """Plan the lists of today that are not planned yet; the answer is how many."""
    return digests.plan_lists(clock.now())


@shared_task(name="reminders.tasks.replan")
def replan() -> int:
    """Plan again what rules that staff changed concern; the answer is how many bookings."""
    return replanning.replan_changed_rules(clock.now())


@shared_task(name="reminders.tasks.check_plans")
def check_plans() -> int:
    """Plan what has no plan yet, and again what a city's new time zone or a deleted rule changes; how many bookings."""
    return replanning.replan({}, clock.now())


@shared_task(name="reminders.tasks.purge")
def purge() -> None:
    """Delete automatic messages that were due longer ago than ``KEEP``."""
    collection("auto_messages").delete_many({"due_at": {"$lt": clock.now() - KEEP}})
