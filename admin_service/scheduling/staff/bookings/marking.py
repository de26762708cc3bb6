"""How an interview went, as staff mark it on the booking's page, in one press."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from common import clock
from scheduling.models import STATUS_LABELS, Booking
from scheduling.services.staff_commands import AlreadyDecidedError, mark_outcome
from scheduling.staff.bookings.standing import changed_text, nothing_done_text
from scheduling.staff.outcomes import refusal_text
from shared_contracts.booking import INTERVIEW_STATUSES, MARKS, Outcome
from shared_contracts.directory import BookingStatus
from staffkit.coming_back import back_to
from staffkit.pages.kinds import ReadOnlyAdmin
from staffkit.views import find, login, may, tell_outcome

MAY_MARK = ["scheduling.change_booking"]
TAKE_BACK = "take_back"
_LABELS = dict(STATUS_LABELS)


class MarkForm(forms.Form):
    """A mark on the booking as it was shown."""

    version = forms.IntegerField(min_value=1)
    mark = forms.ChoiceField(choices=[(mark.value, mark.value) for mark in MARKS] + [(TAKE_BACK, TAKE_BACK)])


class MarkingAdmin(ReadOnlyAdmin):
    """Bookings whose outcome can be marked."""

    def outcome_of(self, request: HttpRequest, booking: Booking) -> dict[str, Any]:
        """The buttons for the booking's page: none before the start, and none for who may only look."""
        if not may(request, *MAY_MARK) or booking.status not in INTERVIEW_STATUSES or clock.now() < booking.starts_at:
            return {}
        marks = [(mark.value, capfirst(str(_LABELS[mark.value])), mark == booking.status) for mark in MARKS]
        if booking.status in MARKS:
            marks.append((TAKE_BACK, _now("Take the mark back"), False))
        return {"marks": marks, "mark_url": reverse("admin:scheduling_booking_mark", args=[booking.pk])}

    @action(description=_("How did it go?"), url_path="mark", permissions=MAY_MARK)
    def mark(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark the outcome, or take the mark back."""
        booking = find(Booking, object_id)
        form = MarkForm(request.POST)
        if request.method == "POST" and form.is_valid():
            chosen, version = form.cleaned_data["mark"], form.cleaned_data["version"]
            mark = None if chosen == TAKE_BACK else BookingStatus(chosen)
            try:
                outcome = mark_outcome(str(booking.pk), mark, expected_version=version, actor=login(request))
            except AlreadyDecidedError:
                messages.warning(request, nothing_done_text(booking.pk))
            else:
                done = outcome is Outcome.BOOKED
                tell_outcome(request, done, _marked(mark) if done else why_not_marked(outcome, booking.pk))
        here = reverse("admin:scheduling_booking_change", args=[booking.pk])
        return HttpResponseRedirect(back_to(request, here))


def why_not_marked(outcome: Outcome, booking_id: Any) -> str:
    """Why a mark was not saved; of a booking that has changed, what it is now."""
    if outcome is Outcome.TOO_LATE:
        return _now("The interview has not begun yet.")
    return changed_text(booking_id) if outcome is Outcome.VERSION_CONFLICT else refusal_text(outcome)


def _marked(mark: BookingStatus | None) -> str:
    if mark is None:
        return _now("The mark has been taken back.")
    return _now("Marked: %(mark)s.") % {"mark": _LABELS[mark.value]}
