"""Many candidates at once, from a table (R10): checked as a whole, then all of them added and invited, or none."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from common.mongo import in_transaction
from common.refusals import RefusedError
from messaging import caches
from people.models import Candidate, City
from people.services.invitations import DEFAULT_DAYS, Invited, invite
from people.services.people import save_candidate
from shared_contracts.notification import CacheName

MOST_ROWS = 500
_MOST = 20  # mistakes told at once
_DELIMITERS = ",;\t"
_HEADERS = {
    "first_name": ("first_name", "first name", "имя"),
    "last_name": ("last_name", "last name", "фамилия"),
    "city": ("city", "город"),
    "username": ("username", "юзернейм", "имя пользователя", "ник"),
    "telegram_id": ("telegram_id", "telegram id", "id"),
}
COLUMNS = tuple(_HEADERS)


class _Row(NamedTuple):
    number: int  # as a spreadsheet counts: the header is row 1
    cells: dict[str, str]
    headings: dict[str, str]  # the columns' names, as the table has them


def import_candidates(text: str, *, actor: str, days: int = DEFAULT_DAYS, note: str = "") -> Invited:
    """Add candidates from CSV and make a link for each, in one transaction.

    Args:
        text: a header naming some of ``COLUMNS``, in English or Russian, then a row a person; by comma, semicolon or
            tab. Cities by name.
        actor: the staff login.
        days: how long the links can be used.
        note: for staff, on every entry's link.

    Raises:
        RefusedError: what is wrong in which row and column; nothing was written.
    """
    rows = _read(text)

    def work() -> Invited:
        people = _checked(rows)
        for person in people:
            save_candidate(person, actor=actor, stale=())
        caches.invalidate(CacheName.ALLOWED_USERS)
        return invite(people, actor=actor, days=days, note=note)

    return in_transaction(work)


def _read(text: str) -> list[_Row]:
    lines = text.lstrip("\ufeff").strip().splitlines()
    if not lines:
        raise RefusedError({"text": _("Paste a table or choose a file.")})
    delimiter = max(_DELIMITERS, key=lines[0].count)
    try:
        table = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        raise RefusedError({"text": _("This is not a table: a quotation mark is not closed.")}) from None
    columns = [_column(cell) for cell in table[0]]
    headings = dict(zip(columns, (cell.strip() for cell in table[0]), strict=True))
    rows = [
        _Row(number, dict(zip(columns, (cell.strip() for cell in cells), strict=False)), headings)
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows or len(rows) > MOST_ROWS:
        raise RefusedError({"text": _("Give a header and 1 to %(most)s rows.") % {"most": MOST_ROWS}})
    return rows


def _column(cell: str) -> str:
    wanted = cell.strip().lower()
    for column, names in _HEADERS.items():
        if wanted in names:
            return column
    known = ", ".join(COLUMNS)
    text = _("Row 1: there is no column “%(name)s”. Known are %(known)s.")
    raise RefusedError({"text": text % {"name": cell.strip()[:40], "known": known}})


def _checked(rows: Sequence[_Row]) -> list[Candidate]:
    cities = {city.name.casefold(): city for city in City.objects.all()}
    people, errors = [], []
    for row in rows:
        person = _person(row, cities)
        errors += [(row, field, message) for field, message in _wrong(row, person)]
        people.append(person)
    errors += _repeated(rows, people) if not errors else []
    if errors:
        raise RefusedError({f"{row.number} {field}": _told(row, field, text) for row, field, text in errors[:_MOST]})
    return people


def _person(row: _Row, cities: dict[str, City]) -> Candidate:
    cells = row.cells
    number = cells.get("telegram_id", "")
    return Candidate(
        first_name=cells.get("first_name", ""),
        last_name=cells.get("last_name", ""),
        username=cells.get("username", "").removeprefix("@"),
        telegram_id=int(number) if number.isascii() and number.isdigit() and len(number) < 20 else None,  # noqa: PLR2004
        city=cities.get(cells.get("city", "").casefold()),
    )


def _wrong(row: _Row, person: Candidate) -> Iterator[tuple[str, str]]:
    if row.cells.get("city") and person.city is None:
        yield "city", _("there is no city “%(name)s”") % {"name": row.cells["city"][:40]}
    if row.cells.get("telegram_id") and person.telegram_id is None:
        yield "telegram_id", _("not a number")
    try:
        person.clean_fields(exclude=["city"])
        person.clean()
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            yield field, messages[0]


def _repeated(rows: Sequence[_Row], people: Sequence[Candidate]) -> list[tuple[_Row, str, str]]:
    """Ids and usernames given twice, or of someone known."""
    found: list[tuple[_Row, str, str]] = []
    for field, values in (
        ("telegram_id", [person.telegram_id for person in people]),
        ("username", [person.awaits() for person in people]),
    ):
        stored = "awaited_username" if field == "username" else field
        given = [value for value in values if value is not None]
        known = set(Candidate.objects.filter(**{f"{stored}__in": given}).values_list(stored, flat=True))
        counts = Counter(given)
        for row, value in zip(rows, values, strict=True):
            if value in known:
                found.append((row, field, _("such a candidate exists already")))
            elif value is not None and counts[value] > 1:
                found.append((row, field, _("given in several rows")))
    return found


def _told(row: _Row, field: str, text: str) -> str:
    if field == NON_FIELD_ERRORS:
        return _("Row %(row)s: %(text)s") % {"row": row.number, "text": text}
    known: Any = Candidate._meta.get_field(field)
    heading = row.headings.get(field) or known.verbose_name
    return _("Row %(row)s, %(field)s: %(text)s") % {"row": row.number, "field": heading, "text": text}
