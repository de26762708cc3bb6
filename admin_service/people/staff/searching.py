"""Searches of lists that are about candidates: first who is meant, then what there is of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from people.services.finding import MOST_FOUND, ids_like
from staffkit.pages.base import DeskAdmin


class SearchedByPerson(DeskAdmin):
    """A list whose rows are found by their candidate's name, username or Telegram id.

    ``person_field`` holds the candidate's id and is the beginning of an index: whatever text the rows themselves repeat
    could only be read through from the first to the last.
    """

    person_field = ""
    search_fields = ["pk"]  # that there is a search; what it looks for is below
    search_help_text = _("Name, username or Telegram id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows of people who are called so; of the first, where they are very many."""
        if not search_term.strip():
            return queryset, False
        ids, more = ids_like(search_term)
        if more:
            text = _now("Many are called so. These are the first %(most)s of them; type more of the name.")
            messages.info(request, text % {"most": MOST_FOUND})
        return queryset.filter(**{f"{self.person_field}__in": ids}), False
