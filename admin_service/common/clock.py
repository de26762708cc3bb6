"""The admin service's only source of "now"."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

SKEW = timedelta(minutes=1)
"""So far apart may two services' clocks be."""


def now() -> datetime:
    """The current moment in UTC, whole milliseconds (MongoDB keeps no finer time).

    In test mode alone it is shifted by the seconds that ``CLOCK_OFFSET_FILE`` holds, so that a running system can
    be moved through time.
    """
    moment = datetime.now(UTC) + _offset()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def reported(moment: datetime, at: datetime) -> datetime:
    """A moment that another service reports ``at`` some time; one from the future, by a wrong clock, counts as then."""
    return moment if moment <= at + SKEW else at


def _offset() -> timedelta:
    file: Path | None = settings.ENV.clock_offset_file
    if not settings.ENV.test_mode or file is None or not file.exists():
        return timedelta()
    return timedelta(seconds=float(file.read_text(encoding="utf-8").strip() or 0))
