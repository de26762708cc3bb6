"""The waiting list in the desk (R7)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common.scope import Rows
from common.zones import MOSCOW
from people.services.reach import PathToTell, path_to_tell
from people.staff.reaching import why_by_hand
from people.staff.searching import SearchedByPerson
from scheduling.models import WaitingEntry, WaitingState
from scheduling.services.store.slots import by_id
from scheduling.staff.bookings.hand_texts import copyable, text_for_waiting
from scheduling.staff.filters import CityFilter, EventFilter
from staffkit.clocks import format_moment
from staffkit.pages.kinds import Colours, ReadOnlyAdmin

STATE_COLOURS = Colours({"waiting": "warning", "served": "success", "left": "info", "closed": "danger"})


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
    readonly_fields = ["wanted_city", "since", "by_hand_line", "write_to", "to_send"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What to send by hand, where the waiting has ended and the bot can't say so."""
        ended = obj and obj.state == WaitingState.CLOSED and not _path(obj).by_bot
        return [*self.fields, *(("by_hand_line", "write_to", "to_send") if ended else ())]

    @display(description=_("contact by hand"))
    def by_hand_line(self, entry: WaitingEntry) -> str:
        """Why the bot can't tell them."""
        return why_by_hand(_path(entry))

    @display(description=_("write to the candidate"))
    def write_to(self, entry: WaitingEntry) -> str:
        """The link to them."""
        link = _path(entry).link
        return format_html('<a href="{}" target="_blank" rel="noreferrer">{}</a>', link, link) if link else "—"

    @display(description=_("text to send"))
    def to_send(self, entry: WaitingEntry) -> str:
        """That they wait no longer, in their language."""
        text = text_for_waiting(entry.pk)
        return copyable(text) if text else "—"

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


def _path(entry: WaitingEntry) -> PathToTell:
    """How they are told something."""
    person = next(iter(by_id("users", [entry.user_id])), None)
    return path_to_tell(person) if person else PathToTell("started", "")
