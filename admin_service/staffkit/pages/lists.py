"""Lists answer what their page asks, and nothing else: an address is typed by hand as easily as it is clicked."""

from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from unfold.views import ChangeList


class DeclaredList(ChangeList):
    """A list that knows the parameters of its own filters only.

    Django's would answer ``?token__regex=^A``, and so spell out a field that no page shows.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """As Django's; what no filter has taken must be among the page's ``link_parameters``."""
        found = super().get_filters(request)
        undeclared = found[2].keys() - set(self.model_admin.link_parameters)
        if undeclared:
            raise DisallowedModelAdminLookup(f"no filter of {self.opts.label}: {', '.join(sorted(undeclared))[:200]}")
        return found


class DeclaredLists:
    """Before Unfold's ``ModelAdmin`` among a staff page's bases, whatever the page."""

    link_parameters: tuple[str, ...] = ()
    """Exact parameters, besides those of the filters, that links of the desk's own carry."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeclaredList]:
        """Answers declared parameters only."""
        return DeclaredList

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """As Django's, whose callers would answer a value that can't be read with a redirect, or not at all.

        Raises:
            BadRequest: a parameter's value is none that its field can have, or there is no such page of the list.
        """
        try:
            return super().get_changelist_instance(request)  # type: ignore[misc]
        except IncorrectLookupParameters as error:
            raise BadRequest("a parameter of a list can't be read") from error
