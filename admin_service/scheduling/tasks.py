"""Scans over bookings whose time has come. Safe to run twice or late: each booking is decided anew."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from bson import ObjectId
from celery import shared_task

from common import clock
from common.mongo import Document, collection, in_transaction
from scheduling.domain.answering import Expire
from scheduling.domain.booking import Close
from scheduling.domain.commands import Actor, ActorKind
from scheduling.domain.decide import AnyCommand
from scheduling.services.batch import decide_one, offer_seats
from scheduling.services.recruiter_cards.request_reminders import (
    WHENEVER,
    bring,
    due_reminders,
    due_rings,
    joined_since,
    remind,
    ring,
)
from scheduling.services.requests import Request
from scheduling.services.waiting_ends import end_hopeless
from scheduling.services.waiting_list import wanted_slots

log = structlog.get_logger(__name__)

MOST_PER_SCAN = 1_000


@shared_task(name="scheduling.tasks.expire_requests")
def expire_requests() -> int:
    """End requests that nobody answered in time; their candidates are told."""
    actor = Actor(ActorKind.SYSTEM, "expire_requests")
    return _scan("expires_at", lambda booking_id: Expire(str(uuid.uuid4()), actor, booking_id, None))


@shared_task(name="scheduling.tasks.close_finished")
def close_finished() -> int:
    """End the liveness of bookings whose slot is over."""
    actor = Actor(ActorKind.SYSTEM, "close_finished")
    return _scan("ends_at", lambda booking_id: Close(str(uuid.uuid4()), actor, booking_id, None))


@shared_task(name="scheduling.tasks.remind_recruiters")
def remind_recruiters() -> int:
    """Remind recruiters of requests that will expire, and hand them to deputies; the answer is how many.

    In the morning they hear, too, of those that came in the night; of one that is due to be reminded of, only once.
    """
    now = clock.now()
    rows = list(collection("bookings").find(due_reminders(now), {"_id": 1}).sort("remind_at", 1).limit(MOST_PER_SCAN))
    reminded = sum(remind(str(row["_id"]), now, uuid.uuid4().hex) for row in rows)
    rows = list(collection("bookings").find(due_rings(now), {"_id": 1}).sort("ring_at", 1).limit(MOST_PER_SCAN))
    return reminded + sum(ring(str(row["_id"]), now, uuid.uuid4().hex) for row in rows)


@shared_task(name="scheduling.tasks.bring_requests")
def bring_requests() -> int:
    """Bring bookings that were out of reach to recruiters who have joined since; the answer is how many.

    Of many that ask nothing of a recruiter, only the first makes a sound.
    """
    now, brought = clock.now(), Counter[ObjectId | None]()
    fields = {"recruiter_id": 1, "awaits_approval": 1}
    for row in collection("bookings").find(joined_since(now), fields).sort("starts_at", 1).limit(MOST_PER_SCAN):
        recruiter_id = row["recruiter_id"]
        silent = recruiter_id in brought and not row["awaits_approval"]
        brought[recruiter_id] += bring(str(row["_id"]), now, uuid.uuid4().hex, silent=silent)
    return brought.total()


@shared_task(name="scheduling.tasks.offer_free_seats")
def offer_free_seats() -> int:
    """Offer free seats to those who wait: what came free in quiet hours, or was missed; the answer is how many.

    Who joined while their city or event was being closed, or before closing it ended their waiting, waits no longer.
    """
    in_transaction(lambda: end_hopeless(actor=str(Actor(ActorKind.SYSTEM, "offer_seats")), via="job"))
    return sum(offer_seats([slot_id], uuid.uuid4().hex) for slot_id in wanted_slots(clock.now()))


def _scan(due_field: str, command: Callable[[str], AnyCommand]) -> int:
    """Decide one command for each live booking whose ``due_field`` has passed; the answer is how many."""
    rows = _due(due_field, clock.now())
    for row in rows:
        correlation_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            decide_one(Request(command(str(row["_id"])), "job", correlation_id))
    if rows:
        log.info("bookings_ended", count=len(rows), by=due_field)
    return len(rows)


def over_by(field: str, now: datetime) -> Document:
    """The MongoDB condition of live bookings whose moment has passed; by ``bookings_over`` or ``bookings_expiring``."""
    return {"live": True, field: {**WHENEVER, "$lte": now}}


def _due(field: str, now: datetime) -> list[Document]:
    return list(collection("bookings").find(over_by(field, now), {"_id": 1}).sort(field, 1).limit(MOST_PER_SCAN))
