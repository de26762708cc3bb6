"""Time travelled instead of waited for."""

from collections.abc import Iterator

import pytest

from tests.reminders.tools import Clock, clock_at


@pytest.fixture
def at() -> Iterator[Clock]:
    """Sets the clock: ``at("2026-11-24 10:59")``, in Moscow's time. It stands still until set again."""
    with clock_at() as setting:
        yield setting
