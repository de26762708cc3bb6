"""What is stored, as it may cross the wire.

Models refuse on the way in what the contracts refuse on the way out. A row or a value that slipped past them (written
by another program, or before there was a rule) is left out, counted and logged by its id: it stops neither a list nor a
booking.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter

from common.zones import MOSCOW, zone_names
from shared_contracts.fields import LINE_LENGTH, TEXT_LENGTH, is_username, to_link

log = structlog.get_logger(__name__)

LEFT_OUT = Counter(
    "slotdesk_left_out",
    "Stored rows (part: row) and values that can't cross the wire; the log names their ids.",
    ["collection", "part"],
)

T = TypeVar("T")
D = TypeVar("D")


def views(name: str, rows: Sequence[D], work: Callable[[Sequence[D]], list[T]]) -> list[T]:
    """``work`` of the rows, without those that it can't be done for.

    Args:
        name: of the collection.
        rows: documents, or what has an ``id``.
        work: of some of the rows; done again for each alone where it fails for all.
    """
    try:
        return work(rows)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # pydantic's are ValueErrors
        if len(rows) == 1:
            left_out(name, rows[0], "row", type(error).__name__)
            return []
    return [view for row in rows for view in views(name, [row], work)]


def left_out(name: str, row: Any, part: str, reason: str) -> None:
    """Count and log what is not told; never its value, which may be personal data."""
    LEFT_OUT.labels(collection=name, part=part).inc()
    row_id = row.get("_id") if isinstance(row, dict) else row.id
    log.warning("left_out", collection=name, id=str(row_id), part=part, reason=reason)


def link(name: str, row: Any, url: Any) -> str | None:
    """A stored link, None where there is none or it leads nowhere."""
    if not url:
        return None
    try:
        return to_link(url)
    except (TypeError, ValueError) as error:
        left_out(name, row, "link", type(error).__name__)
        return None


def username(name: str, row: Any, stored: Any) -> str:
    """A stored username, empty where there is none or it can't be a person's."""
    if not stored or is_username(stored):
        return stored or ""
    left_out(name, row, "username", "no username")
    return ""


def zone(name: str, row: Any, stored: Any) -> str:
    """A stored time zone, Moscow's where there is no such zone."""
    if stored in zone_names():
        return str(stored)
    left_out(name, row, "timezone", "unknown")
    return MOSCOW


def line(text: str) -> str:
    """A stored text in the length that a line may have."""
    return text[:LINE_LENGTH]


def text(stored: str) -> str:
    """A stored text in the length that several lines may have."""
    return stored[:TEXT_LENGTH]
