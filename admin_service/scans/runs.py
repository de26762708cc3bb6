"""When each scan last did its work, and whether that is too long ago: none stops in silence.

By MongoDB's clock, on both sides: the processes' own may differ, and tests move them.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from pymongo.errors import PyMongoError

from common.mongo import collection

_ROWS = "scan_runs"
GRACE = timedelta(minutes=1)
"""For starting, a lock to run out, or a deploy."""


def intervals() -> dict[str, timedelta]:
    """How often each task is to do its work."""
    return {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def succeeded(task: str) -> None:
    """Note that a scan has done its work now; other tasks are not noted."""
    if task in intervals():
        collection(_ROWS).update_one({"_id": task}, [{"$set": {"succeeded_at": "$$NOW"}}], upsert=True)


def ages() -> dict[str, timedelta]:
    """How long ago each scan last did its work; one that never has counts from when it was first asked about."""
    known = _stored_ages()
    if missing := intervals().keys() - known.keys():
        for task in missing:
            first = {"known_at": {"$ifNull": ["$known_at", "$$NOW"]}}
            collection(_ROWS).update_one({"_id": task}, [{"$set": first}], upsert=True)
        known = _stored_ages()
    return {task: known[task] for task in intervals()}


def _stored_ages() -> dict[str, timedelta]:
    # Either way: what seems to come from the future was written before the clock was set back.
    age = {"$abs": {"$subtract": ["$$NOW", {"$ifNull": ["$succeeded_at", "$known_at"]}]}}
    rows = collection(_ROWS).aggregate([{"$project": {"age": age}}])
    return {row["_id"]: timedelta(milliseconds=row["age"]) for row in rows}


def overdue() -> dict[str, timedelta]:
    """The scans, by their names in the schedule, whose last success is over two intervals and ``GRACE`` ago."""
    every = intervals()
    late = {task: age for task, age in ages().items() if age > 2 * every[task] + GRACE}
    return {name: late[entry["task"]] for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if entry["task"] in late}


def missing() -> str | None:
    """What the readiness of worker and beat tells: which scans are overdue; None while none is."""
    try:
        late = overdue()
    except PyMongoError:
        return "MongoDB does not answer."
    if not late:
        return None
    return "Overdue: " + ", ".join(f"{name} ({age.total_seconds():.0f} s ago)" for name, age in sorted(late.items()))


class Ages(Collector):
    """``slotdesk_scan_age_seconds``: read when somebody asks for it."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge with a value per scan; nothing while MongoDB is away."""
        gauge = GaugeMetricFamily("slotdesk_scan_age_seconds", "Since a scan last did its work", labels=["scan"])
        try:
            known = ages()
        except PyMongoError:
            return
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            gauge.add_metric([name], known[entry["task"]].total_seconds())
        yield gauge

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is read when the process starts."""
        return []


def measure() -> None:
    """Add the ages to this process's metrics."""
    REGISTRY.register(Ages())
