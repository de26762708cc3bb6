"""Lists that can be taken out of the desk: what is filtered and searched, as CSV or XLSX."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from exports.asking import ask_for_export
from exports.journal import note_export
from staffkit.clocks import today
from staffkit.pages.base import DeskAdmin
from staffkit.tables.writing import MOST_IN_WORKBOOK, TableRows, download

MOST_AT_ONCE = 5_000
"""Rows: some two seconds, and a worker makes the rest."""
_CHUNK = 500


def headings(*names: Any) -> list[str]:
    """Names of columns as a table has them."""
    return [capfirst(str(name)) for name in names]


class ExportingAdmin(DeskAdmin):
    """A list with links that download it as CSV and XLSX: all pages of what is filtered and searched.

    ``export_name``: what the file is called, before the day.
    """

    list_before_template = "exports/links.html"
    export_name = ""
    export_order: Sequence[str] = ()
    """Of a table, where nobody has sorted the list; without one, the list's."""

    def may_export(self, request: HttpRequest) -> bool:
        """Whether who asks may take the list: who may see it, unless the page says otherwise."""
        return self.has_view_permission(request)

    def export_titles(self) -> Sequence[object]:
        """The header of the table."""
        raise Http404

    def export_row(self, obj: Any) -> Sequence[object]:
        """A document's row: days and times of day as such, the rest as text."""
        raise Http404

    def export_related(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With what a row needs besides its document."""
        return queryset

    def listed(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the request's address asks for, in the list's order, or in the table's own."""
        self.request = request
        found: QuerySet[Any] = self.get_changelist_instance(request).get_queryset(request)
        return found.order_by(*self.export_order) if self.export_order and ORDER_VAR not in request.GET else found

    def export_rows(self, queryset: QuerySet[Any]) -> Iterator[Sequence[object]]:
        """The rows of a query, without the header."""
        return map(self.export_row, self.export_related(queryset).iterator(chunk_size=_CHUNK))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, or with ``_export`` the download, which is noted in the audit trail."""
        if "_export" not in request.GET:
            return super().changelist_view(request, extra_context)
        query, kind = request.GET.copy(), "xlsx" if request.GET["_export"] == "xlsx" else "csv"
        del query["_export"]
        request.GET = query  # type: ignore[assignment]
        if not self.may_export(request):
            raise PermissionDenied
        rows = self.listed(request)
        count = len(rows.prefetch_related(None).values_list("pk")[: MOST_AT_ONCE + 1])
        if count > MOST_AT_ONCE:
            return self._large(request, rows, query, kind)
        titles: TableRows = [self.export_titles()]
        note_export(request, self, count)
        return download(chain(titles, self.export_rows(rows)), self.export_file_name(), kind)

    def export_file_name(self) -> str:
        """Without its ending."""
        return f"{self.export_name}-{today():%Y-%m-%d}"

    def _large(self, request: HttpRequest, rows: QuerySet[Any], query: QueryDict, kind: str) -> HttpResponseBase:
        """Asks first: it takes a while, and is made by the worker."""
        count = rows.order_by()[: MOST_IN_WORKBOOK + 1].count()  # no further: of a million that takes seconds
        if kind == "xlsx" and count > MOST_IN_WORKBOOK:
            text = _("An Excel file takes %(most)s rows at most. Filter the list, or take it as CSV.")
            messages.warning(request, text % {"most": MOST_IN_WORKBOOK})
            return HttpResponseRedirect(f"?{query.urlencode()}")
        return ask_for_export(self, request, count, kind)
