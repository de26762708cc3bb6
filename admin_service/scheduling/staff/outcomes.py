"""What staff are told of an outcome (R2)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.mongo import collection
from people.services.reach import path_to_tell
from people.staff.reaching import why_by_hand
from scheduling.models import STATUS_LABELS
from shared_contracts.booking import Outcome

GOOD = frozenset({Outcome.BOOKED, Outcome.PENDING_APPROVAL, Outcome.MOVED, Outcome.CANCELLED, Outcome.REJECTED})

_TOLD: dict[Outcome, Any] = {
    Outcome.BOOKED: _("Booked. The candidate is being told."),
    Outcome.PENDING_APPROVAL: _("The request awaits approval."),
    Outcome.MOVED: _("Moved. The candidate is being told."),
    Outcome.CANCELLED: _("Cancelled. The candidate is being told."),
    Outcome.REJECTED: _("Rejected. The candidate is being told."),
}
_NOT_DONE: dict[Outcome, Any] = {
    Outcome.SLOT_FULL: _("No seat is free in this slot. Choose another, or raise its capacity."),
    Outcome.SLOT_CLOSED: _("The slot is closed for booking. You may go past the limits, with a reason."),
    Outcome.SLOT_NOT_FOUND: _("There is no such slot in this interview event."),
    Outcome.WRONG_RECRUITER: _("The slot has another recruiter by now. Look again."),
    Outcome.WRONG_CITY: _("The slot is in another city by now. Look again."),
    Outcome.WRONG_PLACE: _("The slot is at another place by now. Look again."),
    Outcome.ALREADY_BOOKED: _("The candidate has a live booking in this event, or at this time."),
    Outcome.BOOKING_NOT_FOUND: _("There is no such booking."),
    Outcome.TOO_LATE: _("It is too late for that. You may go past the limits, with a reason."),
    Outcome.MOVE_LIMIT: _("The booking has been moved as often as allowed. You may go past the limits, with a reason."),
    Outcome.VERSION_CONFLICT: _("The booking has changed since you opened this page. Look again, then decide."),
    Outcome.EXPIRED: _("The request has expired."),
    Outcome.NOT_ALLOWED: _("This person is not on the allow list."),
    Outcome.FAILED: _("It failed. Try again."),
}
_DONE: dict[Outcome, Any] = {
    Outcome.BOOKED: _("Booked."),
    Outcome.PENDING_APPROVAL: _("The request awaits approval."),
    Outcome.MOVED: _("Moved."),
    Outcome.CANCELLED: _("Cancelled."),
    Outcome.REJECTED: _("Rejected."),
}
_DECIDED = _("This was decided meanwhile. Nothing was done: look again.")
_STATUSES = dict(STATUS_LABELS)


class NotDoneError(Exception):
    """What staff asked for was decided otherwise; nothing was changed."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def told(outcome: Outcome, telegram_id: int, done: Any = "", done_untold: Any = "") -> str:
    """The text of a good outcome, which promises no word to a candidate whom the bot can't write to.

    Args:
        outcome: how it ended.
        telegram_id: the candidate's.
        done: in place of the outcome's own text; ``done_untold``: the same without a promise.

    Raises:
        NotDoneError: it is no good one.
    """
    if outcome not in GOOD:
        raise NotDoneError(outcome)
    by_hand = by_hand_line(telegram_id)
    return f"{done_untold or _DONE[outcome]} {by_hand}" if by_hand else str(done or _TOLD[outcome])


def by_hand_line(telegram_id: int) -> str:
    """Why a candidate has to be told by hand; empty where the bot's word reaches them."""
    person = collection("users").find_one({"telegram_id": telegram_id})
    return why_by_hand(path_to_tell(person)) if person else ""


def refusal_text(outcome: Outcome) -> str:
    """Why it was not done, in the reader's language, with the next step: never words of what another has done."""
    return str(_NOT_DONE.get(outcome, _DECIDED))


def status_label(status: str) -> str:
    """The status of a booking, or of answers to a questionnaire, in the reader's language."""
    return str(_STATUSES.get(status, status))
