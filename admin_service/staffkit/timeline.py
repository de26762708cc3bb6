"""One timeline of a person, latest first: each app registers what it knows of them; a page merges it.

A page is as quick for who has done little among millions as it would be alone: each source reads its own index from
where the page begins, and no more than the page holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.mongo import Document, collection

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Whose:
    """Of whom it is: their own entry and those merged into it, and their chats; and who looks."""

    ids: Sequence[ObjectId]
    chats: Sequence[int]
    request: HttpRequest


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing. ``text``: as somebody read or wrote it. ``lines``: what else there is to say. ``sign``: its icon."""

    id: ObjectId
    at: datetime
    what: str
    sign: str
    who: str = ""
    about: str = ""
    text: str = ""
    lines: Sequence[str] = ()
    link: str = ""
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Something that an app knows of people.

    Args:
        kind: sources of a kind are shown and hidden together.
        name_of: the collection.
        field: by which its rows are in order of time.
        theirs: the condition of the rows that are the person's, among those that the login may see; None: none are.
        shown: rows as people read them.
    """

    kind: str
    name_of: str
    field: str
    theirs: Callable[[Whose], Document | None]
    shown: Callable[[Sequence[Document], Whose], list[Happening]]


@dataclass(slots=True)
class _Sources:
    every: list[Source] = field(default_factory=list)


_sources = _Sources()


def register(source: Source) -> None:
    """Add what an app knows of people."""
    _sources.every.append(source)
    _sources.every.sort(key=lambda one: (one.kind, one.name_of))  # the same in every process: addresses go by it


KINDS: dict[str, Any] = {
    "": _("everything"),
    "bookings": _("bookings"),
    "messages": pgettext_lazy("timeline", "messages"),
    "answers": _("answers"),
    "notes": _("notes"),
    "changes": _("changes"),
}
"""What a timeline can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of it. ``earlier``: where the next begins; empty where there is none."""

    happenings: Sequence[Happening]
    earlier: str


def timeline_of(whose: Whose, *, before: str = "", kind: str = "") -> Timeline:
    """A page of somebody's timeline.

    Args:
        before: ``Timeline.earlier`` of the page above it; empty: from now on.
        kind: of which alone; empty: all of it.

    Raises:
        BadRequest: ``before`` is no place in a timeline.
    """
    place = _place(before) if before else None
    parts = []
    for rank, source in enumerate(_sources.every):
        if kind in ("", source.kind):
            rows = _rows(source, rank, whose, place)
            parts.append([(item.at, rank, item.id, item) for item in source.shown(rows, whose)])
    found = list(islice(merge(*parts, key=lambda one: one[:3], reverse=True), PER_PAGE + 1))
    at, rank, key, _item = found[PER_PAGE - 1] if len(found) > PER_PAGE else (None, 0, None, None)
    earlier = f"{at.isoformat()}~{rank}~{key}" if at else ""
    return Timeline([item for *_order, item in found[:PER_PAGE]], earlier)


def _rows(source: Source, rank: int, whose: Whose, place: tuple[datetime, int, ObjectId] | None) -> list[Document]:
    theirs = source.theirs(whose)
    if theirs is None:
        return []
    found = collection(source.name_of).find({"$and": [theirs, _earlier(source.field, rank, place)]})
    return list(found.sort([(source.field, -1), ("_id", -1)]).limit(PER_PAGE + 1))


def _earlier(name: str, rank: int, place: tuple[datetime, int, ObjectId] | None) -> Document:
    """Of moments that are the same, sources have their order, and rows of one source theirs."""
    if place is None:
        return {}
    at, last, key = place
    if rank == last:
        return {name: {"$lte": at}, "$or": [{name: {"$lt": at}}, {"_id": {"$lt": key}}]}
    return {name: {"$lte" if rank < last else "$lt": at}}


def _place(text: str) -> tuple[datetime, int, ObjectId]:
    try:
        at, rank, key = text.split("~")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment, int(rank), ObjectId(key)
    except (ValueError, InvalidId) as error:
        raise BadRequest("no place in a timeline") from error
