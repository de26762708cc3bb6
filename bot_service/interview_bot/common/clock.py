"""The only source of "now", so that a running system can be moved through time in test mode."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_OFFSET_FILES: list[Path] = []


def use_offset_file(path: Path | None) -> None:
    """Add the seconds written in ``path`` to every ``now()``; None goes back to the real time. Test mode only."""
    _OFFSET_FILES[:] = [path] if path else []


def now() -> datetime:
    """The current moment in UTC, cut to milliseconds: MongoDB and the wire keep no finer time."""
    moment = datetime.now(UTC) + _offset()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _offset() -> timedelta:
    for path in _OFFSET_FILES:
        try:
            return timedelta(seconds=float(path.read_text().strip() or 0))
        except FileNotFoundError:
            continue  # nobody has moved the clock yet
    return timedelta()
