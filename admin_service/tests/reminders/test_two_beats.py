"""Two beats: one wakes the scans, the other takes over when it dies, and no message is doubled.

Real processes on the tests' servers, as they are started in production.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from common.mongo import collection
from config.celery import app
from people.models import Candidate
from reminders import tasks
from tests import asking
from tests.broker_tools import wait_until
from tests.conftest import MakeSlot
from tests.reminders.tools import Clock, commands, row_of, slot_at
from tests.test_races import together

ADMIN_SERVICE = Path(__file__).parents[2]
BEAT = (
    "-m",
    "celery",
    "-A",
    "config",
    "beat",
    "-S",
    "redbeat.RedBeatScheduler",
    "--pidfile",
    "",
    "--loglevel",
    "DEBUG",
)
PATIENCE = 120
"""Seconds: far more than the lock's 10, for a machine that is busy."""
StartBeat = Callable[[], "Beat"]


class Beat:
    """A beat and what it says."""

    def __init__(self, log: Path) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *BEAT],
                cwd=ADMIN_SERVICE,
                env={**os.environ, "LOG_LEVEL": "DEBUG"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def says(self, text: str) -> bool:
        """Whether it has said that."""
        return text in self.log.read_text(encoding="utf-8")

    @property
    def leads(self) -> bool:
        """Whether it has come to hold the lock."""
        return self.says("Acquired lock")


@pytest.fixture
def start_beat(tmp_path: Path) -> Iterator[StartBeat]:
    """Starts beats, on a schedule that nobody has run yet; they are killed at the end."""
    beats: list[Beat] = []
    _forget_schedule()
    woken()

    def start() -> Beat:
        beats.append(Beat(tmp_path / f"beat-{len(beats)}.log"))
        return beats[-1]

    yield start
    for beat in beats:
        beat.process.kill()
        beat.process.wait()
    _forget_schedule()


def _forget_schedule() -> None:
    with redis.Redis.from_url(settings.ENV.redis_url) as client:
        for key in client.scan_iter("redbeat*"):
            client.delete(key)


def woken() -> list[str]:
    """The scans that were asked for since the last look; they are taken off the queue."""
    found = []
    with app.connection_for_read() as connection:
        queue = app.amqp.queues["slotdesk.scans"](connection.default_channel)
        queue.declare()
        while message := queue.get(no_ack=True):
            found.append(message.headers["task"])
    return found


def test_the_second_beat_waits_and_takes_over_when_the_first_is_killed(
    at: Clock, make_slot: MakeSlot, maria: Candidate, start_beat: StartBeat
) -> None:
    """Guards: redbeat's lock; behind it, for a lock is no fence, the claim of each message."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")
    scan = tasks.send_due.name

    first = start_beat()
    assert wait_until(lambda: first.leads, PATIENCE)
    second = start_beat()
    assert wait_until(lambda: second.says("Acquiring lock"), PATIENCE)
    assert wait_until(lambda: scan in woken(), PATIENCE)
    assert not second.leads
    assert second.process.poll() is None, "the second must wait, not die"

    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    woken()
    assert wait_until(lambda: second.leads, PATIENCE)
    assert wait_until(lambda: scan in woken(), PATIENCE)

    together(tasks.send_due, tasks.send_due)  # what both asked for, at once
    assert len(commands()) == 1
    assert row_of(maria, "day_of")["attempts"] == 1
    assert collection("auto_messages").count_documents({"kind": "day_of"}) == 1
