"""The scan for broadcasts whose time has come. Safe to run late, and twice at once."""

import structlog
from celery import shared_task

from broadcasts.services.starting import begin_due
from common import clock

log = structlog.get_logger(__name__)


@shared_task(name="broadcasts.tasks.begin_broadcasts")
def begin_broadcasts() -> int:
    """Begin what is due; the answer is how many broadcasts began."""
    count = begin_due(clock.now())
    if count:
        log.info("broadcasts_begun", count=count)
    return count
