"""Another time for candidates who ask for one: the recruiter proposes it, the candidate takes it or stays (R8)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from common.texts.translation import to_translate as _
from scheduling.domain.attendance import past_answering, with_answer
from scheduling.domain.changes import changed_since_shown, next_version, overlaps, settled_in
from scheduling.domain.commands import BookingCommand, Shown
from scheduling.domain.decisions import Decision, changed
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Booking, Slot, State
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion


@dataclass(frozen=True, slots=True)
class ProposeTime(BookingCommand):
    """Another of the recruiter's times, for somebody who asked for one."""

    slot_id: str
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True, slots=True)
class AnswerProposedTime(BookingCommand):
    """Yes or no to the proposed time in ``slot_id``."""

    slot_id: str
    take: bool
    shown: Shown = field(default_factory=Shown)


@dataclass(frozen=True, slots=True)
class WithdrawProposedTime(BookingCommand):
    """The proposed time in ``slot_id`` is not to be had any more: staff close the slot, or take it away."""

    slot_id: str


@dataclass(frozen=True, slots=True)
class TimeProposed(BookingEvent):
    """The recruiter proposes another time."""

    action = "time_offered"
    label = _("another time offered")


@dataclass(frozen=True, slots=True)
class ProposedTimeTaken(BookingEvent):
    """The booking has moved there."""

    action = "time_taken"
    label = _("the offered time taken")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.MOVED


@dataclass(frozen=True, slots=True)
class ProposedTimeDeclined(BookingEvent):
    """The candidate comes at the old time after all."""

    action = "time_kept"
    label = _("kept the time they had")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.OFFER_DECLINED


@dataclass(frozen=True, slots=True)
class ProposedTimeLost(BookingEvent):
    """The candidate said yes, but the seat was gone; they want another time still."""

    action = "time_gone"
    label = _("the offered time was gone")

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.RESCHEDULE_ASKED


@dataclass(frozen=True, slots=True)
class ProposedSlotEdited(BookingEvent):
    """Staff have changed the slot that is proposed: it is answered as it is now."""

    action = "proposal_changed"
    label = _("the offered time changed")


@dataclass(frozen=True, slots=True)
class ProposedTimeWithdrawn(BookingEvent):
    """The slot that was proposed is closed, or taken away; the candidate wants another time still."""

    action = "time_withdrawn"
    label = _("the offered time taken back")

    @property
    def occasion(self) -> CardOccasion | None:
        """Also where the recruiter takes the slot off: they spoke of another's interview, and are waited for here."""
        return self._occasion()

    def _occasion(self) -> CardOccasion | None:
        return CardOccasion.RESCHEDULE_ASKED


ProposalCommand = ProposeTime | AnswerProposedTime | WithdrawProposedTime
ProposalEvent = (
    TimeProposed
    | ProposedTimeTaken
    | ProposedTimeDeclined
    | ProposedTimeLost
    | ProposedSlotEdited
    | ProposedTimeWithdrawn
)


def decide_proposal(state: State, command: ProposalCommand, booking: Booking, now: datetime) -> Decision:
    """What recruiters and candidates say to each other of another time."""
    match command:
        case ProposeTime():
            return propose_time(state, command, booking, now)
        case AnswerProposedTime():
            return answer_proposed_time(state, command, booking, now)
        case WithdrawProposedTime():
            return _withdraw(command, booking)
        case _:
            assert_never(command)


def propose_time(state: State, command: ProposeTime, booking: Booking, now: datetime) -> Decision:
    """Another of the recruiter's slots is proposed, in place of what was before; nobody's seat is held there."""
    if past := past_answering(state, command, booking):
        return past
    if command.slot_id == booking.proposed_slot_id:
        return Decision(command, Outcome.BOOKED, booking)
    refusal = _refuse_proposal(state, command, booking, now)
    if refusal:
        return Decision(command, refusal, booking)
    proposed = next_version(replace(booking, proposed_slot_id=command.slot_id))
    return changed(command, Outcome.BOOKED, TimeProposed, booking, proposed)


