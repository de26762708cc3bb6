"""Kinds of staff pages: to look at, with a form that is a use case, of one document."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from staffkit.forms.use_case import UseCaseForm
from staffkit.pages.base import DeskAdmin


class ReadOnlyAdmin(DeskAdmin):
    """A page to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed elsewhere."""
        return False


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


class Colours(dict[str, str]):
    """Colours of a list's label, by the value that its column gives with the words: grey is what has none.

    Unfold shows the value itself in place of the words where it finds no colour.
    """

    def __missing__(self, value: str) -> str:
        """Grey."""
        return "default"


def plainly(column: Callable[[Any, Any], Any]) -> Callable[[Any, Any], str]:
    """A list column (a label, or a header of two lines) as the plain text that a detail page shows."""

    def line(self: Any, obj: Any) -> str:
        value = column(self, obj)
        return str(value[1]) if isinstance(value, tuple) else " · ".join(filter(None, value))

    line.short_description = column.short_description  # type: ignore[attr-defined]
    return line
