"""The page that deletes slots: the free ones at once, booked ones once it is said what becomes of each booking."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.refusals import RefusedError
from scheduling.models import InterviewSlot
from scheduling.services.editing.choices import Choice
from scheduling.services.editing.deleting import SlotHasBookingsError, delete_slots, name_people_in
from scheduling.services.impact import AS_IT_COMES, Choices
from scheduling.staff.forms.venues import slot_venue, venue_values
from scheduling.staff.impact.asking import MARK, answer_asking, reason_in
from scheduling.staff.impact.question import Chosen, Question
from scheduling.staff.moments import named, place_of, slot_start
from scheduling.staff.slots.changing import LIST
from scheduling.staff.slots.people import is_proposed, people_in
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.sending.once import Done, send_once
from staffkit.sending.sealed import is_as_shown
from staffkit.views import login, page

WITH_BOOKED = "with_booked"
"""The button that goes on to the booked slots."""


def ask_and_delete(staff_page: UseCaseAdmin, request: HttpRequest, slots: Sequence[InterviewSlot]) -> HttpResponse:
    """Ask, then delete. Where somebody is booked the page about people asks what becomes of each."""
    booked = [(slot, people) for slot in slots if (people := people_in(slot.pk))]
    stay = [slot for slot, _people in booked]
    free = [slot for slot in slots if slot not in stay]
    asks = not free or is_proposed(slot.pk for slot in free)
    try:
        if asks or {WITH_BOOKED, MARK} & set(request.POST):
            return _delete_with_people(staff_page, request, slots, free)
        agreed = [listed(free), listed(stay)]
        if "_confirm" in request.POST and is_as_shown(request, agreed):
            return send_once(request, lambda: _delete(request, free, stay=len(stay)))
    except RefusedError as error:
        messages.error(request, " ".join(error.errors.values()))
        return HttpResponseRedirect(reverse(LIST))
    except SlotHasBookingsError:
        messages.error(request, _now("Somebody has just been booked. Nothing is done: look again."))
        return HttpResponseRedirect(reverse(LIST))
    return page(
        staff_page,
        request,
        "scheduling/slot_delete.html",
        title=_("Delete slots"),
        obj=slots[0] if len(slots) == 1 else None,
        agreed=agreed,
        slots=slots,
        free=[_named(slot) for slot in free],
        booked=[(slot, _named(slot), people) for slot, people in booked],
        submit_text=_("Delete"),
        danger=True,
        back=reverse(LIST),
    )


def _delete_with_people(
    staff_page: UseCaseAdmin, request: HttpRequest, slots: Sequence[InterviewSlot], free: Sequence[InterviewSlot]
) -> HttpResponse:
    """Each of the people has to have another slot, or to know that it is off: nobody can be kept in no slot."""
    ids = [str(slot.pk) for slot in slots]

    def work(chosen: Chosen) -> Done:
        name_people_in(ids, actor=login(request))
        if not chosen.settled:
            return Done("")
        return _delete(request, slots, choices=chosen.choices)

    question = Question(
        title=_("Delete slots") if len(free) == len(slots) else _("Delete slots in which people are booked"),
        verb=_("Delete"),
        back=reverse(LIST),
        facts=lambda _foreseen: _facts(slots, free),
        danger=True,
        offers=(Choice.MOVE, Choice.CANCEL),
        required=True,
        slots=ids,
        agreed=listed(slots),
        always=True,
    )
    return answer_asking(staff_page, request, question, work)


def _delete(
    request: HttpRequest, slots: Sequence[InterviewSlot], *, choices: Choices = AS_IT_COMES, stay: int = 0
) -> Done:
    ids, given = [str(slot.pk) for slot in slots], {"actor": login(request), "reason": reason_in(request)}
    delete_slots(ids, choices=choices, **given)
    count = len(slots)
    text = ngettext("%(count)s slot deleted.", "%(count)s slots deleted.", count) % {"count": count}
    if stay:
        left = ngettext("%(count)s slot stays: people are booked.", "%(count)s slots stay: people are booked.", stay)
        text = f"{text} {left % {'count': stay}}"
    return Done(reverse(LIST), text)


def _facts(slots: Sequence[InterviewSlot], free: Sequence[InterviewSlot]) -> list[str]:
    text = _now(
        "A slot goes only with nobody in it: move each of them, or cancel. To keep them, make it inactive instead."
    )
    lines = [
        (_now("%(slot)s; nobody is booked") if slot in free else "%(slot)s") % {"slot": _named(slot)} for slot in slots
    ]
    return lines if len(free) == len(slots) else [text, *lines]


def _named(slot: InterviewSlot) -> str:
    return named(slot_start(slot), place_of(slot_venue(slot)))


def listed(slots: Sequence[InterviewSlot]) -> list[list[object]]:
    """What a page that asks about slots shows of them."""
    return [[slot.pk, slot.starts_at, slot.city_id, *venue_values(slot_venue(slot))] for slot in slots]
