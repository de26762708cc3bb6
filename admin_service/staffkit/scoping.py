"""Only the rows that a login may see: for query sets, choices of forms and filters."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from common.mongo import Document, collection
from common.scope import WHOLE, Rows, Scope, scope_of


@dataclass(frozen=True)
class Through(Rows):
    """Rows that belong to documents of another collection: ``field`` holds the id of one of ``owners``."""

    field: str = ""
    owners: str = ""
    owned: Rows = WHOLE

    def reachable(self, scope: Scope) -> bool:
        """As far as the owners are."""
        return self.owned.reachable(scope)

    def within(self, scope: Scope) -> Q | None:
        """Those of the owners in reach."""
        return None if scope.whole else Q(**{f"{self.field}__in": self._owners(scope)})

    def match(self, scope: Scope) -> Document:
        """The same for a raw query."""
        return {} if scope.whole else {self.field: {"$in": self._owners(scope)}}

    def _owners(self, scope: Scope) -> list[Any]:
        return [row["_id"] for row in collection(self.owners).find(self.owned.match(scope), {"_id": 1})]


@dataclass(frozen=True)
class Either(Rows):
    """Rows that are in reach in one way or another."""

    ways: tuple[Rows, ...] = ()

    def reachable(self, scope: Scope) -> bool:
        """As far as any way leads."""
        return any(way.reachable(scope) for way in self.ways)

    def within(self, scope: Scope) -> Q | None:
        """What any of them leads to."""
        if scope.whole:
            return None
        found = Q(pk__in=[])
        for way in self.ways:
            found |= (way.within(scope) or Q()) if way.reachable(scope) else Q(pk__in=[])
        return found

    def match(self, scope: Scope) -> Document:
        """The same for a raw query."""
        return {} if scope.whole else {"$or": [way.match(scope) for way in self.ways]}


def rows_of(model: Any) -> Rows:
    """How the rows of a model are told apart: as its page in the desk says, else only who sees everything has them."""
    found = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    rows: Rows = getattr(found, "rows", WHOLE)
    return rows


def in_scope(queryset: QuerySet[Any], request: HttpRequest, *, kept: Any = None) -> QuerySet[Any]:
    """The rows that the request's login may see; ``kept``: the id of one that stays, because it is chosen already."""
    limit = rows_of(queryset.model).within(scope_of(request))
    if limit is None:
        return queryset
    return queryset.filter(limit | Q(pk=kept) if kept else limit)


def own_rows(request: HttpRequest, model: Any) -> Document | None:
    """The raw condition of a model's rows that the login may see; None where its page is not open to it at all."""
    page = admin.site.get_model_admin(model)
    return rows_of(model).match(scope_of(request)) if page.has_view_permission(request) else None


def narrow(form: forms.BaseForm, request: HttpRequest) -> None:
    """Leave a form's fields only the choices that the login may see, and what is chosen already.

    Of what is not made yet nothing is: what its form begins with may stand in an address that somebody typed.
    """
    is_new = isinstance(form, forms.ModelForm) and form.instance._state.adding
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            chosen = None if is_new else form.initial.get(name)
            field.queryset = in_scope(field.queryset, request, kept=getattr(chosen, "pk", chosen))
