"""The waiting list in the desk (R7)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common.scope import Rows
from common.zones import MOSCOW
from people.staff.searching import SearchedByPerson
from scheduling.models import WaitingEntry
from scheduling.staff.filters import CityFilter, EventFilter
from staffkit.clocks import format_moment
from staffkit.pages.kinds import ReadOnlyAdmin

STATE_COLOURS = {"waiting": "warning", "served": "success", "left": "info", "closed": "danger"}


@admin.register(WaitingEntry)
class WaitingEntryAdmin(SearchedByPerson, ReadOnlyAdmin):
    """Who waits for a free seat, first come first."""

    when_empty = _(
        "People join it in the bot when no time is free. Whoever waits longest is offered a seat that comes free."
    )
    rows = Rows(city=("city_id",))
    list_display = ["person", "telegram_id", "event", "wanted_city", "since", "status"]
    list_filter = [("state", ChoicesDropdownFilter), EventFilter, CityFilter]
    person_field = "user_id"
    sortable_by = ["since"]
    ordering = ["joined_at"]
    fields = ["name", "username", "telegram_id", "event", "wanted_city", "since", "state"]
    readonly_fields = ["wanted_city", "since"]

    @display(description=_("candidate"), header=True)
    def person(self, entry: WaitingEntry) -> list[str]:
        """Name and username."""
        return [entry.name, f"@{entry.username}" if entry.username else ""]

    @display(description=_("city"))
    def wanted_city(self, entry: WaitingEntry) -> str:
        """Where."""
        return entry.city or str(_("any"))

    @display(description=_("joined"), ordering="joined_at")
    def since(self, entry: WaitingEntry) -> str:
        """Since when they wait."""
        return format_moment(entry.joined_at, MOSCOW)

    @display(description=_("status"), label=STATE_COLOURS)
    def status(self, entry: WaitingEntry) -> tuple[str, str]:
        """What became of it."""
        return entry.state, entry.get_state_display()
