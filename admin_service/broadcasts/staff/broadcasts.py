"""Broadcasts in the desk: each one's progress, names and buttons, and all there have been."""

from collections.abc import Callable
from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from broadcasts.models import Broadcast
from broadcasts.services.starting import begin_scheduled
from broadcasts.services.steering import CANCEL, PAUSE, RESUME, steer
from broadcasts.staff.progress import progress_context, show_names, target_of
from common.refusals import RefusedError
from common.scope import Rows
from common.zones import MOSCOW
from scheduling.models import InterviewEvent
from staffkit.clocks import format_moment
from staffkit.pages.kinds import Colours, ReadOnlyAdmin
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page_of

_COLOURS = Colours(
    {
        **dict.fromkeys(("scheduled", "queued"), "info"),
        **dict.fromkeys(("sending", "paused"), "warning"),
        "finished": "success",
    }
)


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    """Broadcasts: what went where, how far it is and what came of it. They are written on an interview event's page."""

    how_to_begin = _("Press New broadcast to tell chats and candidates about an interview event.")
    begin_permission = "broadcasts.add_broadcast"
    few_rows = True
    rows = Rows(city=("audience_city_id",))
    list_display = ["when", "event_title", "target", "state", "numbers", "started_by"]
    list_filter = [("status", ChoicesDropdownFilter)]
    ordering = ["-created_at"]
    fields = [("event_title", "when"), ("target", "started_by"), "text", "english"]
    readonly_fields = ["event_title", "when", "target", "started_by", "text", "english"]
    change_form_outer_before_template = "broadcasts/progress.html"
    actions_list = ["compose", "progress"]
    actions_detail = ["pause", "resume", "begin", "cancel", "recipients"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Broadcast]:
        """Names by one more query each, not by joins; what staff sent to themselves is no broadcast."""
        every: QuerySet[Broadcast] = super().get_queryset(request)
        return every.filter(is_test=False).prefetch_related("event", "audience_city")

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """What is asked for by pages is no button."""
        return [item for item in super().get_actions_list(request) if "progress" not in item.action_name]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """They stand beside the numbers."""
        return []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With how far it is."""
        found = self.get_object(request, object_id)
        more = {} if found is None else progress_context(request, found)
        shown: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return shown

    @action(
        description=_("New broadcast"),
        url_path="compose",
        permissions=["broadcasts.add_broadcast"],
        icon="campaign",
        variant=ActionVariant.PRIMARY,
    )
    def compose(self, request: HttpRequest) -> HttpResponse:
        """Straight to the only open event's page; else an event is chosen first."""
        opened = list(InterviewEvent.objects.filter(is_open=True)[:2])
        if len(opened) == 1:
            return HttpResponseRedirect(reverse("admin:scheduling_interviewevent_broadcast", args=[opened[0].pk]))
        messages.info(request, _("Choose what to announce, then press Broadcast."))
        return HttpResponseRedirect(f"{reverse('admin:scheduling_interviewevent_changelist')}?is_open__exact=1")

    @action(description=_("Progress"), url_path="progress", permissions=["view"])
    def progress(self, request: HttpRequest) -> HttpResponse:
        """How far a broadcast is, for a page that shows it; nothing (204) where it is as the page has it already."""
        wanted = request.GET.get("id", "")
        found = self.get_queryset(request).filter(pk=ObjectId(wanted)).first() if ObjectId.is_valid(wanted) else None
        context = {} if found is None else progress_context(request, found)
        if not context or request.GET.get("stamp") == context["stamp"]:
            return HttpResponse(status=204)
        return render(request, "broadcasts/progress_now.html", context)

    @action(description=_("Names"), url_path="recipients", permissions=["view"])
    def recipients(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who is behind a number."""
        return show_names(self, request, find(Broadcast, object_id))

    @action(description=_("Pause"), url_path="pause", permissions=["broadcasts.add_broadcast"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody else is written to until it is resumed."""
        return _act(request, object_id, lambda actor: steer(object_id, PAUSE, actor=actor))

    @action(description=_("Resume"), url_path="resume", permissions=["broadcasts.add_broadcast"])
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It goes on where it was."""
        return _act(request, object_id, lambda actor: steer(object_id, RESUME, actor=actor))

    @action(description=_("Cancel the broadcast"), url_path="cancel", permissions=["broadcasts.add_broadcast"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody else is written to."""
        return _act(request, object_id, lambda actor: steer(object_id, CANCEL, actor=actor))

    @action(description=_("Send it now"), url_path="begin", permissions=["broadcasts.add_broadcast"])
    def begin(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A scheduled one begins."""
        return _act(request, object_id, lambda actor: begin_scheduled(object_id, actor=actor))

    @display(description=_("when"), ordering="created_at")
    def when(self, broadcast: Broadcast) -> str:
        """When it began, or is to begin."""
        return format_moment(broadcast.began_at or broadcast.send_at or broadcast.created_at, MOSCOW)

    @display(description=_("interview event"))
    def event_title(self, broadcast: Broadcast) -> str:
        """What it announces."""
        return broadcast.event.title

    @display(description=_("to"))
    def target(self, broadcast: Broadcast) -> str:
        """Chats by title, and the audience."""
        return target_of(broadcast)

    @display(description=_("status"), ordering="status", label=_COLOURS)
    def state(self, broadcast: Broadcast) -> tuple[str, str]:
        """How far it is."""
        return broadcast.status, broadcast.get_status_display()

    @display(description=_("text"))
    def text(self, broadcast: Broadcast) -> str:
        """As it was sent, line by line."""
        return format_html('<span class="desk-lines">{}</span>', broadcast.message_text)

    @display(description=_("text in English"))
    def english(self, broadcast: Broadcast) -> str:
        """The same for those who read English."""
        return format_html('<span class="desk-lines">{}</span>', broadcast.text_en or self.empty_value_display)

    @display(description=_("messages"))
    def numbers(self, broadcast: Broadcast) -> str:
        """What the bot has reported so far."""
        return counts(broadcast)


def _act(request: HttpRequest, object_id: str, work: Callable[[str], object]) -> HttpResponse:
    """Do what a button asks for, once, and lead back to the broadcast; a refusal is told there."""
    address = page_of(find(Broadcast, object_id))

    def act() -> Done:
        work(login(request))
        return Done(address)

    if request.method == "POST":
        try:
            return send_once(request, act)
        except RefusedError as error:
            messages.warning(request, " ".join(map(str, error.errors.values())))
    return HttpResponseRedirect(address)


def counts(broadcast: Broadcast) -> str:
    """How many messages arrived, and how many did not."""
    words = [
        (_("sent"), broadcast.sent),
        (_("blocked"), broadcast.blocked),
        (_("failed"), broadcast.failed),
        (_("uncertain"), broadcast.uncertain),
        (_("pressed the button"), broadcast.pressed),
    ]
    return ", ".join(f"{word} {number}" for word, number in words if number or word == words[0][0])
