"""Slots in the desk (FR10)."""

from typing import Any

from bson import ObjectId
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display

from common import clock
from common.refusals import RefusedError
from common.scope import INTERVIEWS
from common.texts.language import desk_language
from exports.lists import ExportingAdmin
from people.models import Candidate
from people.services.finding import candidates_like
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashes_in, clashing_among, of_slot
from scheduling.services.reading.finding import held_like
from scheduling.services.reading.seats import taken_seats
from scheduling.services.staff_commands import book_for
from scheduling.staff.calendar.slot_admin import CalendarAdmin
from scheduling.staff.clashes import TICK, named_clashes
from scheduling.staff.filters import (
    CityFilter,
    ComingFilter,
    EventFilter,
    RecruiterFilter,
    SeatsFilter,
    SlotDayFilter,
    soonest_first,
)
from scheduling.staff.forms.reasons import BookForm
from scheduling.staff.forms.venues import INPUT_ROWS, SHOWN_ROWS, VENUE_SHOWN, slot_venue
from scheduling.staff.impact.targets import found_targets
from scheduling.staff.moments import place_of, slot_start
from scheduling.staff.outcomes import NotDoneError, refusal_text, told
from scheduling.staff.slots.changing import ask_and_change
from scheduling.staff.slots.deleting import ask_and_delete, listed
from scheduling.staff.slots.export import slot_row, slot_titles
from scheduling.staff.slots.one_slot import SlotForm
from scheduling.staff.slots.people import people_in
from staffkit.audit_trail import trail
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import Colours
from staffkit.pages.lists import DeclaredList
from staffkit.scoping import in_scope
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import find, login, may, page, tell_outcome

MOST_ALIKE = 20
"""People of one name, of whom one is chosen."""


class SlotList(DeclaredList):
    """A list whose slots know whether they clash and how full they are: a query each for those that are shown."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """As Django's."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        rows = [{**vars(slot), "_id": slot.pk} for slot in self.result_list]
        clashing, taken = clashing_among(map(of_slot, rows)), taken_seats(rows, clock.now())
        for slot in self.result_list:
            slot.clashes, slot.taken = str(slot.pk) in clashing, taken[slot.pk]


