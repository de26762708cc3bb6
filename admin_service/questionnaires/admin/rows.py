"""Pages whose rows are ordered by dragging, and saved with the page in one transaction."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline

from desk.options import DeskAdmin
from questionnaires.models import Choice, Question

Changed = list[Question | Choice]


class OrderedRows(TabularInline):  # type: ignore[misc]
    """Rows in an order that staff set by dragging.

    ``position`` comes last of the fields: Unfold puts the handle into the first one, which must not be hidden.
    """

    extra = 0
    hide_title = True
    ordering = ["position"]
    ordering_field = "position"
    hide_ordering_field = True


class RowsAdmin(DeskAdmin):
    """A page with ordered rows. Django's own saving goes row by row, without a transaction; a use case saves all."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Done with the rows."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Hand the page and its rows to the use case."""
        changed: Changed = []
        gone: Changed = []
        for formset in formsets:
            changed += formset.save(commit=False)
            gone += formset.deleted_objects
        self.keep(request, form.instance, changed, gone)

    def keep(self, request: HttpRequest, obj: Any, changed: Changed, gone: Changed) -> None:
        """Call the use case."""
        raise TypeError("this page saves nothing")
