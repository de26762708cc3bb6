"""Lists for spreadsheets, as CSV or XLSX."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from itertools import chain, islice
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

TableRows = Iterable[Sequence[object]]
"""The header first. Days, times of day and numbers as such, the rest as text: ids too, which nobody adds up."""

MOST_IN_WORKBOOK = 100_000
"""Rows: it is made as a whole, and programs open more of them slowly."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that starts so for a formula, which may call out."""
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDEST, _NARROWEST = 50, 8
_IN_MEMORY = 1024 * 1024
_MEASURED = 500
"""Rows, to tell how wide columns are."""


class _Echo:
    def write(self, line: str) -> str:
        """Hands the writer's line on instead of storing it."""
        return line


def download(rows: TableRows, name: str, kind: str) -> HttpResponseBase:
    """The rows as a file called ``name``, with the ending of its kind: ``xlsx``, or else ``csv``."""
    if kind == "xlsx":
        file, its_type = workbook(rows), CONTENT_TYPES["xlsx"]
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=its_type)
    response = StreamingHttpResponse(lines(rows), content_type=CONTENT_TYPES["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def lines(rows: TableRows) -> Iterator[str]:
    """The rows as CSV, line by line, as Excel opens it by a double click in the reader's language: with a mark of UTF-8
    first, and a semicolon where the comma is for decimals."""
    yield "\ufeff"
    yield from _lines(rows)


def csv_text(rows: TableRows, *, begins: bool) -> bytes:
    """A part of such a file; what stands first in it only where it ``begins``."""
    return "".join(lines(rows) if begins else _lines(rows)).encode()


def _lines(rows: TableRows) -> Iterator[str]:
    russian = _is_russian()
    writer = csv.writer(_Echo(), delimiter=";" if russian else ",")
    for row in rows:
        yield writer.writerow([safe(_shown(cell, russian)) for cell in row])


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text


def as_typed(text: str) -> str:
    """A cell that ``safe`` may have changed, as it was."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def _shown(cell: object, russian: bool) -> object:
    """A day and a time as people, and their Excel, read them."""
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}" if russian else f"{cell:%Y-%m-%d}"
    return f"{cell:%H:%M}" if isinstance(cell, time) else cell


def _is_russian() -> bool:
    return (get_language() or "").startswith("ru")


def workbook(rows: TableRows) -> Any:
    """A file with one sheet: the header stays in sight, cells are text that no spreadsheet mangles, days are days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    every = iter(rows)
    first = [list(row) for row in islice(every, _MEASURED)]
    for index, width in enumerate(_widths(first), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"
    number = 0
    for number, row in enumerate(chain(first, every), start=1):
        sheet.append([_cell(sheet, cell, bold=number == 1) for cell in row])
    if first:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(first[0]))}{number}"
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 — the response closes it
    book.save(file)
    file.seek(0)
    return file


def _widths(rows: Sequence[Sequence[object]]) -> list[int]:
    longest = [max(map(len, map(str, column))) for column in zip(*rows, strict=True)]
    return [min(max(length, _NARROWEST), _WIDEST) + 2 for length in longest]


def _cell(sheet: Any, value: Any, *, bold: bool) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "DD.MM.YYYY" if _is_russian() else "YYYY-MM-DD"
    elif isinstance(value, time):
        cell.value, cell.number_format = value.replace(microsecond=0), "HH:MM"
    elif isinstance(value, int):
        cell.value = value
    elif text := ILLEGAL_CHARACTERS_RE.sub(" ", str(value)):
        cell.value, cell.data_type = text, "s"  # an id stays as it is, a formula is a text
    if bold:
        cell.font = Font(bold=True)
    return cell
