"""What Unfold's Ctrl-K asks while one types.

Unfold's own view keeps what it has found for five minutes: in one language, and whoever may see it by then.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from backoffice.staff.search.kinds import KINDS
from common.texts.names import fold

MOST_PAGES = 5
LONGEST = 100
"""Letters that are looked for; nobody is called by more."""


def search(request: HttpRequest) -> HttpResponse:
    """The list of what is found; ``s`` is what has been typed."""
    text = " ".join(request.GET.get("s", "")[:LONGEST].split())
    if not re.search(r"\w", text):
        return HttpResponse()
    return render(request, "backoffice/found.html", {"results": list(find_all(request, text))})


def find_all(request: HttpRequest, text: str) -> Iterator[SearchResult]:
    """Pages by their names, then what the login may see of each kind."""
    yield from _pages(request, text)
    for kind in KINDS:
        if admin.site.get_model_admin(kind.model).has_view_permission(request):
            yield from kind.found(request, text)


def _pages(request: HttpRequest, text: str) -> list[SearchResult]:
    """The menu's, by the beginnings of words of their names in either language."""
    words = fold(text).split()
    found = [
        SearchResult(str(item["title"]), _("page"), str(item["link"]), item["icon"])
        for item in _menu(request)
        if all(any(name.startswith(word) for name in _names(item["title"])) for word in words)
    ]
    return found[:MOST_PAGES]


def _menu(request: HttpRequest) -> Iterator[dict[str, Any]]:
    frame = admin.site.each_context(request)
    for group in frame["sidebar_navigation"]:
        yield from (item for item in group["items"] if item["has_permission"])
    for item in frame["account_links"]:
        yield {**item, "icon": "account_circle"}


def _names(title: Any) -> set[str]:
    names = set[str]()
    for language in ("ru", "en"):
        with translation.override(language):
            names |= set(fold(str(title)).split())
    return names
