"""Telling people by hand whom the bot can't (R4): why, and the button for when it is done."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common import clock
from common.mongo import Document, collection
from common.refusals import RefusedError
from people.services.reach import chat_state
from scheduling.models import Booking
from scheduling.services.recruiter_cards.told_by_hand import note_told
from scheduling.services.store.slots import reached_at
from scheduling.staff.bookings.marking_day import MarkingDayAdmin
from scheduling.staff.moments import booking_start
from staffkit.coming_back import back_to
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page, page_of


class ByHandAdmin(MarkingDayAdmin):
    """Bookings of which somebody may have to be told by hand."""

    @action(description=_("Told by hand"), url_path="told", permissions=["scheduling.change_booking"], icon="call")
    def note_told(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Whoever was to be told of it by hand has been."""
        booking = find(Booking, object_id)

        def noted() -> bool:
            return note_told(str(booking.pk), actor=login(request))

        return ask_whether_told(self, request, booking, f"{booking} · {booking_start(booking)}", noted)


def ask_whether_told(
    admin: Any, request: HttpRequest, obj: Model, intro: str, noted: Callable[[], bool]
) -> HttpResponse:
    """Note that somebody has been told by hand, and lead back to the errand; ``noted``: whether they were to be."""
    here = back_to(request, page_of(obj))

    def act() -> Done:
        if noted():
            return Done(here, str(_("Noted: they know.")))
        return Done(here, str(_("Nothing was done: nobody is to be told by hand any more.")), nothing_new=True)

    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return send_once(request, act)
        except RefusedError as error:
            show_refusal(form, error)
    return page(
        admin,
        request,
        "staffkit/form_page.html",
        title=_("Told by hand"),
        obj=obj,
        form=form,
        intro=intro,
        submit_text=_("They know"),
        back=here,
    )


def is_to_tell(booking: Booking) -> bool:
    """Whether somebody is to be told of it by hand."""
    to_candidate = booking.candidate_by_hand and (booking.live or booking.starts_at > clock.now())
    return bool((booking.live and asks_for_recruiter(booking)) or to_candidate)


def asks_for_recruiter(booking: Booking) -> bool:
    """Whether its recruiter is still to be told of it by hand."""
    return bool(booking.recruiter_by_hand and not booking.recruiter_told)


def reasons_by_hand(booking: Booking) -> list[str]:
    """Who is to be told of it by hand, and why, a line each."""
    lines = []
    if asks_for_recruiter(booking):
        own, asked = booking.recruiter_id, booking.requested_slot_id
        told = recruiters_to_tell([{"_id": booking.pk, "recruiter_id": own, "requested_slot_id": asked}])
        lines.append(reason_about_recruiter(told.get(booking.pk)))
    if booking.candidate_by_hand:
        row = collection("users").find_one({"_id": booking.user_id})
        lines.append(f"{_('the candidate')}: {why_no_candidate(row)}")
    return lines


def recruiters_to_tell(rows: Sequence[Document]) -> dict[Any, Document]:
    """Whom bookings are told: their recruiters, of a move that is asked for the other time's; by booking id."""
    wanted = [row["requested_slot_id"] for row in rows if row["requested_slot_id"]]
    slots = collection("interview_slots").find({"_id": {"$in": wanted}}, {"recruiter_id": 1}) if wanted else ()
    asked = {slot["_id"]: slot["recruiter_id"] for slot in slots}
    whose = {row["_id"]: asked.get(row["requested_slot_id"], row["recruiter_id"]) for row in rows}
    found = collection("recruiters").find({"_id": {"$in": [item for item in whose.values() if item]}})
    recruiters = {recruiter["_id"]: recruiter for recruiter in found}
    return {key: recruiters[item] for key, item in whose.items() if item in recruiters}


def reason_about_recruiter(recruiter: Document | None) -> str:
    """Which recruiter is to be told by hand, and why, in one line."""
    name = f" ({recruiter['name']})" if recruiter else ""
    return f"{_('the recruiter')}{name}: {why_no_recruiter(recruiter)}"


def why_no_recruiter(recruiter: Document | None) -> Any:
    """Why the bot can't reach a slot's recruiter, by their document; lazy."""
    if recruiter is None:
        return _("the slot has none")
    if not reached_at(recruiter):
        return _("not in chat")
    return _("has not started the bot") if chat_state(recruiter) == "none" else _("can't be reached")


def why_no_candidate(candidate: Document | None) -> Any:
    """Why the bot can't reach a candidate, by their document; lazy."""
    known = {"none": _("has not started the bot"), "blocked": _("blocked the bot")}
    return known.get(chat_state(candidate) if candidate else "", _("a message did not arrive"))
