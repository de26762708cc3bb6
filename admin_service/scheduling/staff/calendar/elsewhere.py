"""What recruiters are busy with by their own calendars, as the calendar of slots shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bson import ObjectId
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.mongo import Document
from common.zones import MOSCOW
from people.domain.busy_times import BusyTime
from people.services.outside.times import busy_between, failing_among
from people.staff.outside import ago
from scheduling.services.reading.calendar_span import shown_zone, span_of, wall_clock
from scheduling.services.store.slots import by_id
from scheduling.staff.calendar.asked import Asked, By
from scheduling.staff.calendar.columns import NONE, Column
from staffkit.clocks import format_moment

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Of the recruiters of a view. ``recruiters``: their documents. ``times``: when they are busy."""

    recruiters: Mapping[ObjectId, Document]
    times: Mapping[ObjectId, Sequence[BusyTime]]

    def takes(self, row: Document) -> bool:
        """Whether a slot's recruiter is busy during it."""
        busy = self.times.get(row["recruiter_id"], ())
        return any(one.starts_at < row["ends_at"] and one.ends_at > row["starts_at"] for one in busy)

    def troubles(self) -> list[str]:
        """Whose calendars can't be read, since when, and how old is what is shown of them."""
        return [_trouble(kept, self.recruiters[kept["_id"]]["name"]) for kept in failing_among(self.recruiters)]


def elsewhere(
    it: Asked, columns: Iterable[Column], rows: Sequence[Document], zones: Mapping[ObjectId, str]
) -> Elsewhere:
    """What is known of the recruiters who have a column or a slot in a view."""
    ids = {row["recruiter_id"] for row in rows if row["recruiter_id"]}
    if it.by is By.RECRUITER:
        ids |= {ObjectId(column.id) for column in columns if column.id != NONE}
    recruiters = {row["_id"]: row for row in by_id("recruiters", ids)}
    return Elsewhere(recruiters, busy_between(recruiters, *span_of(it.first, it.days, zones.values())))


def busy_in_columns(
    known: Elsewhere, it: Asked, columns: Iterable[Column], rows: Iterable[Document], zones: Mapping[ObjectId, str]
) -> list[dict[str, Any]]:
    """Busy times for the page, a piece for each day of them; only recruiters have columns to show them in."""
    if it.by is not By.RECRUITER:
        return []
    clocks: dict[str, Counter[str]] = {}
    for row in rows:
        clocks.setdefault(str(row["recruiter_id"]), Counter())[shown_zone(row, zones)] += 1
    shown = []
    for column in columns:
        recruiter = known.recruiters.get(ObjectId(column.id)) if column.id != NONE else None
        if recruiter is None:
            continue
        usual = zones.get(recruiter["city_id"], MOSCOW)
        # On the clocks that most of the slots beside it are told on, so that what is level is at the same time.
        zone = clocks[column.id].most_common(1)[0][0] if column.id in clocks else usual
        for one in known.times.get(recruiter["_id"], ()):
            shown += [_shown(column, piece) for piece in _by_day(one, zone) if it.first <= piece[0].date() <= it.last]
    return shown


def _by_day(one: BusyTime, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """The digits of its pieces, none of which goes past midnight."""
    begins, ends = wall_clock(one.starts_at, zone), wall_clock(one.ends_at, zone)
    while begins < ends:
        midnight = datetime.combine(begins.date() + _A_DAY, time())
        yield begins, min(ends, midnight)
        begins = midnight


def _shown(column: Column, piece: tuple[datetime, datetime]) -> dict[str, Any]:
    begins, ends = piece
    digits = [moment.isoformat(timespec="minutes") for moment in piece]
    hours = f"{begins:%H:%M}–{ends:%H:%M}" if ends.time() != time() else f"{begins:%H:%M}–24:00"
    return {
        "column": column.id,
        "start": digits[0],
        "end": digits[1],
        "words": _("own calendar"),
        "when": f"{date_format(begins, 'D d.m.Y')}, {hours}",
        "about": column.title,
    }


def _trouble(kept: Document, name: str) -> str:
    since = {"name": name, "since": format_moment(kept["failing_since"], MOSCOW)}
    if kept["read_at"] is None:
        return _("%(name)s: their own calendar can't be read since %(since)s.") % since
    text = _("%(name)s: their own calendar can't be read since %(since)s; what is shown of it was read %(ago)s.")
    return text % {**since, "ago": ago(kept["read_at"])}
