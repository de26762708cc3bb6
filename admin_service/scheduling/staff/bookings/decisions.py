"""The buttons of a booking: move, cancel, approve, ask for another time, reject.

Each asks for a reason, then calls its use case.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from common import clock
from common.refusals import RefusedError
from common.scope import INTERVIEWS, scope_of
from scheduling.domain.model import Slot
from scheduling.models import Booking
from scheduling.services.staff_commands import (
    AlreadyDecidedError,
    approve_booking,
    ask_reschedule,
    cancel_booking,
    move_booking,
    reject_booking,
)
from scheduling.services.store.slots import load_slots
from scheduling.staff.bookings.by_hand import ByHandAdmin, is_to_tell
from scheduling.staff.bookings.standing import changed_text, nothing_done_text
from scheduling.staff.forms.reasons import CancelForm, DecisionForm, MoveForm, RejectForm
from scheduling.staff.forms.slot_choice import found_slots
from scheduling.staff.forms.venues import booking_venue
from scheduling.staff.moments import booking_start, name_of, place_of
from scheduling.staff.moves import answer_labels, changes_of_move, move_of
from scheduling.staff.outcomes import NotDoneError, by_hand_line, refusal_text, told
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus, Rejection
from staffkit.coming_back import back_to
from staffkit.forms.use_case import show_refusal
from staffkit.sending.once import Done, send_once
from staffkit.views import find, login, page, tell_outcome

MAY_DECIDE = ["scheduling.change_booking"]
MOST_CHOICES = 500


class DecidingAdmin(ByHandAdmin):
    """Bookings with their buttons."""

    actions_detail = ["move", "approve", "ask_reschedule", "reject", "cancel", "mark", "note_told"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only what can still be done; outcomes are marked on the page itself."""
        booking = find(Booking, str(object_id))
        useful = _left_to_decide(booking) | ({"told"} if is_to_tell(booking) else set())
        every = super().get_actions_detail(request, object_id)
        labels = dict(zip(("approve", "reject"), answer_labels(booking.requested_slot_id), strict=True))
        named = ((item.action_name.rsplit("_", 1)[-1], item) for item in every)
        return [replace(item, description=labels.get(name, item.description)) for name, item in named if name in useful]

    @action(description=_("Move"), url_path="move", permissions=MAY_DECIDE, icon="event_repeat")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To another slot of the event."""
        booking = find(Booking, object_id)
        form = MoveForm(request.POST or None, initial={"version": booking.version}, slots=_slots_for(booking, request))
        if found := found_slots(request, form):
            return found

        def decide() -> Outcome:
            data = form.cleaned_data
            return move_booking(
                str(booking.pk),
                data["slot"],
                expected_version=data["version"],
                actor=login(request),
                reason=data["reason"],
                beyond_limits=data["beyond_limits"],
            )

        return self._ask(
            request, booking, form, decide, asked="move", title=_("Move the booking"), submit_text=_("Move")
        )

    @action(
        description=_("Cancel the booking"),
        url_path="cancel",
        permissions=MAY_DECIDE,
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Free the seat."""
        booking = find(Booking, object_id)
        form = CancelForm(request.POST or None, initial={"version": booking.version})

        def decide() -> Outcome:
            data = form.cleaned_data
            return cancel_booking(
                str(booking.pk),
                expected_version=data["version"],
                actor=login(request),
                reason=data["reason"],
                beyond_limits=data["beyond_limits"],
                withdraws_slot=data["withdraws_slot"],
            )

        words = {"title": _("Cancel the booking"), "submit_text": _("Cancel the booking"), "danger": True}
        return self._ask(request, booking, form, decide, asked="cancel", **words)

    @action(
        description=_("Approve"),
        url_path="approve",
        permissions=MAY_DECIDE,
        icon="check",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say yes to a request."""
        booking = find(Booking, object_id)
        title = _("Approve the move") if booking.requested_slot_id else _("Approve the request")
        words = {"asked": "approve", "title": title, "submit_text": answer_labels(booking.requested_slot_id)[0]}
        done, untold = _approved(booking)
        return self._answer(request, object_id, approve_booking, done=done, untold=untold, **words)

    @action(description=_("Ask for another time"), url_path="ask-reschedule", permissions=MAY_DECIDE, icon="update")
    def ask_reschedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The candidate is to choose again; the seat is kept meanwhile."""
        words = {"asked": "reschedule", "title": _("Ask the candidate for another time"), "submit_text": _("Ask")}
        done, untold = _("The candidate is being asked."), _("Noted: another time is needed.")
        return self._answer(request, object_id, ask_reschedule, done=done, untold=untold, **words)

    @action(
        description=_("Reject"),
        url_path="reject",
        permissions=MAY_DECIDE,
        icon="close",
        variant=ActionVariant.DANGER,
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say no to a request."""
        booking = find(Booking, object_id)
        title = _("Reject the move") if booking.requested_slot_id else _("Reject the request")
        button = answer_labels(booking.requested_slot_id)[1]
        words = {"asked": "reject", "title": title, "submit_text": button, "danger": True}
        if booking.requested_slot_id:  # of a move it is always the time
            untold = _now("Move rejected: %(when)s stands.") % {"when": booking_start(booking)}
            done = _now("%(done)s The candidate is being told.") % {"done": untold}
            return self._answer(request, object_id, reject_booking, done=done, untold=untold, **words)
        form = RejectForm(request.POST or None, initial={"version": booking.version})

        def decide() -> Outcome:
            data = form.cleaned_data
            return reject_booking(
                str(booking.pk),
                expected_version=data["version"],
                actor=login(request),
                reason=data["reason"],
                rejection=Rejection(data["rejection"]),
            )

        return self._ask(request, booking, form, decide, **words)

    def _answer(
        self, request: HttpRequest, object_id: str, use_case: Callable[..., Outcome], **words: Any
    ) -> HttpResponse:
        booking = find(Booking, object_id)
        form = DecisionForm(request.POST or None, initial={"version": booking.version})

        def decide() -> Outcome:
            data = form.cleaned_data
            return use_case(
                str(booking.pk), expected_version=data["version"], actor=login(request), reason=data["reason"]
            )

        return self._ask(request, booking, form, decide, **words)

    def _ask(
        self,
        request: HttpRequest,
        booking: Booking,
        form: forms.Form,
        decide: Callable[[], Outcome],
        *,
        asked: str,
        done: Any = "",
        untold: Any = "",
        **words: Any,
    ) -> HttpResponse:
        """Ask, decide and tell the outcome; where nothing is left to decide, say so and lead back.

        ``asked``: what for, as in ``_left_to_decide``. ``done`` stands for a good one's own text, ``untold`` where the
        candidate can't be told.
        """
        here = back_to(request, reverse("admin:scheduling_booking_change", args=[booking.pk]))

        def act() -> Done:
            return Done(here, told(decide(), booking.telegram_id, done, untold))

        if asked not in _left_to_decide(booking):
            return _nothing_done(request, booking, here)
        if form.is_valid():
            try:
                return send_once(request, act)
            except RefusedError as error:
                show_refusal(form, error)
            except AlreadyDecidedError:
                return _nothing_done(request, booking, here)
            except NotDoneError as error:
                if error.outcome is Outcome.VERSION_CONFLICT:
                    tell_outcome(request, False, changed_text(booking.pk))
                    return HttpResponseRedirect(here)
                tell_outcome(request, False, refusal_text(error.outcome))
        facts = (str(booking), booking_start(booking), place_of(booking_venue(booking)), move_of(booking))
        intro = " · ".join(filter(None, facts))
        words["note"] = by_hand_line(booking.telegram_id)
        return page(self, request, "staffkit/form_page.html", obj=booking, form=form, intro=intro, back=here, **words)


def _left_to_decide(booking: Booking) -> set[str]:
    """What can still be done about it, by the last word of each action's name."""
    if not booking.live:
        return set()
    if booking.status == BookingStatus.OFFERED:  # theirs to take or pass first
        return {"cancel"}
    useful = {"move", "cancel"}
    if booking.status == BookingStatus.PENDING or booking.requested_slot_id:
        asked = booking.reschedule_asked or booking.requested_slot_id
        useful |= {"approve", "reject"} | (set() if asked else {"reschedule"})
    return useful


def _nothing_done(request: HttpRequest, booking: Booking, here: str) -> HttpResponse:
    messages.warning(request, nothing_done_text(booking.pk))
    return HttpResponseRedirect(here)


def _approved(booking: Booking) -> tuple[Any, Any]:
    """What is said of a yes, with the promise that its candidate is told and without; of a move what it changed."""
    if changes := changes_of_move(booking):
        untold = _now("Move approved: %(changes)s.") % {"changes": changes}
        return _now("%(done)s The candidate is being told.") % {"done": untold}, untold
    return _("Approved. The candidate is being told."), _("Approved.")


def _slots_for(booking: Booking, request: HttpRequest) -> list[tuple[str, Slot]]:
    """The event's coming slots with a free seat, of those the login may see."""
    own = INTERVIEWS.match(scope_of(request))
    query = {**own, "event_id": booking.event_id, "has_room": True, "starts_at": {"$gt": clock.now()}}
    slots = load_slots({**query, "_id": {"$ne": booking.slot_id}}, limit=MOST_CHOICES)
    return [(name_of(slot), slot) for slot in slots]
