"""Deciding a batch of commands: a pure function of what is stored, what is asked and the time.

The consumer, the API, the desk and the jobs all decide here, and a booking changes in no other way. Order counts: an
earlier command's seat is gone for a later one in the same batch.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduling.domain.answering import (
    ApprovalEvent,
    Approve,
    AskReschedule,
    Expire,
    Reject,
    WithdrawMove,
    decide_approval,
)
from scheduling.domain.attendance import AttendanceCommand, AttendanceEvent, decide_attendance
from scheduling.domain.booking import (
    BookingChange,
    Cancel,
    Close,
    Move,
    RemoveCandidate,
    book,
    cancel,
    close,
    move,
    remove_candidate,
)
from scheduling.domain.changes import advance
from scheduling.domain.commands import ActorKind, Book, BookingCommand
from scheduling.domain.decisions import Decision
from scheduling.domain.editing import EditSlot, FollowingEvent, edit_slot
from scheduling.domain.marking import MarkingEvent, MarkOutcome, mark_outcome
from scheduling.domain.model import Booking, State
from scheduling.domain.proposals import (
    AnswerProposedTime,
    ProposalEvent,
    ProposeTime,
    WithdrawProposedTime,
    decide_proposal,
)
from scheduling.domain.recruiters_changes import change_interview
from scheduling.domain.seat_offers import PassSeatOffer, SeatOfferEvent, TakeSeatOffer, pass_on, take
from shared_contracts.booking import Outcome

CandidatesCommand = (
    Move | Cancel | WithdrawMove | TakeSeatOffer | PassSeatOffer | AttendanceCommand | AnswerProposedTime
)
"""What candidates may ask about their own bookings."""
AnyBookingCommand = (
    CandidatesCommand
    | Approve
    | Reject
    | AskReschedule
    | Expire
    | Close
    | ProposeTime
    | WithdrawProposedTime
    | MarkOutcome
)
AnyCommand = Book | AnyBookingCommand | EditSlot | RemoveCandidate
AnyBookingEvent = (
    BookingChange | ApprovalEvent | SeatOfferEvent | AttendanceEvent | ProposalEvent | MarkingEvent | FollowingEvent
)


def decide(state: State, commands: Sequence[AnyCommand], now: datetime) -> tuple[list[Decision], State]:
    """Decide ``commands`` in order.

    Args:
        state: what they touch; left as it is.
        commands: at most one per key.
        now: the moment of decision, aware UTC.

    Returns:
        One decision per command, and the state after them all.
    """
    working = state.copy()
    decisions = []
    for command in commands:
        decision = _decide_one(working, command, now)
        if decision.events:
            decision = replace(decision, events=(*decision.events, *advance(working, decision.events)))
        decisions.append(decision)
    return decisions, working


def _decide_one(state: State, command: AnyCommand, now: datetime) -> Decision:
    match command:
        case Book():
            return book(state, command, now)
        case EditSlot():
            return edit_slot(state, command, now)
        case RemoveCandidate():
            return remove_candidate(state, command)
    booking = state.bookings.get(command.booking_id)
    if booking is None or not _may_touch(state, command, booking):
        return Decision(command, Outcome.BOOKING_NOT_FOUND)
    if command.actor.kind is ActorKind.RECRUITER and isinstance(command, Move | Cancel):
        return change_interview(state, command, booking, now)
    return _decide_about(state, command, booking, now)


def _decide_about(state: State, command: AnyBookingCommand, booking: Booking, now: datetime) -> Decision:
    match command:
        case Move():
            return move(state, command, booking, now)
        case Cancel():
            return cancel(state, command, booking, now)
        case Approve() | Reject() | AskReschedule() | WithdrawMove() | Expire():
            return decide_approval(state, command, booking, now)
        case TakeSeatOffer():
            return take(state, command, booking, now)
        case PassSeatOffer():
            return pass_on(state, command, booking, now)
        case Close():
            return close(state, command, booking, now)
        case MarkOutcome():
            return mark_outcome(state, command, booking, now)
        case ProposeTime() | AnswerProposedTime() | WithdrawProposedTime():
            return decide_proposal(state, command, booking, now)
        case _:
            return decide_attendance(state, command, booking, now)


def _may_touch(state: State, command: BookingCommand, booking: Booking) -> bool:
    """Candidates their own bookings, recruiters and who stands in for them their own cards; staff and jobs all."""
    if command.actor.kind is ActorKind.CANDIDATE:
        return command.actor.ref == str(booking.telegram_id) and isinstance(command, CandidatesCommand)
    if command.actor.kind is ActorKind.RECRUITER:
        # A request is answered by whom it goes to; where the interview stands, by whose it is.
        answers = isinstance(command, Approve | Reject | AskReschedule)
        slot = state.slots.get((answers and booking.requested_slot_id) or booking.slot_id)
        return (
            (answers or isinstance(command, Move | Cancel | ProposeTime | MarkOutcome))
            and slot is not None
            and command.actor.ref in {str(item) for item in slot.deciders}
        )
    return True
