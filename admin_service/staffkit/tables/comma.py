"""CSV: cells by comma, semicolon, tab or bar, whichever makes the header one that is known."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from shared_contracts.telegram.names import without_escapes
from staffkit.tables.errors import TableError
from staffkit.tables.letters import Knows
from staffkit.tables.sheet import Line, Sheet

DELIMITERS = ",;\t|"
_TRIED = 20
"""Lines, to tell by what the cells are kept apart."""
_SAID = re.compile(r"\"?sep=(.)\"?\r?\n?", re.IGNORECASE)
"""Excel's own first line that names the delimiter."""


def read(text: str, knows: Knows) -> Sheet:
    """The lines of a text.

    Raises:
        TableError: naming the line at which it is no table any more; perhaps only when the lines are asked for.
    """
    text = without_escapes(text)  # some have a semicolon
    text = text.replace("\ufeff", "")  # in the middle, too, where files were put together
    if "\0" in text:
        line = len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")])) + 1
        raise TableError(
            _("Line %(line)s: there is a zero byte, which no text has. Save the table anew as “CSV UTF-8”.")
            % {"line": line}
        )
    said = _SAID.match(text)
    if said:
        return _sheet(text[said.end() :], said[1], first=2)
    return _sheet(text, max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter, knows)), first=1)


def _sheet(text: str, delimiter: str, first: int) -> Sheet:
    names = {",": _("comma"), ";": _("semicolon"), "\t": _("tab")}
    note = _("Cells are kept apart by: %(delimiter)s.") % {"delimiter": names.get(delimiter, delimiter)}
    return Sheet(_lines(text, delimiter, first), [note])


def _lines(text: str, delimiter: str, first: int) -> Iterator[Line]:
    number = first - 1
    # Line breaks stay as they are: some stand inside of cells.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=first):
            yield Line(number, cells)
    except csv.Error:
        text = _("Row %(row)s: a quotation mark is not closed, or stands in mid-cell. Put it right, or double it.")
        raise TableError(text % {"row": number + 1}) from None


def _fit(text: str, delimiter: str, knows: Knows) -> tuple[int, int, int]:
    """How well it goes by this delimiter: headings known, then lines no longer than the header, then its length."""
    try:
        lines = [line.cells for line in islice(_lines(text, delimiter, 1), _TRIED) if any(line.cells)]
    except TableError:
        return 0, 0, 0
    header = max(lines, key=knows, default=())
    return knows(header), sum(len(cells) <= len(header) for cells in lines), len(header)
