"""One's own exports in the desk: how far each is, its file while there is one, and an end to it."""

from hashlib import blake2b
from typing import Any

from bson import ObjectId
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from common.refusals import RefusedError
from common.scope import SHARED
from common.zones import MOSCOW
from exports import store
from exports.asking import reach_of
from exports.models import UNDER_WAY, Export, ExportStatus
from staffkit.clocks import format_moment
from staffkit.pages.kinds import Colours, ReadOnlyAdmin, plainly
from staffkit.sending.once import Done, new_key, send_once
from staffkit.tables.writing import CONTENT_TYPES
from staffkit.views import find, login, page_of

_ENDED = "ended"
_COLOURS = Colours({"queued": "info", "making": "info", "ready": "success", "failed": "danger"})


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Exports that a worker makes, each for who asked for it alone."""

    when_empty = _(
        "Open a list and press “Export to Excel” or “Export as CSV”. Large ones are made in the background, and stay "
        "here for a day."
    )
    rows = SHARED
    list_display = ["what", "filtered", "rows_line", "state", "when"]
    sortable_by: list[str] = []
    ordering = ["-created_at"]
    fields = ["what_line", "filtered", "when"]
    readonly_fields = ["what_line", "filtered", "when"]
    change_form_before_template = "exports/progress.html"
    actions_list = ["progress"]
    actions_detail = ["download", "cancel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        """One's own: a file is as good as the list it was made of."""
        found: QuerySet[Export] = super().get_queryset(request)
        return found.filter(login=login(request))

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """What is asked for by pages is no button."""
        return [item for item in super().get_actions_list(request) if "progress" not in item.action_name]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """They stand beside the progress."""
        return []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With how far it is."""
        found = self.get_object(request, object_id)
        more = {} if found is None else _progress(request, found)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return shown

    @action(description=_("Progress"), url_path="progress", permissions=["view"])
    def progress(self, request: HttpRequest) -> HttpResponse:
        """How far an export is, for a page that shows it; nothing (204) where it is as the page has it already."""
        wanted = request.GET.get("id", "")
        found = self.get_queryset(request).filter(pk=ObjectId(wanted)).first() if ObjectId.is_valid(wanted) else None
        context = {} if found is None else _progress(request, found)
        if not context or request.GET.get("stamp") == context["stamp"]:
            return HttpResponse(status=204)
        return render(request, "exports/progress_now.html", context)

    @action(description=_("Download"), url_path="download", permissions=["view"])
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file, for who asked for it and still sees the same; noted in the audit trail."""
        found: Export = find(Export, object_id)
        if reach_of(request) != found.reach:
            raise PermissionDenied
        if not found.is_ready:
            messages.warning(request, _now("There is no file here, or not any more."))
            return HttpResponseRedirect(page_of(found))
        store.note(found, "downloaded", via="desk")
        response = StreamingHttpResponse(store.pieces_of(found), content_type=CONTENT_TYPES[found.kind])
        response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}.{found.kind}"'
        return response

    @action(description=_("Cancel"), url_path="cancel", permissions=["view"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """No file is made of it, or there is none any more."""
        found: Export = find(Export, object_id)

        def act() -> Done:
            store.cancel(found.pk, actor=login(request))
            return Done(page_of(found))

        if request.method == "POST":
            try:
                return send_once(request, act)
            except RefusedError as error:
                messages.warning(request, " ".join(map(str, error.errors.values())))
        return HttpResponseRedirect(page_of(found))

    @display(description=_("list"), header=True)
    def what(self, export: Export) -> list[str]:
        """Which list, and as what file."""
        model = apps.get_model(export.list_name)
        return [capfirst(str(model._meta.verbose_name_plural)), "Excel" if export.kind == "xlsx" else "CSV"]

    what_line = plainly(what)

    @display(description=_("filtered by"))
    def filtered(self, export: Export) -> str:
        """As the chips above the list had it."""
        return export.narrowed or self.empty_value_display

    @display(description=_("rows"))
    def rows_line(self, export: Export) -> str:
        """How many."""
        return self.empty_value_display if export.total is None else str(export.total)

    @display(description=_("status"), label=_COLOURS)
    def state(self, export: Export) -> tuple[str, str]:
        """How far it is."""
        return _state(export)

    @display(description=_("asked for"))
    def when(self, export: Export) -> str:
        """When."""
        return format_moment(export.created_at, MOSCOW)


def _state(export: Export) -> tuple[str, str]:
    if export.status == ExportStatus.READY and not export.is_ready:
        return _ENDED, _now("removed after a day")
    return export.status, export.get_status_display()


def _progress(request: HttpRequest, export: Export) -> dict[str, Any]:
    """For ``exports/progress.html``."""
    status, words = _state(export)
    total = export.total or 0
    shown = {
        "export_id": str(export.pk),
        "state": words,
        "under_way": status in UNDER_WAY,
        "failed": status == ExportStatus.FAILED,
        "done": export.done,
        "total": export.total,
        "percent": export.done * 100 // total if total else 0,
        "until": format_moment(export.ends_at, MOSCOW) if export.is_ready and export.ends_at else "",
        "file": str(export),
        "again": f"{_list_of(export)}?{export.query}",
    }
    stamp = blake2b(repr(shown).encode(), digest_size=12).hexdigest()
    cancel = reverse("admin:exports_export_cancel", args=[export.pk])
    return {**shown, "cancel": cancel, "key": new_key(request, cancel), "stamp": stamp}


def _list_of(export: Export) -> str:
    return reverse(f"admin:{export.list_name.replace('.', '_')}_changelist")
