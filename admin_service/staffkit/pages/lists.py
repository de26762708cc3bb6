"""Lists answer what their page asks, and nothing else: an address is typed by hand as easily as it is clicked."""

from typing import Any, ClassVar

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from unfold.views import ChangeList

from staffkit.pages.chips import Chip, chips_of


class DeclaredList(ChangeList):
    """A list that knows the parameters of its own filters only.

    Django's would answer ``?token__regex=^A``, and so spell out a field that no page shows.
    """

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(request, *args, **kwargs)

    @property
    def chips(self) -> list[Chip]:
        """What it is narrowed by."""
        return list(chips_of(self))

    def get_results(self, request: HttpRequest) -> None:
        """As Unfold's, whose heading would tell the number as well, and of a long list one that is too small."""
        super().get_results(request)
        self.full_result_count = self.result_count

    def get_ordering_field(self, field_name: Any) -> Any:
        """As Django's; none of a column that can't be sorted by, whatever the address says."""
        sortable = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if sortable else None

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        """As Django's, by one column: no index has the rows in the order of any two."""
        if order := self.params.get(ORDER_VAR):
            self.params[ORDER_VAR] = order.partition(".")[0]
        return super().get_ordering(request, queryset.order_by())

    def _get_default_ordering(self) -> Any:
        """What the list is ordered by as it is asked for now."""
        return self.model_admin.get_ordering(self.request) or super()._get_default_ordering()

    def _get_deterministic_ordering(self, ordering: Any) -> Any:
        """As Django's, with the id in the direction of what it comes after: an index is read one way or the other."""
        found: list[str] = super()._get_deterministic_ordering(ordering)
        upwards = found[-1:] == ["-pk"] and len(found) > 1 and not found[-2].startswith("-")
        return [*found[:-1], "pk"] if upwards else found

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
    link_labels: ClassVar[dict[str, Any]] = {}
    """What those narrow the list to, in words."""

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