def answer_proposed_time(state: State, command: AnswerProposedTime, booking: Booking, now: datetime) -> Decision:
    """The booking moves to the proposed slot, or stays. Twice is as once.

    Where the slot can't be had any more, the proposal goes and the wish for another time stays. One that is another
    now than the candidate saw stays proposed, to be seen as it is.
    """
    if past := past_answering(state, command, booking):
        return past
    if command.slot_id != booking.proposed_slot_id:
        return Decision(command, _answered_before(command, booking), booking)
    if now >= booking.starts_at:
        return Decision(command, Outcome.TOO_LATE, booking)
    if not command.take:
        kept = replace(with_answer(booking, None, None), proposed_slot_id=None)
        return changed(command, Outcome.BOOKED, ProposedTimeDeclined, booking, next_version(kept))
    slot = state.slots.get(command.slot_id)
    gone = refuse_seat(slot, booking, now)
    if gone or slot is None:
        outcome = gone or Outcome.SLOT_NOT_FOUND
        return changed(command, outcome, ProposedTimeLost, booking, without_proposal(booking))
    if another := changed_since_shown(slot, command.shown):
        return Decision(command, another, booking)
    others = [other for other in state.live_bookings_of(booking.candidate_id) if other.id != booking.id]
    if any(overlaps(state, other, slot) for other in others):
        return Decision(command, Outcome.ALREADY_BOOKED, booking)
    # What the recruiter proposes needs no approval and does not use up the candidate's moves.
    moved = next_version(settled_in(booking, slot))
    return changed(command, Outcome.MOVED, ProposedTimeTaken, booking, moved)


def _withdraw(command: WithdrawProposedTime, booking: Booking) -> Decision:
    if not booking.live or booking.proposed_slot_id != command.slot_id:
        return Decision(command, Outcome.VERSION_CONFLICT, booking)
    return changed(command, Outcome.BOOKED, ProposedTimeWithdrawn, booking, without_proposal(booking))


def without_proposal(booking: Booking) -> Booking:
    """One version up, with no time proposed; the wish for another one stays."""
    return next_version(replace(booking, proposed_slot_id=None))


def refuse_seat(slot: Slot | None, booking: Booking, now: datetime) -> Outcome | None:
    """Why the slot is not to be had for the booking: past the closing time and without a limit, but never too full."""
    if slot is None or slot.event_id != booking.event_id:
        return Outcome.SLOT_NOT_FOUND
    if not slot.is_offered or now >= slot.starts_at:
        return Outcome.SLOT_CLOSED
    # The seat of a move that awaits approval is the candidate's own already.
    if slot.free == 0 and booking.candidate_id not in slot.holders:
        return Outcome.SLOT_FULL
    return None


def _answered_before(command: AnswerProposedTime, booking: Booking) -> Outcome:
    """The same answer as before is as good as once; any other is about a proposal that does not stand any more."""
    if command.take:
        return Outcome.MOVED if command.slot_id == booking.slot_id else Outcome.VERSION_CONFLICT
    kept = booking.proposed_slot_id is None and booking.attendance is None
    return Outcome.BOOKED if kept else Outcome.VERSION_CONFLICT


def _refuse_proposal(state: State, command: ProposeTime, booking: Booking, now: datetime) -> Outcome | None:
    # Before the version: who proposes should hear that it is too late, not that something changed.
    if now >= booking.starts_at:
        return Outcome.TOO_LATE
    unasked = booking.attendance is not Attendance.RESCHEDULE_ASKED
    if unasked or command.expected_version not in (None, booking.version):
        return Outcome.VERSION_CONFLICT
    slot, own = state.slots.get(command.slot_id), state.slots.get(booking.slot_id)
    if slot is None or own is None or slot.id == own.id or slot.recruiter_id != own.recruiter_id:
        return Outcome.SLOT_NOT_FOUND
    return refuse_seat(slot, booking, now) or changed_since_shown(slot, command.shown)
