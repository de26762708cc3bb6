"""Time travelled instead of waited for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reminders.beats import StartBeat, beats_in
from tests.reminders.tools import Clock, clock_at


@pytest.fixture
def at() -> Iterator[Clock]:
    """Sets the clock: ``at("2026-11-24 10:59")``, in Moscow's time. It stands still until set again."""
    with clock_at() as setting:
        yield setting


@pytest.fixture
def start_beat(tmp_path: Path) -> Iterator[StartBeat]:
    """Starts beats; they are killed at the end."""
    with beats_in(tmp_path) as start:
        yield start
