"""Pages whose rows are ordered by dragging, and saved with the page in one transaction."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from desk.options import DeskAdmin
from questionnaires.models import TEXT_LENGTH, Choice, Question

Changed = list[Question | Choice]


class LongTexts:
    """Sentences get a box of two lines: one line of a narrow column shows a third of a question."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As Unfold's, but for long texts."""
        if getattr(db_field, "max_length", None) == TEXT_LENGTH:
            return db_field.formfield(widget=UnfoldAdminTextareaWidget({"rows": 2}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class OrderedRows(LongTexts, TabularInline):  # type: ignore[misc]
    """Rows in an order that staff set by dragging.

    ``position`` comes last of the fields: Unfold puts the handle into the first one, which must not be hidden.
    """

    extra = 0
    hide_title = True
    ordering = ["position"]
    ordering_field = "position"
    hide_ordering_field = True


class RowsAdmin(LongTexts, DeskAdmin):
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
