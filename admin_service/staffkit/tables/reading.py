"""A table that somebody brings, CSV or XLSX, as rows by column; whatever was not taken as it stands is said."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shared_contracts.telegram.names import without_escapes
from staffkit.tables import comma, workbook
from staffkit.tables.errors import TableError, quoted
from staffkit.tables.letters import Knows, decode
from staffkit.tables.sheet import Line, Sheet
from staffkit.tables.writing import as_typed

_HEADER_WITHIN = 5
"""Rows: a table may have a title above its header."""
_SHOWN = 40
"""Characters of somebody's cell in a message."""
_JOINERS = "\u200c\u200d"
_BLANKS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " "))
"""They look like nothing, but count as letters."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table may have: the headings of each column, in lower case, and headings that are a column's only where
    no better one is."""

    headings: Mapping[str, Sequence[str]]
    vague: Mapping[str, str]

    def named(self, heading: str) -> str | None:
        """The column that a heading names."""
        wanted = " ".join(heading.replace("_", " ").casefold().split())
        return next((column for column, names in self.headings.items() if wanted in names), None)

    def vaguely(self, heading: str) -> str | None:
        """The column that it may stand for."""
        return self.vague.get(heading.casefold())


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column. ``number``: as a spreadsheet counts. ``problem``: why it can't be taken; empty where it can."""

    number: int
    cells: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What was understood. ``headings``: of the columns taken, as the table has them. ``notes``: what is to be said."""

    rows: Sequence[Row]
    headings: Mapping[str, str]
    notes: Sequence[str]


def read_table(content: bytes | str, columns: Columns, most: int) -> Table:
    """The table in a file, or as it was pasted.

    Args:
        content: of the file; or the text.
        columns: what is looked for.
        most: rows below the header.

    Raises:
        TableError: it is none, its letters can't be told, it is too large, or a column is missing or given twice.
    """
    if isinstance(content, str):
        sheet = comma.read(content, _knows(columns))
    elif workbook.is_workbook(content):
        sheet = workbook.read(content)
    else:
        text, letters = decode(content, _knows(columns))
        sheet = comma.read(text, _knows(columns))
        sheet.notes.insert(0, _("Encoding: %(name)s.") % {"name": letters})
    return _by_column(sheet, columns, most)


def cell_text(text: str) -> str:
    """A cell on one line, without what can't be seen, and without the mark that our own exports put before formulas."""
    seen = "".join(letter for letter in without_escapes(text).translate(_BLANKS) if _is_seen(letter))
    return as_typed(" ".join(seen.split()).strip(_JOINERS + " "))


def short(text: str) -> str:
    """Somebody's text in the length for a message."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_seen(letter: str) -> bool:
    return letter in _JOINERS or letter.isspace() or unicodedata.category(letter) not in {"Cf", "Cc", "Cs"}


def _knows(columns: Columns) -> Knows:
    return lambda cells: sum(1 for cell in cells if _column(columns, cell_text(cell)))


def _column(columns: Columns, heading: str) -> str | None:
    return columns.named(heading) or columns.vaguely(heading)


def _by_column(sheet: Sheet, columns: Columns, most: int) -> Table:
    unseen: list[int] = []
    lines = list(islice(_cleaned(sheet.lines, unseen), most + _HEADER_WITHIN + 1))
    if not lines:
        raise TableError(_("The table is empty. Paste one or choose a file."))
    place, taken = _header(lines, columns)
    header = lines[place]
    body = [line for line in lines[place + 1 :] if list(line.cells) != list(header.cells)]  # files put together
    if not body or len(body) > most or len(lines) > most + _HEADER_WITHIN:
        raise TableError(_("Give a header and 1 to %(most)s rows.") % {"most": most})
    notes = [*sheet.notes, *_above(place), *_unseen(unseen), *_left_out(header.cells, taken, body)]
    rows = [_row(line, header.cells, taken) for line in body]
    headings = {column: header.cells[index] for index, column in taken.items()}
    return Table(rows, headings, notes)


def _cleaned(lines: Iterable[Line], unseen: list[int]) -> Iterator[Line]:
    """Those with something in them. The numbers of those with nothing that can be seen go to ``unseen``."""
    for line in lines:
        cells = [cell_text(cell) for cell in line.cells]
        if any(cells):
            yield Line(line.number, cells, line.problem)
        elif any(cell.strip() for cell in line.cells):
            unseen.append(line.number)


def _unseen(numbers: Sequence[int]) -> list[str]:
    if not numbers:
        return []
    first = short(", ".join(map(str, numbers)))
    return [_("Rows with nothing in them that can be seen, so not read: %(rows)s.") % {"rows": first}]


def _header(lines: Sequence[Line], columns: Columns) -> tuple[int, dict[int, str]]:
    """Where it is, and the columns by their place."""
    for place, line in enumerate(lines[:_HEADER_WITHIN]):
        taken = {index: column for index, cell in enumerate(line.cells) if (column := columns.named(cell))}
        for index, cell in enumerate(line.cells):
            column = columns.vaguely(cell)
            if column and column not in taken.values():
                taken[index] = column
        if taken:
            _check_once(line.cells, taken)
            return place, taken
    known = ", ".join(columns.headings)
    there = ", ".join(quoted(short(cell)) for cell in lines[0].cells[:10] if cell)
    text = _("Row %(row)s: none of its columns is known: %(there)s. Known are %(known)s.")
    raise TableError(text % {"row": lines[0].number, "there": there, "known": known})


def _check_once(cells: Sequence[str], taken: Mapping[int, str]) -> None:
    twice = [column for column, count in Counter(taken.values()).items() if count > 1]
    if twice:
        names = ", ".join(quoted(short(cells[index])) for index, column in taken.items() if column == twice[0])
        text = _("The columns %(names)s are the same one (%(column)s). Leave one of them.")
        raise TableError(text % {"names": names, "column": twice[0]})


def _above(place: int) -> list[str]:
    if not place:
        return []
    text = ngettext(
        "%(count)s row above the header was not read.", "%(count)s rows above the header were not read.", place
    )
    return [text % {"count": place}]


def _left_out(header: Sequence[str], taken: Mapping[int, str], body: Sequence[Line]) -> list[str]:
    """What is said of columns that were not taken."""
    unknown = [short(cell) for index, cell in enumerate(header) if cell and index not in taken]
    empty = sum(1 for index, cell in enumerate(header) if not cell and not any(_at(line, index) for line in body))
    notes = []
    if unknown:
        names = ", ".join(quoted(name) for name in unknown)
        notes.append(_("Columns that are not needed, so not read: %(names)s.") % {"names": names})
    if empty:
        text = ngettext("%(count)s empty column was left out.", "%(count)s empty columns were left out.", empty)
        notes.append(text % {"count": empty})
    return notes


def _row(line: Line, header: Sequence[str], taken: Mapping[int, str]) -> Row:
    cells = {column: _at(line, index) for index, column in taken.items()}
    return Row(line.number, cells, line.problem or _strays(line, header))


def _strays(line: Line, header: Sequence[str]) -> str:
    """Cells under no heading mostly tell that something slipped: a comma in a name, a quotation mark."""
    strays = [cell for index, cell in enumerate(line.cells) if cell and not (index < len(header) and header[index])]
    if not strays:
        return ""
    names = ", ".join(quoted(short(cell)) for cell in strays[:3])
    return _("there are more cells than headings: %(names)s") % {"names": names}


def _at(line: Line, index: int) -> str:
    return line.cells[index] if index < len(line.cells) else ""
