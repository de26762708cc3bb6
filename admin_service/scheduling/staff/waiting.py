"""The waiting list in the desk (R7)."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from common.mongo import Document
from common.scope import Rows
from common.zones import MOSCOW
from people.services.reach import PathToTell, path_to_tell
from people.staff.reaching import why_by_hand
from people.staff.searching import SearchedByPerson
from scheduling.models import WaitingEntry, WaitingState
from scheduling.services.store.slots import by_id
from scheduling.services.waiting_told import UNTOLD, note_told
from scheduling.staff.bookings.by_hand import ask_whether_told, why_no_candidate
from scheduling.staff.bookings.hand_texts import copied, copyable, text_for_waiting
from scheduling.staff.filters import CityFilter, EventFilter
from shared_contracts.telegram.names import username_beside
from staffkit.audit_trail import trail
from staffkit.clocks import format_moment
from staffkit.errands import Errand, ErrandKind, Press, register
from staffkit.pages.kinds import Colours, ReadOnlyAdmin
from staffkit.views import find, login, may

STATE_COLOURS = Colours(
    {"waiting": "warning", "served": "success", "left": "info", "closed": "danger", "off_list": "info"}
)


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
    link_parameters = ("by_hand__exact",)
    link_labels = {"by_hand__exact": _("contact by hand")}
    change_form_after_template = "staffkit/trail.html"
    actions_detail = ["note_told"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only while they are to be told."""
        return super().get_actions_detail(request, object_id) if find(WaitingEntry, str(object_id)).by_hand else []

    @action(description=_("Told by hand"), url_path="told", permissions=["scheduling.change_booking"], icon="call")
    def note_told(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """They know by now that they wait no longer."""
        entry = find(WaitingEntry, object_id)
        intro = " · ".join(filter(None, (entry.name, entry.event, entry.city)))
        return ask_whether_told(self, request, entry, intro, lambda: note_told(entry.pk, actor=login(request)))

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With what became of it, by the audit trail."""
        return {"trail": trail(str(object_id))}

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
        return [entry.name, username_beside(entry.name, entry.username)]

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


def to_tell(request: HttpRequest, rows: Sequence[Document]) -> list[Errand]:
    """Entries that have ended without their people knowing."""
    people = {row["_id"]: row for row in by_id("users", {row["user_id"] for row in rows})}
    found = []
    for row in rows:
        person, text = people.get(row["user_id"]), text_for_waiting(row["_id"])
        path = path_to_tell(person) if person else PathToTell("started", "")
        presses = [Press(_now("Write to the candidate"), path.link)] if path.link else []
        if may(request, "scheduling.change_booking"):
            told = reverse("admin:scheduling_waitingentry_note_told", args=[row["_id"]])
            presses.append(Press(_now("They know"), told, {}, main=True))
        errand = Errand(
            id=str(row["_id"]),
            since=row["updated_at"],
            who=row["name"],
            link=reverse("admin:scheduling_waitingentry_change", args=[row["_id"]]),
            about=" · ".join(filter(None, (row["event"], row["city"]))),
            why=why_by_hand(path) or str(why_no_candidate(person)),
            presses=presses,
            copied=copied(text) if text else "",
        )
        found.append(errand)
    return found


register(
    ErrandKind(
        name="waiting-ended",
        label=_("waits no longer, and does not know"),
        counted=lambda count: ngettext(
            "person off the waiting list to tell by hand", "people off the waiting list to tell by hand", count
        ),
        model="scheduling.WaitingEntry",
        condition=lambda _moment: UNTOLD,
        query=lambda: "by_hand__exact=1",
        order="joined_at",
        errands=to_tell,
    )
)
