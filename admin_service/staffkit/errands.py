"""What waits for staff, on the desk's first page: each app registers the kinds of errands that are its business."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from common.mongo import Document, collection
from common.scope import Scope

LOOKED_AT = 20
"""Of each kind, how many are read; of these the oldest are shown."""


@dataclass(frozen=True, slots=True)
class Press:
    """Something that can be done about an errand on the spot.

    ``fields``: what a press sends to ``url``; None: ``url`` is a page that asks more.
    """

    label: str
    url: str
    fields: Mapping[str, Any] | None = None
    main: bool = False


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing that waits for staff. ``since``: aware UTC; ``who`` and ``about`` say whom and which interview.

    ``recruiter``, ``event``: whose and what for it is, told to who has several to tell apart. ``copied``: a button that
    copies what is to be sent by hand, as HTML. ``asked``: what a yes to it would change.
    """

    id: str
    since: datetime
    who: str
    link: str
    about: str = ""
    why: str = ""
    presses: Sequence[Press] = ()
    copied: str = ""
    asked: str = ""
    recruiter: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class ErrandKind:
    """A kind of errands: rows of a list, among those that the login may see.

    Args:
        name: of the kind, in the page.
        label: of one errand, lazy.
        counted: the words for a number of them.
        model: whose rows they are, as ``app.Model``.
        condition: MongoDB's, of the rows that wait at a moment.
        query: of the address of the model's list that shows just those.
        order: the rows' order, the oldest first or nearly so; served by an index.
        errands: what to show of rows.
        page: the address of a page where all of them are done at once, for whom there is one; else empty.
        parts: the condition in parts, of which a row matches one, where indexes count those and not the whole.
        recruiters: the condition of those that wait for a recruiter, where it is another for who sees their own alone.
    """

    name: str
    label: Any
    counted: Callable[[int], str]
    model: str
    condition: Callable[[datetime], Document]
    query: Callable[[], str]
    order: str
    errands: Callable[[HttpRequest, Sequence[Document]], list[Errand]]
    page: Callable[[HttpRequest], str] = lambda _request: ""
    parts: Callable[[datetime], Sequence[Document]] | None = None
    recruiters: Callable[[datetime], Document] | None = None

    def read_by(self, scope: Scope) -> Self:
        """The kind as it is for a login."""
        return replace(self, condition=self.recruiters) if self.recruiters and scope.recruiter_id else self

    @property
    def rows_of(self) -> type[Model]:
        """The model."""
        found: type[Model] = apps.get_model(self.model)
        return found

    @property
    def link(self) -> str:
        """The list of all of them."""
        return f"{reverse('admin:' + self.rows_of._meta.label_lower.replace('.', '_') + '_changelist')}?{self.query()}"

    def count(self, own: Document, now: datetime) -> int:
        """How many wait, of the rows that match ``own``."""
        rows = collection(self.rows_of._meta.db_table)
        parts = self.parts(now) if self.parts else [self.condition(now)]
        return sum(rows.count_documents(among(own, part)) for part in parts)

    def oldest(self, request: HttpRequest, own: Document, now: datetime, most: int) -> list[Errand]:
        """Those that wait longest, of the rows that match ``own``."""
        found = collection(self.rows_of._meta.db_table).find(among(own, self.condition(now)))
        rows = list(found.sort(self.order, 1).limit(LOOKED_AT))
        return sorted(self.errands(request, rows), key=lambda errand: errand.since)[:most] if rows else []


def among(own: Document, condition: Document) -> Document:
    """The condition of rows of ``own`` that match.

    Of alternatives each has the whole: MongoDB looks for the index of each only where there is nothing beside them.
    """
    if condition.keys() == {"$or"}:
        return {"$or": [{**own, **branch} for branch in condition["$or"]]}
    return {**own, **condition}


EVERY: dict[str, ErrandKind] = {}
"""The kinds of all apps whose pages are imported, by name, those of lower apps first; by ``register``."""


def register(*kinds: ErrandKind) -> None:
    """Add an app's kinds."""
    EVERY.update({kind.name: kind for kind in kinds})
