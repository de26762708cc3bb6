"""Reading outside calendars again and again: what is due stands in MongoDB, and one that fails holds up no other."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from django.conf import settings

from common import clock
from common.mongo import Document, collection
from common.zones import MOSCOW
from people.domain.busy_times import Window
from people.domain.outside import ReadFailedError, ReadFailure
from people.services.outside.apart import read_apart
from people.services.outside.fetching import Seen, fetch
from people.services.zones import zones_of_cities

log = structlog.get_logger(__name__)

BACK, AHEAD = timedelta(days=1), timedelta(days=120)
"""What is kept: from then until then."""
READ_AGAIN = timedelta(minutes=15)
_PATIENCE, _RARELY = timedelta(days=1), timedelta(hours=1)
"""What has failed for so long is tried that often."""
_WHOLE_AGAIN = timedelta(days=1)
"""One that is told to be as it was is read whole after that: what is to come moves on."""
MOST_PER_SCAN = 8
"""All at once: with each at its slowest a scan is done about when the next one begins."""


def read_due() -> int:
    """Read the outside calendars that are due; the answer is how many could be read."""
    now = clock.now()
    rows = [row for row in _due(now) if _claim(row, now)]
    zones = _zones_of(rows)
    networks = settings.ENV.outside_calendar_networks

    def read(row: Document) -> Document:
        return _facts_of(row, zones.get(row["_id"], MOSCOW), networks, now)

    good = 0
    with ThreadPoolExecutor(MOST_PER_SCAN) as pool:
        for row, facts in zip(rows, pool.map(read, rows), strict=True):
            _keep(row, facts)
            good += not facts["failure"]
    return good


def _due(now: datetime) -> list[Document]:
    rows = collection("outside_calendars")
    return list(rows.find({"due_at": {"$lte": now}}, {"busy": 0}).sort("due_at", 1).limit(MOST_PER_SCAN))


def _claim(row: Document, now: datetime) -> bool:
    """Put its next turn off, so that no other scan reads it now; after a crash it comes then."""
    change = {"$set": {"due_at": now + READ_AGAIN, "updated_at": now}}
    seen = {"_id": row["_id"], "due_at": row["due_at"], "address": row["address"]}
    return bool(collection("outside_calendars").update_one(seen, change).modified_count)


def _zones_of(rows: Sequence[Document]) -> dict[ObjectId, str]:
    found = collection("recruiters").find({"_id": {"$in": [row["_id"] for row in rows]}}, {"city_id": 1})
    zones = zones_of_cities()
    return {row["_id"]: zones.get(row["city_id"], MOSCOW) for row in found}


def _facts_of(row: Document, zone: str, networks: Sequence[Any], now: datetime) -> Document:
    """What is to be kept of it now, whatever comes of reading it."""
    try:
        return _read(row, zone, networks, now)
    except ReadFailedError as error:
        failure = error.failure
    except Exception as error:
        log.error("outside_calendar_broke", recruiter_id=str(row["_id"]), error=type(error).__name__)
        failure = ReadFailure.TOO_MUCH
    since = row["failing_since"] or now
    log.warning("outside_calendar_not_read", recruiter_id=str(row["_id"]), failure=failure.value)
    again = now + (READ_AGAIN if now - since < _PATIENCE else _RARELY)
    return {"failure": failure.value, "failing_since": since, "due_at": again}


def _read(row: Document, zone: str, networks: Sequence[Any], now: datetime) -> Document:
    window = Window(now - BACK, now + AHEAD)
    covers = row["covers_until"]
    is_whole = row["zone"] == zone and covers is not None and covers > window.ends - _WHOLE_AGAIN
    fetched = fetch(row["address"], Seen(row["etag"], row["last_modified"]) if is_whole else Seen(), networks)
    facts: Document = {"failure": "", "failing_since": None, "read_at": now}
    facts |= {"etag": fetched.seen.etag, "last_modified": fetched.seen.last_modified}
    if fetched.content is None:
        return facts
    reading = read_apart(fetched.content, zone, window)
    busy = [{"starts_at": one.starts_at, "ends_at": one.ends_at} for one in reading.times]
    return {**facts, "busy": busy, "unread": reading.unread, "zone": zone, "covers_until": window.ends}


def _keep(row: Document, facts: Document) -> None:
    """Unless the address was changed or taken away meanwhile."""
    change = {"$set": {**facts, "updated_at": clock.now()}}
    collection("outside_calendars").update_one({"_id": row["_id"], "address": row["address"]}, change)
