"""The worker's part: takes the export whose turn it is a few seconds further, so that scans are never held up by one.

First the ids of all rows are written down, in the list's order: what is listed later is not in the file, and nothing is
in it twice. Then piece by piece the rows as they are now. A workbook can't be made in pieces: it is made in one go,
and anew if its worker is killed.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from typing import Any

import structlog
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, QueryDict
from django.utils import translation

from common import clock
from exports import store
from exports.asking import reach_of
from exports.lists import ExportingAdmin
from exports.models import Export
from staffkit.tables.writing import csv_text, workbook

log = structlog.get_logger(__name__)

ROWS_PER_PIECE = 2_000
SECONDS = 4
"""Of work at a time."""
_BYTES_PER_PIECE = 4 * 1024 * 1024


class NotAllowedError(Exception):
    """Who asked may not see the list any more, or sees another part of it."""


def go_on() -> bool:
    """Take the next export further; whether there was one."""
    export = store.take_next(clock.now())
    if export is None:
        return False
    bound = structlog.contextvars.bound_contextvars(correlation_id=export.correlation_id)
    try:
        with bound, translation.override(export.language):
            _go_on_with(export)
    except store.NotHeldError:
        log.info("export_left", export=str(export.pk))
    return True


def _go_on_with(export: Export) -> None:
    if export.tries > store.MOST_TRIES:
        log.error("export_failed", export=str(export.pk), list=export.list_name)
        store.give_up(export)
        return
    try:
        listing, request = _listing(export)
    except NotAllowedError:
        store.give_up(export)
        return
    until = time.monotonic() + SECONDS
    if export.total is None:
        _write_down_ids(export, listing, request)
    if export.kind == "xlsx":
        _make_workbook(export, listing, request)
    else:
        _make_csv(export, listing, request, until)


def _listing(export: Export) -> tuple[ExportingAdmin, HttpRequest]:
    """The list's page, and a request as it was asked for.

    Raises:
        NotAllowedError: who asked has no such list any more.
    """
    request = HttpRequest()
    user = User.objects.filter(pk=export.user_id, username=export.login, is_active=True, is_staff=True).first()
    page = admin.site.get_model_admin(apps.get_model(export.list_name))
    if user is None or not isinstance(page, ExportingAdmin):
        raise NotAllowedError
    request.user, request.GET = user, QueryDict(export.query)
    request.session = {}  # type: ignore[assignment]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    if not page.may_export(request) or reach_of(request) != export.reach:
        raise NotAllowedError
    return page, request


def _write_down_ids(export: Export, listing: ExportingAdmin, request: HttpRequest) -> None:
    store.begin_anew(export, store.IDS)
    found = listing.listed(request).prefetch_related(None).values_list("pk", flat=True)
    every = found.iterator(chunk_size=ROWS_PER_PIECE)
    total = 0
    for number in count():
        ids = list(islice(every, ROWS_PER_PIECE))
        if not ids:
            break
        store.add_ids(export, number, ids)
        total += len(ids)
        store.change_held(export)
    store.change_held(export, total=total, tries=0)


def _rows(listing: ExportingAdmin, request: HttpRequest, ids: Sequence[Any]) -> list[Sequence[object]]:
    """Those of the ids that are still there, and the login's, in their order."""
    there = listing.export_related(listing.get_queryset(request)).order_by().in_bulk(ids)
    return [listing.export_row(there[one]) for one in ids if one in there]


def _make_csv(export: Export, listing: ExportingAdmin, request: HttpRequest, until: float) -> None:
    """Piece after piece, beginning after the last one that is stored."""
    while ids := store.ids_of(export, export.parts):
        rows = _rows(listing, request, ids)
        head = [] if export.parts else [listing.export_titles()]
        store.add_piece(export, csv_text([*head, *rows], begins=not export.parts), len(rows))
        if time.monotonic() > until:
            store.change_held(export, held_until=clock.now())
            return
    store.finish(export)


def _make_workbook(export: Export, listing: ExportingAdmin, request: HttpRequest) -> None:
    """In one go, held on with each thousand rows."""
    store.begin_anew(export, store.FILE)
    store.change_held(export, parts=0, done=0)

    def every() -> Iterator[Sequence[object]]:
        for number in count():
            ids = store.ids_of(export, number)
            if not ids:
                return
            yield from (rows := _rows(listing, request, ids))
            store.change_held(export, done=export.done + len(rows))

    with workbook(chain([listing.export_titles()], every())) as file:
        while content := file.read(_BYTES_PER_PIECE):
            store.add_piece(export, content, 0)
    store.finish(export)
