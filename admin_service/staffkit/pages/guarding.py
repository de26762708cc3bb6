"""Who gets through to a staff page: checked once, before any view of it runs. What is not declared is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.views.generic import RedirectView
from unfold.admin import ModelAdmin

from common.scope import WHOLE, Rows, scope_of

_PAGES = ("changelist", "add", "history", "delete", "change")


class GuardedAdmin(ModelAdmin):
    """A page whose rows and buttons are those of the login that asks.

    ``rows`` says to whom its rows belong; unless a page says so, they are for those alone who see everything.
    """

    rows: Rows = WHOLE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The login's rows: lists, pages by id, searches, exports and actions all begin here."""
        found: QuerySet[Any] = super().get_queryset(request)
        limit = self.rows.within(scope_of(request))
        return found if limit is None else found.filter(limit)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The role's permission, and rows to use it on."""
        return self.rows.reachable(scope_of(request)) and bool(super().has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As above; what belongs to nobody is made by those who see everything."""
        return self.rows.writable(scope_of(request)) and bool(super().has_add_permission(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As above; what belongs to nobody is changed by those who see everything."""
        return self.rows.writable(scope_of(request)) and bool(super().has_change_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Actions that say what permission they need; one that does not is nobody's."""
        every: dict[str, Any] = super().get_actions(request)
        return {name: found for name, found in every.items() if getattr(found[0], "allowed_permissions", None)}

    def get_urls(self) -> list[URLPattern]:
        """Every view of the page, behind the guard."""
        urls: list[URLPattern] = super().get_urls()
        for pattern in urls:
            pattern.callback = self._guarded(pattern.callback, pattern.name or "")
        return urls

    def _guarded(self, view: Callable[..., HttpResponseBase], name: str) -> Callable[..., HttpResponseBase]:
        page = name.rpartition("_")[2]
        is_page = page in _PAGES or getattr(view, "view_class", None) is RedirectView
        declared = is_page or bool(getattr(view, "allowed_permissions", None))

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.admin_site.has_permission(request):  # the view sends everybody else to the login page
                may = self.has_add_permission if page == "add" else self.has_view_or_change_permission
                if not declared or not may(request):
                    raise PermissionDenied
                self._find(request, kwargs.get("object_id"))
            return view(request, *args, **kwargs)

        return guarded

    def _find(self, request: HttpRequest, object_id: str | None) -> None:
        """A 404 page where there is no such row, or it is none of the login's: which of them is not told."""
        if object_id is not None and self.get_object(request, unquote(object_id)) is None:
            raise Http404
