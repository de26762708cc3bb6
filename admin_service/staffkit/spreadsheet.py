"""Lists for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that starts so for a formula, which may call out."""


class _Echo:
    def write(self, line: str) -> str:
        """Hands the writer's line on instead of storing it."""
        return line


def download(rows: Iterable[Sequence[object]], file_name: str) -> StreamingHttpResponse:
    """The rows as CSV."""
    response = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows as CSV, line by line. With a mark of UTF-8 first, so that spreadsheets read it right."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) else text
