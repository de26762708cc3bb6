"""Real beats on the tests' servers, as they are started in production, and what they wake."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings

from config.celery import app

ADMIN_SERVICE = Path(__file__).parents[2]
BEAT = (
    "-m",
    "celery",
    "-A",
    "config",
    "beat",
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


@contextmanager
def beats_in(directory: Path) -> Iterator[StartBeat]:
    """Starts beats, on a schedule that nobody has run yet; they are killed at the end."""
    beats: list[Beat] = []
    _forget_schedule()
    woken()

    def start() -> Beat:
        beats.append(Beat(directory / f"beat-{len(beats)}.log"))
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
