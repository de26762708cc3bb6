"""What staff do to bookings in the desk. They may act past cut-offs, with a reason (FR10)."""

import uuid
from collections.abc import Sequence
from functools import partial

from bson import ObjectId
from django.utils.translation import gettext as _

from common import correlation
from common.mongo import collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from people.models import Candidate
from people.services.people import restore_candidates, save_candidate
from scheduling.domain.answering import Approve, AskReschedule, Reject
from scheduling.domain.booking import Cancel, Move, RemoveCandidate
from scheduling.domain.commands import Actor, ActorKind, Book, BookingCommand
from scheduling.domain.decide import AnyCommand
from scheduling.domain.decisions import Decision
from scheduling.domain.marking import MarkOutcome
from scheduling.domain.proposals import ProposeTime
from scheduling.services.batch import carry_out
from scheduling.services.editing.choices import carry_out_choices
from scheduling.services.impact import AS_IT_COMES, Choices, note_impact, standing
from scheduling.services.requests import Request
from scheduling.services.waiting_ends import go_on, pause
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus, Rejection

_SO_ALREADY = frozenset(
    {Outcome.BOOKED, Outcome.PENDING_APPROVAL, Outcome.MOVED, Outcome.CANCELLED, Outcome.REJECTED, Outcome.EXPIRED}
)
"""Of a command that has changed nothing: how the booking had ended, or stood, before."""


class AlreadyDecidedError(Exception):
    """It was decided before, as asked for or otherwise; nothing was done. ``booking_id``: what about."""

    def __init__(self, booking_id: str) -> None:
        super().__init__(f"booking {booking_id}")
        self.booking_id = booking_id


def book_for(telegram_id: int, slot_id: str, *, actor: str, reason: str, beyond_limits: bool = False) -> Outcome:
    """Book a seat for a candidate on the allow list.

    Args:
        telegram_id: the candidate's.
        actor: the staff login.
        reason: goes into the audit trail; needed with ``beyond_limits``.
        beyond_limits: past the cut-off and in inactive slots; never past capacity.

    Raises:
        RefusedError: ``beyond_limits`` without a reason.
    """
    _require_reason(reason, beyond_limits)
    slot = collection("interview_slots").find_one({"_id": ObjectId(slot_id)}, {"event_id": 1})
    if slot is None:
        return Outcome.SLOT_NOT_FOUND
    booking_id, event_id = str(ObjectId()), str(slot["event_id"])
    command = Book(
        _key(),
        _staff(actor),
        telegram_id,
        event_id,
        slot_id,
        booking_id,
        reason=reason,
        beyond_limits=beyond_limits,
    )
    return _decide(command)


def move_booking(
    booking_id: str,
    slot_id: str,
    *,
    expected_version: int | None,
    actor: str,
    reason: str,
    beyond_limits: bool = False,
) -> Outcome:
    """Move a booking; the candidate is told. Arguments and errors as for ``book_for``.

    Raises:
        AlreadyDecidedError: it has ended; so of every command about a booking.
    """
    _require_reason(reason, beyond_limits)
    command = Move(
        _key(),
        _staff(actor),
        booking_id,
        expected_version,
        slot_id,
        reason=reason,
        beyond_limits=beyond_limits,
    )
    return _decide(command)


def cancel_booking(
    booking_id: str,
    *,
    expected_version: int | None,
    actor: str,
    reason: str,
    beyond_limits: bool = False,
    withdraws_slot: bool = False,
) -> Outcome:
    """Cancel a booking; the candidate is told. Arguments and errors as for ``book_for``.

    ``withdraws_slot``: and take its slot off offer; who else is booked in it stays.
    """
    _require_reason(reason, beyond_limits)
    command = Cancel(
        _key(),
        _staff(actor),
        booking_id,
        expected_version,
        reason=reason,
        beyond_limits=beyond_limits,
        withdraws_slot=withdraws_slot,
    )
    return _decide(command)


def approve_booking(booking_id: str, *, expected_version: int | None, actor: str, reason: str = "") -> Outcome:
    """Say yes to a request; the candidate is told."""
    return _decide(Approve(_key(), _staff(actor), booking_id, expected_version, reason=reason))


def reject_booking(
    booking_id: str,
    *,
    expected_version: int | None,
    actor: str,
    reason: str = "",
    rejection: Rejection | None = None,
) -> Outcome:
    """Say no to a request, to its time or to the person; the candidate is told, with the reason."""
    return _decide(Reject(_key(), _staff(actor), booking_id, expected_version, reason=reason, rejection=rejection))


