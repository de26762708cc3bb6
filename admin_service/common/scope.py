"""Whose rows a staff login may see: everything, those of some cities, or a recruiter's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.db.models import Q
from django.http import HttpRequest

from common.mongo import Document


@dataclass(frozen=True)
class Scope:
    """What a login may see of rows that belong to a city or a recruiter. By default nothing.

    ``whole``: all rows, also those that belong to no city. ``recruiter_id``: the rows of this recruiter alone, whatever
    the cities.
    """

    whole: bool = False
    city_ids: frozenset[ObjectId] = frozenset()
    recruiter_id: ObjectId | None = None


EVERYTHING = Scope(whole=True)
NOTHING = Scope()


@dataclass(frozen=True)
class Rows:
    """How the rows of a list are told apart: the paths to their city and to their recruiter.

    A list without a path has no rows for a login that is limited by it. ``shared``: rows that belong to nobody and may
    be read by everyone with the permission, but changed only by who sees everything.
    """

    city: tuple[str, ...] = ()
    recruiter: tuple[str, ...] = ()
    shared: bool = False

    def reachable(self, scope: Scope) -> bool:
        """Whether a login can have any of these rows at all."""
        paths = self.recruiter if scope.recruiter_id else self.city if scope.city_ids else ()
        return scope.whole or self.shared or bool(paths)

    def writable(self, scope: Scope) -> bool:
        """Whether it can have any to change."""
        return scope.whole or (not self.shared and self.reachable(scope))

    def within(self, scope: Scope) -> Q | None:
        """The condition for a query set; None: no condition."""
        if scope.whole or self.shared:
            return None
        if scope.recruiter_id:
            return _any_of((path, scope.recruiter_id) for path in self.recruiter)
        return _any_of((f"{path}__in", list(scope.city_ids)) for path in self.city)

    def match(self, scope: Scope) -> Document:
        """The same for a raw query; its paths are stored fields."""
        if scope.whole or self.shared:
            return {}
        if scope.recruiter_id:
            paths: list[Document] = [{path: scope.recruiter_id} for path in self.recruiter]
        else:
            paths = [{path: {"$in": list(scope.city_ids)}} for path in self.city]
        return {"$and": [{"$or": paths}]} if paths else {"$nor": [{}]}


WHOLE = Rows()
"""Rows for those alone who see everything."""
SHARED = Rows(shared=True)
"""Rows for all who have the permission to look."""
INTERVIEWS = Rows(city=("city_id",), recruiter=("recruiter_id",))
"""Bookings and slots."""


def scope_of(request: HttpRequest) -> Scope:
    """What this request's login may see: a superuser everything, who has no role nothing. Looked up once a request."""
    found: Scope | None = getattr(request, "_scope", None)
    if found is None:
        found = request._scope = _look_up(request.user)  # type: ignore[attr-defined]
    return found


def _look_up(user: Any) -> Scope:
    if user.is_active and user.is_superuser:
        return EVERYTHING
    profile = getattr(user, "staff_profile", None)
    scope: Scope = profile.scope if profile and user.is_active else NOTHING
    return scope


def _any_of(pairs: Iterable[tuple[str, Any]]) -> Q:
    condition = Q(pk__in=[])
    for path, value in pairs:
        condition |= Q(**{path: value})
    return condition
