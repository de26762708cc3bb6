"""The interview event's page with the button that announces it (FR1)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from broadcasts.staff.composing import compose, show_readers
from scheduling.models import InterviewEvent
from scheduling.staff.events import EventPage
from staffkit.views import find


@admin.register(InterviewEvent)
class InterviewEventAdmin(EventPage):
    """Interview events."""

    actions_detail = ["broadcast", *EventPage.actions_detail, "readers"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Whom a broadcast reaches is looked at from its page."""
        return [item for item in super().get_actions_detail(request, object_id) if "readers" not in item.action_name]

    @action(
        description=_("Broadcast"),
        url_path="broadcast",
        permissions=["broadcasts.add_broadcast"],
        icon="campaign",
        variant=ActionVariant.PRIMARY,
    )
    def broadcast(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what to post and where, then start it."""
        return compose(self, request, find(InterviewEvent, object_id))

    @action(description=_("Who gets it"), url_path="readers", permissions=["broadcasts.add_broadcast"])
    def readers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The names of an audience that is being put together."""
        return show_readers(self, request, find(InterviewEvent, object_id))