@admin.register(InterviewSlot)
class InterviewSlotAdmin(ExportingAdmin, CalendarAdmin):
    """Slots."""

    how_to_begin = _("Open an interview event and press Add slots: a whole week is made in one go.")
    form = SlotForm
    rows = INTERVIEWS
    list_display = ["when", "occupancy", "place", "city_name", "recruiter_name", "event_title", "is_active"]
    list_filter = [
        ComingFilter,
        EventFilter,
        CityFilter,
        RecruiterFilter,
        SeatsFilter,
        ("is_active", BooleanRadioFilter),
        ("starts_at", SlotDayFilter),
    ]
    export_name = "slots"
    export_order = ("starts_at", "pk")
    search_fields = VENUE_SHOWN
    search_help_text = _("Place, room or recruiter")
    sortable_by = ["when"]
    actions = ["change_slots", "delete_slots"]
    actions_detail = ["book"]
    change_form_after_template = "scheduling/slot_people.html"
    fieldsets = [
        (None, {"fields": [TICK, "event", ("city", "recruiter"), "starts_at", ("duration_minutes", "max_users")]}),
        (_("Place"), {"fields": [*INPUT_ROWS, "is_active", "reason"]}),
    ]

    _to_look_at = [
        (None, {"fields": ["event_title", ("city_name", "recruiter_name"), "when", ("duration_minutes", "max_users")]}),
        (_("Place"), {"fields": [*SHOWN_ROWS, "is_active"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewSlot]:
        """Names by one more query each, not by joins."""
        found: QuerySet[InterviewSlot] = super().get_queryset(request)
        return found.prefetch_related("city", "recruiter", "event")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What comes next at the top."""
        return soonest_first(request, request.GET.get(ComingFilter.parameter_name, ""))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[InterviewSlot], search_term: str
    ) -> tuple[QuerySet[InterviewSlot], bool]:
        """By parts of the names of places and recruiters."""
        return queryset.filter(held_like(search_term)), False

    def export_titles(self) -> list[str]:
        """Slots with all that is known of their time and place."""
        return slot_titles()

    def export_row(self, obj: InterviewSlot) -> list[object]:
        """One slot."""
        return slot_row(obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look has nothing to give a reason for, and may not open what the slot belongs to."""
        return self.fieldsets if obj is None or self.has_change_permission(request, obj) else self._to_look_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Slots are the one thing that can be deleted: while nobody is booked."""
        return self.has_view_permission(request) and may(request, "scheduling.delete_interviewslot")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's own deletion would not ask the use case."""
        every: dict[str, Any] = super().get_actions(request)
        every.pop("delete_selected", None)
        return every

    @display(description=_("when"), ordering="starts_at")
    def when(self, slot: InterviewSlot) -> str:
        """Date and time, in an office on the clocks of the slot's city."""
        start = slot_start(slot)
        if not getattr(slot, "clashes", False):
            return start
        return format_html('{}<br><span class="desk-danger">{}</span>', start, _("clash"))

    @display(description=_("seats taken"), label=Colours({"free": "success", "some": "info", "full": "warning"}))
    def occupancy(self, slot: Any) -> tuple[str, str]:
        """Seats taken of all seats."""
        taken = slot.taken
        kind = "full" if taken >= slot.max_users else "some" if taken else "free"
        return kind, f"{taken}/{slot.max_users}"

    @display(description=_("place"), header=True)
    def place(self, slot: InterviewSlot) -> list[str]:
        """Location and room."""
        return list(slot_venue(slot).parts(desk_language()))

    @display(description=_("city"))
    def city_name(self, slot: InterviewSlot) -> str:
        """The city."""
        return slot.city.name

    @display(description=_("recruiter"))
    def recruiter_name(self, slot: InterviewSlot) -> str:
        """The recruiter."""
        return str(slot.recruiter or "—")

    @display(description=_("interview event"))
    def event_title(self, slot: InterviewSlot) -> str:
        """The event."""
        return slot.event.title

    def on_page(self, object_id: ObjectId) -> dict[str, Any]:
        """With who is booked, and the slot's audit trail."""
        slot = InterviewSlot.objects.select_related("city").filter(pk=object_id).first()
        return {"people": people_in(object_id), "trail": trail(str(object_id), slot.city.timezone) if slot else []}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SlotList]:
        """Marks clashes."""
        return SlotList

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With the clashes that there are."""
        slot = context.get("original")
        clashes = clashes_in([slot.pk]) if slot else []
        context["clashes"] = named_clashes(clashes, request) if clashes else ""
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=_("Change…"), permissions=["change"])
    def change_slots(self, request: HttpRequest, queryset: QuerySet[InterviewSlot]) -> HttpResponse:
        """Move several, or give them other values."""
        return ask_and_change(self, request, sorted(queryset, key=lambda slot: slot.starts_at))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, then delete, or say who is booked."""
        return self._delete(request, [find(InterviewSlot, object_id)])

    @admin.action(description=_("Delete…"), permissions=["delete"])
    def delete_slots(self, request: HttpRequest, queryset: QuerySet[InterviewSlot]) -> HttpResponse:
        """The same for several."""
        return self._delete(request, sorted(queryset, key=lambda slot: slot.starts_at))

    @admin.action(permissions=["change"])
    def targets(self, request: HttpRequest, **_itself: Any) -> HttpResponse:
        """What the search for another slot finds, on the page that says whom a change concerns."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return found_targets(request)

    def get_custom_urls(self) -> Any:
        """With the address of that search."""
        return (*super().get_custom_urls(), ("targets/", "scheduling_interviewslot_targets", self.targets))

    def _delete(self, request: HttpRequest, slots: list[InterviewSlot]) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        return ask_and_delete(self, request, slots)

    @action(
        description=_("Book for a candidate"),
        url_path="book",
        permissions=["scheduling.add_booking"],
        icon="person_add",
    )
    def book(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Book someone into this slot."""
        slot = find(InterviewSlot, object_id)
        here = reverse("admin:scheduling_interviewslot_change", args=[slot.pk])

        def known(called: str) -> list[Candidate]:
            if not called.strip():
                return []
            seen = in_scope(candidates_like(called).filter(telegram_id__isnull=False), request)
            return list(seen.prefetch_related("city")[:MOST_ALIKE])

        form = BookForm(request.POST or None, known=known)

        def act() -> Done:
            assert form.person is not None
            telegram_id, data = int(form.person.telegram_id or 0), form.cleaned_data
            words = {"reason": data["reason"], "beyond_limits": data["beyond_limits"]}
            return Done(here, told(book_for(telegram_id, str(slot.pk), actor=login(request), **words), telegram_id))

        if form.is_valid() and is_as_shown(request, listed([slot])):
            try:
                return send_once(request, act)
            except RefusedError as error:
                show_refusal(form, error)
            except NotDoneError as error:
                tell_outcome(request, False, refusal_text(error.outcome))
        return page(
            self,
            request,
            "staffkit/form_page.html",
            title=_("Book for a candidate"),
            obj=slot,
            agreed=listed([slot]),
            intro=_named(slot),
            form=form,
            submit_text=_("Book"),
            back=here,
        )


def _named(slot: InterviewSlot) -> str:
    return f"{slot_start(slot)} · {place_of(slot_venue(slot))}"
