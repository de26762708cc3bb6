"""The pages that make many slots of an event: a form, a preview that names clashes, and just that is made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import ngettext

from common.refusals import RefusedError
from scheduling.models import InterviewEvent
from scheduling.services.clashes import clashes_of
from scheduling.services.slots import create_slots
from scheduling.staff.clashes import TICK, is_ticked, named_clashes, require_tick
from scheduling.staff.forms.drafts import DraftsForm
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import FIELD as SEALED
from staffkit.sending.sealed import is_as_shown
from staffkit.views import login, page, page_of


def ask_and_make(
    staff_page: UseCaseAdmin, request: HttpRequest, event: InterviewEvent, form: DraftsForm, title: Any
) -> HttpResponse:
    """Ask for slots, show what would be made, then make it, once; clashes only for who has ticked them."""
    previewed = form.is_valid()
    if previewed and form.drafts and _may_create(request, form):
        try:
            return send_once(request, lambda: _make(request, event, form))
        except RefusedError as error:
            show_refusal(form, error)
    return page(
        staff_page,
        request,
        "scheduling/add_slots.html",
        title=title,
        obj=event,
        form=form,
        previewed=previewed,
        clashes=_clashes(request, form) if previewed and TICK not in form.errors else "",
        agreed=form.drafts if previewed else None,
        grid=True,
        back=page_of(event),
    )


def slots_of(event: InterviewEvent) -> str:
    """The address of an event's slots."""
    return f"{reverse('admin:scheduling_interviewslot_changelist')}?event={event.pk}"


def _may_create(request: HttpRequest, form: DraftsForm) -> bool:
    """Who was shown a preview makes what it showed; whoever asks without one gets what the fields say."""
    previewed = bool(request.POST.get(SEALED))
    return "create" in request.POST and (not previewed or is_as_shown(request, form.drafts))


def _make(request: HttpRequest, event: InterviewEvent, form: DraftsForm) -> Done:
    require_tick(form, clashes_of(form.engagements), request)
    made = create_slots(str(event.pk), form.drafts, actor=login(request))
    text = ngettext("%(count)s slot made.", "%(count)s slots made.", len(made)) % {"count": len(made)}
    return Done(slots_of(event), text)


def _clashes(request: HttpRequest, form: DraftsForm) -> str:
    """What the preview says of them; the form shows the tick then."""
    clashes = clashes_of(form.engagements)
    if not clashes:
        return ""
    is_ticked(form, clashes, request)
    return named_clashes(clashes, request)
