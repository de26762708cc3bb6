"""Nothing that happens by the clock stops in silence: the age of each scan, and what readiness makes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.registry import CollectorRegistry

from common.mongo import collection
from config.celery import app
from config.schedule import BEAT_SCHEDULE
from messaging import tasks as messaging_tasks
from reminders import tasks
from scans import runs

SCAN = tasks.send_due.name


def _last_success(task: str, ago: timedelta) -> None:
    moment = datetime.now(UTC) - ago  # as near to MongoDB's clock as a minute's grace needs
    collection("scan_runs").update_one({"_id": task}, {"$set": {"succeeded_at": moment}}, upsert=True)


def test_scans_of_a_new_installation_are_not_overdue() -> None:
    assert runs.missing() is None
    assert set(runs.ages()) == set(runs.intervals())


def test_a_scan_that_has_not_succeeded_for_long_is_named() -> None:
    """Guard: ``overdue``."""
    for task in runs.intervals():
        _last_success(task, timedelta())
    _last_success(SCAN, timedelta(minutes=10))
    assert runs.missing() == f"Overdue: send what is due ({runs.ages()[SCAN].total_seconds():.0f} s ago)"
    runs.succeeded(SCAN)
    assert runs.missing() is None


def test_a_scan_that_never_ran_is_overdue_in_its_time() -> None:
    """Guard: ``known_at``: who was never asked about would be young for ever."""
    runs.ages()
    earlier = datetime.now(UTC) - timedelta(hours=3)
    collection("scan_runs").update_many({}, {"$set": {"known_at": earlier}})
    assert set(runs.overdue()) == set(BEAT_SCHEDULE)


@pytest.mark.parametrize(("ago", "late"), [(timedelta(hours=1), False), (timedelta(hours=2, minutes=2), True)])
def test_what_is_long_depends_on_how_often_a_scan_runs(ago: timedelta, late: bool) -> None:
    for task in runs.intervals():
        _last_success(task, timedelta())
    _last_success(messaging_tasks.purge.name, ago)
    assert (runs.missing() is not None) is late


def test_a_success_from_the_future_is_no_excuse() -> None:
    """A clock was set back: guard ``abs``."""
    for task in runs.intervals():
        _last_success(task, timedelta())
    _last_success(SCAN, timedelta(hours=-1))
    assert "send what is due" in str(runs.missing())


def test_a_task_that_succeeds_is_noted_and_one_that_fails_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``_note_success``."""
    tasks.send_due.apply()
    assert collection("scan_runs").count_documents({"_id": SCAN, "succeeded_at": {"$exists": True}}) == 1

    @app.task(name="reminders.tasks.replan_that_fails")
    def fails() -> None:
        raise ValueError

    monkeypatch.setitem(BEAT_SCHEDULE, "fails", {"task": fails.name, "schedule": timedelta(seconds=5)})
    fails.apply()
    assert collection("scan_runs").count_documents({"_id": fails.name, "succeeded_at": {"$exists": True}}) == 0


def test_the_age_of_each_scan_is_a_metric() -> None:
    _last_success(SCAN, timedelta(minutes=10))
    registry = CollectorRegistry()
    registry.register(runs.Ages())
    age = registry.get_sample_value("slotdesk_scan_age_seconds", {"scan": "send what is due"})
    assert age is not None and 600 <= age < 660
    others = [registry.get_sample_value("slotdesk_scan_age_seconds", {"scan": name}) for name in BEAT_SCHEDULE]
    assert None not in others
