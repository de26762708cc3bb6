"""The interview event's page with the button that announces it (FR1)."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from broadcasts.services.broadcasts import start_broadcast
from broadcasts.staff.form import BroadcastForm, default_text
from common.refusals import RefusedError
from scheduling.models import InterviewEvent
from scheduling.staff.events import EventPage
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page, page_of


@admin.register(InterviewEvent)
class InterviewEventAdmin(EventPage):
    """Interview events."""

    actions_detail = ["broadcast", *EventPage.actions_detail]

    @action(
        description=_("Broadcast"),
        url_path="broadcast",
        permissions=["broadcasts.add_broadcast"],
        icon="campaign",
        variant=ActionVariant.PRIMARY,
    )
    def broadcast(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what to post and where, then start it."""
        event = find(InterviewEvent, object_id)
        form = BroadcastForm(request.POST or None, initial={"text": default_text(event)}, request=request)

        def start() -> Done:
            made = start_broadcast(str(event.pk), actor=login(request), **form.order())
            return Done(page_of(made), str(_("The broadcast is on its way.")))

        if form.is_valid():
            try:
                return send_once(request, start)
            except RefusedError as error:
                show_refusal(form, error)
        return page(
            self,
            request,
            "broadcasts/broadcast.html",
            title=_("Broadcast"),
            obj=event,
            form=form,
            submit_text=_("Send"),
            submit_attrs={"id": "send-broadcast"},
            back=self.address_of(event),
        )
