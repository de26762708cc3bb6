"""How far lists are counted, and how many pages they offer."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

MOST_COUNTED = 1_000
"""Rows; of more a list says that there are more. Who looks further on is counted further, up to ten times as many."""
_AHEAD = 10  # pages


class DeskPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anyone reads: counting a million rows takes as long as reading them.

    It says how many there are without a noun: Django's has one plural form, Russian has three.
    """

    template_name = "staffkit/pagination.html"
    most = MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """How many rows there are, ``most`` at most: found by their index, in the order of the list."""
        return min(self._found, self.most)

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self._found > self.most

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        if not hasattr(rows, "values_list"):
            return len(rows)
        return len(rows.prefetch_related(None).values_list("pk")[: self.most + 1])


def paged(request: HttpRequest, paginator: DeskPaginator) -> DeskPaginator:
    """The paginator, counting some pages beyond the one that is asked for."""
    asked = request.GET.get("p", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len(str(MOST_COUNTED)) else 1
    paginator.most = max(MOST_COUNTED, min((page + _AHEAD) * paginator.per_page, 10 * MOST_COUNTED))
    return paginator
