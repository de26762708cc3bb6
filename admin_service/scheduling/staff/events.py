"""Interview events in the desk, with the button that adds slots (FR10)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from common import clock
from common.mongo import Document, collection
from common.scope import SHARED
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.choices import Choice
from scheduling.services.slots import save_event
from scheduling.staff.forms.copy_week import CopyWeekForm
from scheduling.staff.forms.many_slots import AddSlotsForm
from scheduling.staff.impact.asking import AskingForm
from scheduling.staff.impact.question import Question
from scheduling.staff.slots.making import ask_and_make, slots_of
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.scoping import narrow, own_rows
from staffkit.views import find, may, page_of


class EventForm(AskingForm):
    """An interview event."""

    class Meta:
        widgets = {
            **{name: UnfoldAdminTextareaWidget({"rows": 4}) for name in ("description", "description_en")},
            **{name: UnfoldAdminTextareaWidget({"rows": 2}) for name in ("bring", "bring_en")},
        }

    def question(self) -> Question:
        """Whom it concerns, where somebody is booked and it is closed or called otherwise."""
        words = _("Change the interview event"), _("Change")
        return Question(*words, page_of(self.instance), offers=(Choice.KEEP, Choice.CANCEL))

    def carry_out(self) -> None:
        """Save it; its slots follow the new cut-off."""
        save_event(self.instance, actor=self.actor, choices=self.chosen.choices)


class EventPage(UseCaseAdmin):
    """Interview events; ``broadcasts`` registers it, with the button that announces one."""

    how_to_begin = _("Add what people sign up for. It can stay closed until its slots are there.")
    form = EventForm
    few_rows = True
    rows = SHARED
    list_display = ["title", "is_open", "steps"]
    list_filter = [("is_open", BooleanRadioFilter)]
    search_fields = ["title"]
    ordering = ["-is_open", "title"]
    actions_detail = ["add_slots", "copy_week", "see_slots"]
    fieldsets = [
        (None, {"fields": ["title", "is_open", ("description", "description_en"), ("bring", "bring_en")]}),
        (
            _("How people sign up"),
            {
                "description": _(
                    "No questionnaire and no choice of recruiter: the quick flow, anyone on the allow list is offered "
                    "the next slots at once. With both: the recruiting flow, questions, then a recruiter, then a slot."
                ),
                "fields": ["questionnaire", "chooses_recruiter"],
            },
        ),
        (
            _("Approval"),
            {
                "description": _(
                    "Off: a seat is booked at once. On: it is held while the recruiter decides by a card in Telegram; "
                    "a request nobody answers in time expires, and both sides are told."
                ),
                "fields": ["approval_required", ("pending_hours", "reminder_minutes")],
            },
        ),
        (
            _("Deadlines"),
            {
                "description": _("For candidates. Staff may go past them, with a reason."),
                "fields": [
                    ("booking_cutoff_minutes", "move_cutoff_minutes"),
                    ("cancel_cutoff_minutes", "move_limit"),
                ],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterviewEvent]:
        """Questionnaires by one more query, not by a join."""
        found: QuerySet[InterviewEvent] = super().get_queryset(request).prefetch_related("questionnaire")
        return found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With how many slots are to come, of those the login may see."""
        own = own_rows(request, InterviewSlot)

        @display(description=_("coming slots"))
        def coming_slots(event: InterviewEvent) -> str:
            return _coming(event, own or {})

        return [*self.list_display, *([] if own is None else [coming_slots])]

    @display(description=_("steps"))
    def steps(self, event: InterviewEvent) -> str:
        """What there is besides choosing a slot."""
        steps = [
            str(event.questionnaire or ""),
            str(_("choice of recruiter")) if event.chooses_recruiter else "",
            str(_("approval")) if event.approval_required else "",
        ]
        return " → ".join(filter(None, steps)) or str(_("quick sign-up"))

    def response_post_save_add(self, request: HttpRequest, obj: InterviewEvent) -> HttpResponse:
        """As Django's, with the way on: nobody can sign up before there are slots."""
        if may(request, "scheduling.add_interviewslot"):
            address = reverse("admin:scheduling_interviewevent_add_slots", args=[obj.pk])
            text = _now('Nobody can sign up yet: <a href="{address}">add slots</a> to it.')
            messages.info(request, format_html(text, address=address))
        usual: HttpResponse = super().response_post_save_add(request, obj)
        return usual

    @action(
        description=_("Add slots"),
        url_path="add-slots",
        permissions=["scheduling.add_interviewslot"],
        icon="calendar_add_on",
    )
    def add_slots(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for days and times, show what they make, then make it."""
        event = find(InterviewEvent, object_id)
        form = AddSlotsForm(request.POST or None, event=event)
        narrow(form, request)
        return ask_and_make(self, request, event, form, _("Add slots"))

    @action(
        description=_("Copy a week"),
        url_path="copy-week",
        permissions=["scheduling.add_interviewslot"],
        icon="content_copy",
    )
    def copy_week(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same for the slots of a week, in others."""
        event = find(InterviewEvent, object_id)
        own = own_rows(request, InterviewSlot)
        if own is None:
            raise PermissionDenied
        form = CopyWeekForm(request.POST or None, event=event, own=own)
        return ask_and_make(self, request, event, form, _("Copy a week"))

    @action(description=_("Slots"), url_path="slots", permissions=["scheduling.view_interviewslot"], icon="schedule")
    def see_slots(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The event's slots."""
        return HttpResponseRedirect(slots_of(find(InterviewEvent, object_id)))

    def address_of(self, event: InterviewEvent) -> str:
        """Its page."""
        return reverse("admin:scheduling_interviewevent_change", args=[event.pk])


def _coming(event: InterviewEvent, own: Document) -> str:
    """Its slots to come and their free seats, of one's ``own``."""
    seats = {"$subtract": ["$max_users", {"$size": "$booked_users"}]}
    coming = {**own, "event_id": event.pk, "is_active": True, "starts_at": {"$gt": clock.now()}}
    group = {"_id": None, "slots": {"$sum": 1}, "free": {"$sum": seats}}
    found = collection("interview_slots").aggregate([{"$match": coming}, {"$group": group}])
    row: Document = next(iter(found), {"slots": 0, "free": 0})
    text = ngettext("%(slots)s slot, free seats: %(free)s", "%(slots)s slots, free seats: %(free)s", row["slots"])
    return text % row
