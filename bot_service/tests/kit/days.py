"""Slots on days that are known beforehand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from interview_bot.common import clock
from shared_contracts.directory import SlotView
from tests.kit.desk import Desk

MAY = datetime(clock.now().year + 1, 5, 3, 7, tzinfo=UTC)
"""10 o'clock in Moscow on a day far ahead."""


def at(desk: Desk, number: int, *, days: int, hours: float = 0, **changes: Any) -> SlotView:
    """A slot so long after 10:00 on the 3rd of May."""
    starts_at = MAY + timedelta(days=days, hours=hours)
    return desk.add_slot(number, starts_at=starts_at, closes_at=starts_at - timedelta(hours=2), **changes)
