"""The page that changes several slots at once: a form, a preview of what becomes of each, and just that is done."""

from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.refusals import RefusedError
from scheduling.models import InterviewSlot
from scheduling.services.clashes import clashes_in, clashes_of
from scheduling.services.editing.slot_edits import edit_slots
from scheduling.staff.clashes import TICK, is_ticked, named_clashes, require_tick
from scheduling.staff.forms.change_slots import ChangeSlotsForm, Planned
from scheduling.staff.forms.drafts import MOST_SLOTS
from scheduling.staff.forms.venues import slot_venue
from scheduling.staff.impact.asking import MARK, answer_asking, reason_in
from scheduling.staff.impact.question import EVERY_CHOICE, Chosen, Question
from scheduling.staff.moments import named, place_of, slot_start
from staffkit.forms.use_case import show_refusal
from staffkit.pages.kinds import UseCaseAdmin
from staffkit.scoping import narrow
from staffkit.sending.once import Done
from staffkit.sending.sealed import is_as_shown
from staffkit.views import login, page

LIST = "admin:scheduling_interviewslot_changelist"


def ask_and_change(staff_page: UseCaseAdmin, request: HttpRequest, slots: Sequence[InterviewSlot]) -> HttpResponse:
    """Ask what is to change, show what becomes of each slot, and why which stay; then do it, all or none, once."""
    if len(slots) > MOST_SLOTS:
        messages.error(request, _now("Take at most %(most)s slots at once.") % {"most": MOST_SLOTS})
        return HttpResponseRedirect(reverse(LIST))
    form = ChangeSlotsForm(request.POST if "_confirm" in request.POST else None, slots=slots)
    narrow(form, request)
    previewed = form.is_valid()
    agreed = [[one.slot.pk, one.slot.updated_at, one.why_not, one.changes] for one in (*form.planned, *form.left)]
    applies = previewed and form.planned and "apply" in request.POST
    if applies and (MARK in request.POST or is_as_shown(request, agreed)):
        question = Question(
            title=_("Change slots"),
            verb=_("Change"),
            back=reverse(LIST),
            facts=lambda _foreseen: _facts_of(form),
            offers=EVERY_CHOICE,
            slots=[str(slot.pk) for slot in slots],
            agreed=agreed,
        )
        try:
            return answer_asking(staff_page, request, question, partial(_change, request, form))
        except RefusedError as error:
            show_refusal(form, error)
    return page(
        staff_page,
        request,
        "scheduling/change_slots.html",
        title=_("Change slots"),
        form=form,
        slots=slots,
        previewed=previewed,
        planned=[_told(one) for one in form.planned],
        left=[(one.slot, _named(one.slot), one.why_not) for one in form.left],
        clashes=_clashes(request, form) if previewed and TICK not in form.errors else "",
        agreed=agreed if previewed else None,
        grid=True,
        back=reverse(LIST),
    )


def _change(request: HttpRequest, form: ChangeSlotsForm, chosen: Chosen) -> Done:
    ids = [one.slot.pk for one in form.planned]
    edits = [(str(one.slot.pk), one.changes) for one in form.planned]
    edit_slots(edits, actor=login(request), reason=reason_in(request), choices=chosen.choices)
    require_tick(form, clashes_in(ids), request)
    count = len(ids)
    return Done(
        reverse(LIST), ngettext("%(count)s slot changed.", "%(count)s slots changed.", count) % {"count": count}
    )


def _facts_of(form: ChangeSlotsForm) -> list[str]:
    """What becomes of each slot, and which stay as they are."""
    planned = [" → ".join(dict.fromkeys(_told(one))) for one in form.planned]
    return [*planned, *(f"{_named(one.slot)} — {one.why_not}" for one in form.left)]


def _clashes(request: HttpRequest, form: ChangeSlotsForm) -> str:
    clashes = clashes_of(one.engagement for one in form.planned)
    if not clashes:
        return ""
    is_ticked(form, clashes, request)
    return named_clashes(clashes, request)


def _told(one: Planned) -> tuple[str, str]:
    """The slot as it is and as it would be."""
    return _facts(one.slot), _facts(one.changed)


def _facts(slot: InterviewSlot) -> str:
    seats = _now("seats: %(count)s") % {"count": slot.max_users}
    return " · ".join(
        filter(None, (_named(slot), str(slot.recruiter or ""), seats, "" if slot.is_active else _now("inactive")))
    )


def _named(slot: InterviewSlot) -> str:
    return named(slot_start(slot), place_of(slot_venue(slot)))
