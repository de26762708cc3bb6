"""What would come of each row of a table of people (R10): added, changed, known already, or refused and why.

Who is meant is told by the entry's own id, by the Telegram id, or by a username that is awaited; never by a name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from bson import ObjectId
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from common.texts.names import bare_username
from people.models import MOST_TAGS, Candidate, City
from people.services.tags import read_tags

COLUMNS = ("first_name", "last_name", "city", "username", "telegram_id", "tags")
"""What staff fill in."""
_MOST_DIGITS = 19
_SHORTENED = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
"""A long number as a spreadsheet writes it into CSV."""
_ID = re.compile(r"[0-9a-f]{24}")
_CANDIDATE_ROLES = frozenset({"", "candidate", "кандидат"})


class GivenRow(NamedTuple):
    """A row as it was read. ``number``: as a spreadsheet counts. ``cells``: by column; an empty one changes nothing."""

    number: int
    cells: Mapping[str, str]
    problem: str = ""


class Fate(StrEnum):
    """What would come of a row."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    REFUSE = "refuse"


class Change(NamedTuple):
    """A field of an entry, as people read it."""

    field: str
    before: str
    after: str


@dataclass(slots=True)
class PlannedRow:
    """A row and what would come of it. ``reasons``: by field ("" for the row): why it is refused, or what to know."""

    row: GivenRow
    person: Candidate = field(default_factory=Candidate)
    fate: Fate = Fate.ADD
    changes: list[Change] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        """Leave the row out, for this reason."""
        self.fate = Fate.REFUSE
        self.reasons.append((name, reason))


class Plan(NamedTuple):
    """What would come of a table."""

    rows: Sequence[PlannedRow]

    def of(self, fate: Fate) -> list[PlannedRow]:
        """The rows that this would come of."""
        return [row for row in self.rows if row.fate is fate]

    @property
    def agreed(self) -> list[Any]:
        """What a person agrees to, in plain values and no language: every row, and what is stored for it now."""
        return [
            [
                item.row.number,
                item.fate,
                "" if item.fate is Fate.ADD else str(item.person.pk),
                _values(item),
                item.changes,
            ]
            for item in self.rows
            if item.fate in (Fate.ADD, Fate.CHANGE)
        ]


@dataclass(slots=True)
class _Known:
    """What is stored and the rows may mean: entries by what they are told by, owners by username in lower case."""

    cities: Mapping[str, City]
    entries: dict[tuple[str, Any], Candidate]
    owners: dict[str, Candidate]
    names: set[tuple[str, str]]

    def meant_by(self, cells: Mapping[str, str]) -> list[Candidate]:
        """The entries that a row's ids and username lead to."""
        told = _told_by(cells.get("candidate_id"), _number(cells), _username(cells).lower())
        return list({entry.pk: entry for key in told if (entry := self.entries.get(key))}.values())


def _told_by(entry_id: str | None, number: int | None, awaited: str | None) -> list[tuple[str, Any]]:
    return [key for key in (("id", entry_id), ("number", number), ("awaited", awaited)) if key[1]]


def plan_import(rows: Sequence[GivenRow]) -> Plan:
    """What would come of the rows as things are stored now; nothing is written.

    The people of rows to be added or changed are as they would be saved.
    """
    known = _read(rows)
    planned = [_planned(row, known) for row in rows]
    _tell_doubles(planned)
    return Plan(planned)


def _read(rows: Sequence[GivenRow]) -> _Known:
    ids = [ObjectId(item) for row in rows if _ID.fullmatch(item := row.cells.get("candidate_id", ""))]
    numbers = [number for row in rows if (number := _number(row.cells)) is not None]
    usernames = {username.lower() for row in rows if (username := _username(row.cells))}
    first_names = {row.cells.get("first_name", "") for row in rows} - {""}
    everybody = Candidate.objects.prefetch_related("city")
    queries = [everybody.filter(pk__in=ids), everybody.filter(telegram_id__in=numbers)]
    if usernames:
        queries.append(everybody.annotate(lower=Lower("username")).filter(lower__in=usernames))
    people = {person.pk: person for query in queries for person in query}.values()
    return _Known(
        cities={city.name.casefold(): city for city in City.objects.all()},
        entries={
            key: person
            for person in people
            for key in _told_by(str(person.pk), person.telegram_id, person.awaited_username)
        },
        owners={person.username.lower(): person for person in sorted(people, key=lambda person: person.is_let_in)},
        names=set(everybody.filter(first_name__in=first_names).values_list("first_name", "last_name")),
    )


def _planned(row: GivenRow, known: _Known) -> PlannedRow:
    planned = PlannedRow(row)
    meant = [] if row.problem else known.meant_by(row.cells)
    if row.problem:
        planned.refuse("", row.problem)
    elif row.cells.get("role", "").casefold() not in _CANDIDATE_ROLES:
        planned.refuse("role", _("only candidates are taken from a table"))
    elif len(meant) > 1:
        names = ", ".join(map(str, meant))
        planned.refuse("", _("id and username belong to different entries: %(names)s") % {"names": names})
    elif meant:
        _change(planned, meant[0], known)
    else:
        _add(planned, known)
    return planned