def ask_reschedule(booking_id: str, *, expected_version: int | None, actor: str, reason: str = "") -> Outcome:
    """Ask the candidate of a request to choose another time; the request keeps its seat meanwhile."""
    return _decide(AskReschedule(_key(), _staff(actor), booking_id, expected_version, reason=reason))


def propose_time(
    booking_id: str, slot_id: str, *, expected_version: int | None, actor: str, reason: str = ""
) -> Outcome:
    """Propose another of the recruiter's slots to a candidate who asked for another time; they are told."""
    return _decide(ProposeTime(_key(), _staff(actor), booking_id, expected_version, slot_id, reason=reason))


def mark_outcome(
    booking_id: str, mark: BookingStatus | None, *, expected_version: int | None, actor: str, reason: str = ""
) -> Outcome:
    """Say how an interview went, from its start on; None takes the mark back, at any time.

    Args:
        mark: one of ``shared_contracts.booking.MARKS``; twice is as once.

    Raises:
        AlreadyDecidedError: it does not take place.
    """
    return _decide(MarkOutcome(_key(), _staff(actor), booking_id, expected_version, mark, reason=reason))


def remove_candidates(
    candidate_ids: Sequence[str],
    *,
    keep_bookings: bool,
    actor: str,
    reason: str,
    choices: Choices = AS_IT_COMES,
) -> list[str]:
    """Take people off the allow list (FR2), all or none of them.

    Args:
        candidate_ids: ids of candidates; those already off the list are passed over.
        keep_bookings: live bookings stay and are still reminded, and moves that were asked for end; otherwise they are
            cancelled. The people are told either way.
        actor: the staff login.
        reason: told to those who have a booking.
        choices: of single bookings of which the other becomes.

    Returns:
        The ids of those who were taken off.

    Raises:
        ChoiceRefusedError: one of the bookings can't be ended.
    """
    staff = _staff(actor)

    def work() -> list[str]:
        removed = [item for item in candidate_ids if _take_off(item, actor)]
        pause(removed, actor=actor)
        theirs = {"user_id": {"$in": [ObjectId(item) for item in removed]}, "live": True}
        note_impact(lambda: standing(list(collection("bookings").find(theirs, session=current_session()))))
        carry_out_choices(choices)
        for item in removed:
            kept = choices.kept
            command = RemoveCandidate(_key(), staff, item, reason=reason, keeps_bookings=keep_bookings, kept=kept)
            carry_out(Request(command, "desk", correlation.current()))
        return removed

    return tried_again(lambda: in_transaction(work))


def put_back(candidate_ids: Sequence[str], *, actor: str) -> int:
    """Put people back on the allow list, where they wait for seats as before; the answer is how many were off it."""
    return restore_candidates(candidate_ids, actor=actor, then=partial(go_on, actor=actor))


def _take_off(candidate_id: str, actor: str) -> bool:
    candidate = Candidate.objects.filter(pk=ObjectId(candidate_id), is_allowed=True).first()
    if candidate is None:
        return False
    candidate.is_allowed = False
    save_candidate(candidate, actor=actor)
    return True


def _decide(command: AnyCommand) -> Outcome:
    """How it ended, where it was done now or can't be; that it was so before is no outcome of this press.

    Raises:
        AlreadyDecidedError: it was decided before.
    """
    decision = tried_again(lambda: carry_out(Request(command, "desk", correlation.current())))
    assert decision.outcome is not None
    if isinstance(command, BookingCommand) and decision.booking and _is_past(decision):
        raise AlreadyDecidedError(command.booking_id)
    return decision.outcome


def _is_past(decision: Decision) -> bool:
    """Whether nothing was done since there is nothing left to decide. A mark that is there already is as was asked."""
    if decision.changed or (isinstance(decision.command, MarkOutcome) and decision.outcome is Outcome.BOOKED):
        return False
    has_ended = decision.booking is not None and not decision.booking.live
    return decision.outcome in _SO_ALREADY or (has_ended and decision.outcome is Outcome.TOO_LATE)


def _require_reason(reason: str, beyond_limits: bool) -> None:
    if beyond_limits and not reason.strip():
        raise RefusedError({"reason": _("Say why: you are acting past a limit.")})


def _key() -> str:
    return str(uuid.uuid4())


def _staff(actor: str) -> Actor:
    return Actor(ActorKind.STAFF, actor)
