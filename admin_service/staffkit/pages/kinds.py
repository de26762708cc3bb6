"""Kinds of staff pages: to look at, to download, with a form that is a use case, of one document."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from staffkit.clocks import today
from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.base import DeskAdmin
from staffkit.pages.exports import note_export
from staffkit.tables.writing import MOST_IN_WORKBOOK, TableRows, download


class ReadOnlyAdmin(DeskAdmin):
    """A page to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed elsewhere."""
        return False


class ExportingAdmin(DeskAdmin):
    """A list with links that download it as CSV and XLSX: all pages of what is filtered and searched.

    ``export_name``: what the file is called, before the day.
    """

    list_before_template = "staffkit/export_link.html"
    export_name = ""

    def exported(self, request: HttpRequest, queryset: QuerySet[Any]) -> TableRows:
        """The rows of the download, the header first."""
        raise Http404

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The list, or with ``_export`` the download, which is noted in the audit trail."""
        if "_export" not in request.GET:
            return super().changelist_view(request, extra_context)
        query, kind = request.GET.copy(), request.GET["_export"]
        del query["_export"]
        request.GET = query  # type: ignore[assignment]
        self.request = request
        rows = self.get_changelist_instance(request).get_queryset(request)
        exported = self.exported(request, rows)
        if kind == "xlsx" and rows.count() > MOST_IN_WORKBOOK:
            text = _("An Excel file takes %(most)s rows at most. Filter the list, or take it as CSV.")
            messages.warning(request, text % {"most": MOST_IN_WORKBOOK})
            return HttpResponseRedirect(f"?{query.urlencode()}")
        note_export(request, rows, query)
        return download(exported, f"{self.export_name}-{today():%Y-%m-%d}", kind)


class UseCaseAdmin(DeskAdmin):
    """A page whose form saves through a use case, in the use case's own transaction."""

    form: type[UseCaseForm]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Done by the form."""


class OneDocumentAdmin(UseCaseAdmin):
    """Settings that are one document, so their list is their form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first."""
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Straight to the form."""
        found = self.model._default_manager.first()
        page_of = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if found:
            return HttpResponseRedirect(reverse(f"{page_of}_change", args=[found.pk]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse(f"{page_of}_add"))
        return super().changelist_view(request, extra_context)


def plainly(column: Callable[[Any, Any], Any]) -> Callable[[Any, Any], str]:
    """A list column (a label, or a header of two lines) as the plain text that a detail page shows."""

    def line(self: Any, obj: Any) -> str:
        value = column(self, obj)
        return str(value[1]) if isinstance(value, tuple) else " · ".join(filter(None, value))

    line.short_description = column.short_description  # type: ignore[attr-defined]
    return line
