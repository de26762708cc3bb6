"""Lines of cells, before anybody knows what they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line's cells. ``number``: as a spreadsheet counts, from 1. ``problem``: why it can't be taken, if so."""

    number: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's lines, and what is to be said of how they were read."""

    lines: Iterable[Line]
    notes: list[str]