def _add(planned: PlannedRow, known: _Known) -> None:
    cells, username = planned.row.cells, _username(planned.row.cells)
    number = _number(cells)
    owner = known.owners.get(username.lower()) if username and number is None else None
    if cells.get("candidate_id"):
        planned.refuse("candidate_id", _("there is no such candidate"))
    elif owner and owner.is_let_in:
        text = _("@%(username)s is %(name)s, who is in already: give their Telegram id as well")
        planned.refuse("username", text % {"username": owner.username, "name": owner})
    elif owner:
        planned.refuse("username", _off_the_list())
    planned.person = Candidate(
        first_name=cells.get("first_name", ""),
        last_name=cells.get("last_name", ""),
        username=username,
        telegram_id=number,
        city=known.cities.get(cells.get("city", "").casefold()),
        tags=_tags(cells) or [],
    )
    _check(planned, exclude=["city"])
    name = (planned.person.first_name, planned.person.last_name)
    if planned.fate is Fate.ADD and number is None and name in known.names:
        planned.reasons.append(("", _("somebody of this name is on the list already; this will be one more entry")))


def _change(planned: PlannedRow, person: Candidate, known: _Known) -> None:
    cells = planned.row.cells
    planned.person = person
    if not person.is_let_in:
        planned.refuse("", _off_the_list())
        return
    number = _number(cells)
    if number is not None and person.telegram_id not in (None, number):
        text = _("%(name)s is in with the id %(id)s, which stays theirs")
        planned.refuse("telegram_id", text % {"name": person, "id": person.telegram_id})
        return
    before = _values(planned)
    wanted = {**{name: cells.get(name, "") for name in ("first_name", "last_name")}, "username": _username(cells)}
    if wanted["username"].lower() == person.username.lower():
        wanted["username"] = ""
    for name, value in wanted.items():
        if value:
            setattr(person, name, value)
    if number is not None:
        person.telegram_id = number
    if city := known.cities.get(cells.get("city", "").casefold()):
        person.city = city
    if tags := _tags(cells):
        person.tags = tags
    now = _values(planned)
    planned.changes = [Change(name, before[name], now[name]) for name in COLUMNS if before[name] != now[name]]
    planned.fate = Fate.CHANGE if planned.changes else Fate.SAME
    changed = {change.field for change in planned.changes}
    _check(planned, exclude=[item.name for item in Candidate._meta.fields if item.name not in changed - {"city"}])


def _check(planned: PlannedRow, exclude: Sequence[str]) -> None:
    cells = planned.row.cells
    for name, reason in _unread(planned):
        planned.refuse(name, reason)
    try:
        planned.person.clean_fields(exclude=exclude)
        planned.person.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            if name not in {"username", "telegram_id"} or cells.get(name):
                planned.refuse("" if name == NON_FIELD_ERRORS else name, messages[0])


def _unread(planned: PlannedRow) -> Iterator[tuple[str, str]]:
    """Cells that say something, but nothing that can be stored."""
    city, number = planned.row.cells.get("city", ""), planned.row.cells.get("telegram_id", "")
    if _username(planned.row.cells).isdigit():
        yield "username", _("this is a number, so an id: it belongs into the column telegram_id")
    if city and (planned.person.city is None or planned.person.city.name.casefold() != city.casefold()):
        yield "city", _("there is no city “%(name)s”") % {"name": city[:40]}
    if _tags(planned.row.cells) is None:
        yield "tags", _("tags are short words with commas between them, %(most)s at most") % {"most": MOST_TAGS}
    if number and _number(planned.row.cells) is None:
        shortened = _("the spreadsheet has shortened this number: make the column a text and give it anew")
        yield "telegram_id", shortened if _SHORTENED.fullmatch(number) else _("not a number")


def _tell_doubles(planned: Sequence[PlannedRow]) -> None:
    """One person in several rows: the same said twice is taken once, different things are nobody's guess."""
    first: dict[Any, PlannedRow] = {}
    for item in planned:
        for key in _keys(item) if item.fate is not Fate.REFUSE else ():
            earlier = first.setdefault(key, item)
            if earlier is item:
                continue
            if dict(earlier.row.cells) == dict(item.row.cells):
                _take_once(item, earlier)
                break
            for one in (earlier, item):
                if one.fate is not Fate.REFUSE:
                    one.refuse(key[0], _("given in several rows"))


def _take_once(item: PlannedRow, earlier: PlannedRow) -> None:
    text = _("the same as row %(row)s, so taken once")
    if item.fate is Fate.ADD and item.person.telegram_id is None and not item.person.username:
        text = _("the same as row %(row)s, so taken once; if they are two people, give a username or an id")
    item.fate, item.changes = Fate.SAME, []
    item.reasons.append(("", text % {"row": earlier.row.number}))


def _keys(item: PlannedRow) -> list[tuple[str, Any]]:
    """What makes a row's person the one of another row."""
    person = item.person
    if item.fate is not Fate.ADD:
        return [("", person.pk)]
    keys = [("telegram_id", person.telegram_id), ("username", person.awaits())]
    named = [(name, value) for name, value in keys if value is not None]
    return named or [("", tuple(sorted(item.row.cells.items())))]


def _values(item: PlannedRow) -> dict[str, str]:
    """A person's fields, as people read them."""
    person = item.person
    values = {"first_name": person.first_name, "last_name": person.last_name, "username": person.username}
    number = "" if person.telegram_id is None else str(person.telegram_id)
    return {**values, "city": str(person.city or ""), "telegram_id": number, "tags": ", ".join(person.tags or ())}


def _tags(cells: Mapping[str, str]) -> list[str] | None:
    """None where what is given can't be tags."""
    try:
        return read_tags(cells.get("tags", ""))
    except ValidationError:
        return None


def _number(cells: Mapping[str, str]) -> int | None:
    text = cells.get("telegram_id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _username(cells: Mapping[str, str]) -> str:
    return bare_username(cells.get("username", ""))


def _off_the_list() -> str:
    return _("was taken off the list: put them back on their page first")
