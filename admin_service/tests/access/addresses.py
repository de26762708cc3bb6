"""Every address of the URLconf, found by walking it, with something in place of its parameters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, get_resolver

from tests.access.world import World

_ROUTE_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
_STANDARD = ("changelist", "add", "history", "delete", "change")
_FILLED = {
    "app_label": "scheduling",
    "auto_message_id": "0" * 24,
    "broadcast_id": "0" * 24,
    "content_type_id": "1",
    "number": "1",
    "questionnaire_id": "0" * 24,
    "rest": "1/1/",
    "token": "unknown",
    "url": "nothing/here/",
}


@dataclass(frozen=True)
class Address:
    """One URL pattern. ``page``: the model of a staff page and which page of it; else ``key`` names it."""

    route: str
    key: str
    model: type[Model] | None
    page: str

    def path(self, world: World, row: Any = None) -> str:
        """A path that leads there, for ``row`` or any row of the model."""
        values = dict(_FILLED)
        if self.model and "object_id" in self.route:
            values["object_id"] = str((row or world.row(self.model)).pk)
        values.setdefault("object_id", "1")
        filled = _ROUTE_PARAMETER.sub(lambda found: values[found[1] or found[2]], self.route)
        return "/" + filled.replace("^", "").replace("$", "")


def every_address() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return [_address(route, pattern, namespace) for route, pattern, namespace in _walk(get_resolver().url_patterns)]


def _walk(patterns: Any, route: str = "", namespace: str = "") -> Iterator[tuple[str, URLPattern, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield route + str(pattern.pattern), pattern, namespace
        else:
            yield from _walk(pattern.url_patterns, route + str(pattern.pattern), pattern.namespace or namespace)


def _address(route: str, pattern: URLPattern, namespace: str) -> Address:
    name = pattern.name or ""
    found = re.match(r"admin/(\w+)/(\w+)/", route)
    if namespace != "admin" or not found or found[1] not in apps.app_configs:
        key = f"{namespace}:{name}" if name and namespace else name or route
        return Address(route, key, None, "")
    model = apps.get_model(found[1], found[2])
    prefix = f"{found[1]}_{found[2]}_"
    page = name.removeprefix(prefix) if name else "old address"
    return Address(route, f"{model.__name__}.{page}", model, page)


def is_standard(address: Address) -> bool:
    """Whether it is one of Django's own pages of a model, and no button."""
    return address.page in _STANDARD or address.page == "old address"
