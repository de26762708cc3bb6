"""Booking somebody from their own page: the slot is searched, the person is known."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common import clock
from common.refusals import RefusedError
from common.scope import INTERVIEWS, scope_of
from people.models import Candidate
from scheduling.domain.model import Slot
from scheduling.models import InterviewEvent
from scheduling.services.staff_commands import book_for
from scheduling.services.store.slots import load_slots
from scheduling.staff.forms.reasons import BookHereForm
from scheduling.staff.forms.slot_choice import found_slots
from scheduling.staff.moments import name_of
from scheduling.staff.outcomes import NotDoneError, by_hand_line, refusal_text, told
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done, send_once
from staffkit.views import login, page, page_of, tell_outcome

MOST_CHOICES = 500


def ask_and_book(admin: Any, request: HttpRequest, person: Candidate) -> HttpResponse:
    """Ask for the slot, then book the person into it."""
    here = page_of(person)
    form = BookHereForm(request.POST or None, slots=_slots(request, person))
    if found := found_slots(request, form):
        return found

    def act() -> Done:
        if person.telegram_id is None:
            raise RefusedError({"": _("They have not come in yet. Invite them by link first.")})
        data = form.cleaned_data
        outcome = book_for(
            int(person.telegram_id),
            data["slot"],
            actor=login(request),
            reason=data["reason"],
            beyond_limits=data["beyond_limits"],
        )
        return Done(here, told(outcome, int(person.telegram_id)))

    if form.is_valid():
        try:
            return send_once(request, act)
        except RefusedError as error:
            show_refusal(form, error)
        except NotDoneError as error:
            tell_outcome(request, False, refusal_text(error.outcome))
    return page(
        admin,
        request,
        "staffkit/form_page.html",
        title=_("Book for %(name)s") % {"name": person},
        obj=person,
        form=form,
        note=by_hand_line(int(person.telegram_id)) if person.telegram_id is not None else "",
        submit_text=_("Book"),
        back=here,
    )


def _slots(request: HttpRequest, person: Candidate) -> list[tuple[str, Slot]]:
    """Coming slots of open events that have a free seat, of those the login may see; none that they are booked in."""
    events = list(InterviewEvent.objects.filter(is_open=True).values_list("pk", flat=True))
    own = INTERVIEWS.match(scope_of(request))
    query = {**own, "event_id": {"$in": events}, "has_room": True, "starts_at": {"$gt": clock.now()}}
    slots = load_slots(query, limit=MOST_CHOICES)
    return [(f"{name_of(slot)} · {slot.place.event}", slot) for slot in slots if str(person.pk) not in slot.holders]
