"""Bookings as CSV."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from desk.clocks import local, today
from scheduling.models import Booking

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that starts so for a formula, which may call out."""


class _Echo:
    def write(self, line: str) -> str:
        """Hands the writer's line on instead of storing it."""
        return line


def csv_answer(bookings: QuerySet[Booking]) -> StreamingHttpResponse:
    """Every booking of the query set, as a download. UTF-8 with a mark, so that spreadsheets read it right."""
    writer = csv.writer(_Echo())
    lines = (writer.writerow([safe(cell) for cell in row]) for row in _rows(bookings))
    response = StreamingHttpResponse(_with_mark(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="bookings-{today():%Y-%m-%d}.csv"'
    return response


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def _with_mark(lines: Iterable[str]) -> Iterator[str]:
    yield "\ufeff"
    yield from lines


def _rows(bookings: QuerySet[Booking]) -> Iterator[list[Any]]:
    yield [
        _("Date"),
        _("Time"),
        _("Time zone"),
        _("Status"),
        _("Telegram id"),
        _("Username"),
        _("First name"),
        _("Last name"),
        _("City"),
        _("Location"),
        _("Room"),
        _("Recruiter"),
        _("Interview event"),
        _("Minutes"),
        _("Id"),
    ]
    for booking in bookings.iterator():
        yield _row(booking)


def _row(booking: Booking) -> list[Any]:
    user, slot = booking.user, booking.slot
    there = local(booking.starts_at, slot.timezone)
    return [
        f"{there:%Y-%m-%d}",
        f"{there:%H:%M}",
        slot.timezone,
        booking.get_status_display(),
        booking.telegram_id,
        user.username,
        user.first_name,
        user.last_name,
        slot.city,
        booking.location,
        slot.room,
        slot.recruiter,
        slot.event,
        slot.duration_minutes,
        booking.pk,
    ]
