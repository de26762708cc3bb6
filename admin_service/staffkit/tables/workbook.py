"""XLSX: the first sheet, within bounds that hold whatever the file says of itself."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from staffkit.tables.errors import TableError, quoted
from staffkit.tables.sheet import Line, Sheet

_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 3 * 1024 * 1024
"""Bytes of all parts; 500 people need a tenth of it, and the worst that fits takes some 250 MB and seconds to read."""
_MOST_PARTS = 1000
_MOST_COLUMNS = 1000
_ERROR = "e"
_WHOLE = 1e15
"""Up to here a spreadsheet's numbers are exact."""


def is_workbook(content: bytes) -> bool:
    """Whether it is a file of a spreadsheet program, and so no text."""
    return content.startswith((_ZIP, _OLD))


def read(content: bytes) -> Sheet:
    """The first sheet that is shown, without empty lines.

    Raises:
        TableError: it is no workbook, an old or a locked one, or unpacks to more than may be; perhaps only when the
            lines are asked for.
    """
    if content.startswith(_OLD):
        raise TableError(_("This is an old Excel file, or one with a password. Save it as .xlsx without a password."))
    _check_size(content)
    with _reading():
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        first, *others = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    names = ", ".join(quoted(sheet.title) for sheet in others)
    notes = [_("Sheet: %(name)s.") % {"name": quoted(first.title)}]
    if names:
        notes.append(_("Other sheets were not read: %(names)s.") % {"names": names})
    return Sheet(_lines(first), notes)


@contextmanager
def _reading() -> Iterator[None]:
    """Whatever openpyxl and the XML parser make of what is no workbook."""
    try:
        yield
    except (TableError, MemoryError):
        raise
    except Exception as error:
        raise TableError(_("The file is not a table that can be read. Save it as .xlsx or as “CSV UTF-8”.")) from error


def _check_size(content: bytes) -> None:
    """Unpacking stops at the size that a part names, so the sum of these is the bound."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise TableError(_("The file is damaged. Save the table anew and choose it again.")) from error
    if sum(part.file_size for part in parts) > _MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise TableError(_too_much())


def _too_much() -> str:
    return _("The file holds far more than a list of people. Copy the rows into a new table and choose that.")


def _lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # what the file says of its size may be anything
    with _reading():
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if len(cells) > _MOST_COLUMNS:
                raise TableError(_too_much())
            texts = [_text(cell.value) for cell in cells]
            if any(texts):
                yield Line(number, texts, _problem(cells))


def _problem(cells: Sequence[Any]) -> str:
    wrong = next((cell.value for cell in cells if cell.data_type == _ERROR), None)
    return _("a formula came to an error: %(error)s") % {"error": wrong} if wrong else ""


def _text(value: Any) -> str:
    """A cell's value as people read it: whole numbers are whole."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)
