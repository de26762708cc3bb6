"""What beat keeps in Redis may be lost or spoilt: every scan is woken again, by itself (field case: an evicted key)."""

import contextlib
import json
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings

from config.celery import app
from config.schedule import BEAT_SCHEDULE
from reminders import tasks
from tests.helpers.broker_tools import wait_until
from tests.reminders.beats import PATIENCE, StartBeat, woken

NAME, SCHEDULE = "send what is due", "redbeat::schedule"
ENTRY = f"redbeat:{NAME}"
FAR_AHEAD = 4_000_000_000.0
YET_TO_COME = json.dumps(
    {"last_run_at": {"__type__": "datetime", "year": 2090, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}}
)
Damage = Callable[[redis.Redis], object]

DAMAGES: dict[str, Damage] = {
    "the entry is lost": lambda db: db.delete(ENTRY),
    "the whole schedule is lost": lambda db: db.delete(SCHEDULE),
    "its place in the schedule is lost": lambda db: db.zrem(SCHEDULE, ENTRY),
    "entry and place are lost": lambda db: [db.delete(ENTRY), db.zrem(SCHEDULE, ENTRY)],
    "its definition is lost": lambda db: db.hdel(ENTRY, "definition"),
    "its definition is no JSON": lambda db: db.hset(ENTRY, "definition", "{"),
    "its definition is another one": lambda db: db.hset(ENTRY, "definition", '{"name": "x", "enabled": true}'),
    "it is switched off": lambda db: db.hset(
        ENTRY, "definition", str(db.hget(ENTRY, "definition")).replace('"enabled": true', '"enabled": false')
    ),
    "its last run is no JSON": lambda db: db.hset(ENTRY, "meta", "{"),
    "its last run is yet to come": lambda db: db.hset(ENTRY, "meta", YET_TO_COME),
    "it is due in a hundred years": lambda db: db.zadd(SCHEDULE, {ENTRY: FAR_AHEAD}),
    "it is never due": lambda db: db.zadd(SCHEDULE, {ENTRY: -1}),
    "the entry is of another kind": lambda db: [db.delete(ENTRY), db.set(ENTRY, "x")],
    "the schedule is of another kind": lambda db: [db.delete(SCHEDULE), db.set(SCHEDULE, "x")],
}


@pytest.fixture
def database() -> Iterator[redis.Redis]:
    """Redis, as the operator."""
    with redis.Redis.from_url(settings.ENV.redis_url, decode_responses=True) as client:
        yield client


def test_a_scan_is_woken_again_whatever_becomes_of_its_entry(start_beat: StartBeat, database: redis.Redis) -> None:
    """Guard: ``mend``: redbeat forgets an entry that it can't read, and says so to nobody."""
    beat = start_beat()
    assert wait_until(lambda: beat.leads, PATIENCE)
    assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE)
    for what, damage in DAMAGES.items():
        damage(database)
        woken()
        assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE), what
        assert beat.process.poll() is None, what
        assert {f"redbeat:{name}" for name in BEAT_SCHEDULE} <= set(database.zrange(SCHEDULE, 0, -1)), what
    assert beat.says("schedule_put_back")


def test_beat_begins_whatever_stands_where_its_list_of_entries_was(
    start_beat: StartBeat, database: redis.Redis
) -> None:
    """Guard: ``setup_schedule``."""
    database.set("redbeat::statics", "x")
    beat = start_beat()
    assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE)
    assert beat.process.poll() is None


OF_ANOTHER = "another beat's"
LOCK = "redbeat::lock"
LOSSES: dict[str, Damage] = {
    "the lock is lost": lambda db: db.delete(LOCK),
    "everything is lost": lambda db: db.flushall(),
    "Redis stands still for longer than the lock is held": lambda db: db.client_pause(12_000),
    "another beat has taken the lock, and dies": lambda db: db.set(LOCK, OF_ANOTHER, px=3_000),
}


def _holder(database: redis.Redis) -> str | None:
    """Whose the lock is, as far as Redis tells."""
    with contextlib.suppress(redis.exceptions.TimeoutError):
        return str(database.get(LOCK) or "") or None
    return None


@pytest.mark.parametrize("loss", LOSSES)
def test_a_beat_that_lost_its_lock_takes_it_anew(start_beat: StartBeat, database: redis.Redis, loss: str) -> None:
    """Guard: ``hold_lock``, and the ``RedisError`` that ends no tick."""
    beat = start_beat()
    assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE)
    before = database.get(LOCK)
    LOSSES[loss](database)
    assert wait_until(lambda: _holder(database) not in {None, before, OF_ANOTHER}, PATIENCE)
    woken()
    assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE)
    assert {f"redbeat:{name}" for name in BEAT_SCHEDULE} <= set(database.zrange(SCHEDULE, 0, -1))
    assert beat.process.poll() is None
    assert beat.says("beat_lost_its_lock")


def test_a_schedule_that_is_whole_is_left_alone(start_beat: StartBeat) -> None:
    beat = start_beat()
    assert wait_until(lambda: beat.leads, PATIENCE)
    for _ in range(3):
        assert wait_until(lambda: tasks.send_due.name in woken(), PATIENCE)
    assert not beat.says("schedule_put_back")
    assert not beat.says("beat_lost_its_lock")


def test_every_scan_of_the_schedule_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= set(app.tasks)
