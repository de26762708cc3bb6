"""What the audit trail keeps of a booking."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from scheduling.domain.model import (
    AnswerAttendance,
    AnswerTime,
    AskReschedule,
    Booking,
    Decision,
    MarkOutcome,
    Offer,
    OfferTime,
    PassOffer,
    TakeOffer,
)
from shared_contracts.booking import Outcome
from shared_contracts.directory import Attendance

_BOOKING_FIELDS = (
    "status",
    "slot_id",
    "requested_slot_id",
    "starts_at",
    "version",
    "expires_at",
    "attendance",
    "offered_slot_id",
    "marked_at",
)
_ACTIONS = {
    (AskReschedule, Outcome.PENDING_APPROVAL): "reschedule_asked",
    (Offer, Outcome.BOOKED): "offered",
    (TakeOffer, Outcome.BOOKED): "offer_taken",
    (TakeOffer, Outcome.PENDING_APPROVAL): "offer_taken",
    (PassOffer, Outcome.CANCELLED): "offer_passed",
    (OfferTime, Outcome.BOOKED): "time_offered",
    (AnswerTime, Outcome.MOVED): "time_taken",
    (AnswerTime, Outcome.BOOKED): "time_kept",
}
_ANSWERS = {
    Attendance.CONFIRMED: "attendance_confirmed",
    Attendance.DECLINED: "attendance_declined",
    Attendance.RESCHEDULE_ASKED: "reschedule_wanted",
}


def action(decision: Decision) -> str:
    """What the audit trail calls a decision that changed something."""
    command = decision.command
    if isinstance(command, AnswerAttendance):
        return _ANSWERS[command.answer]
    if isinstance(command, MarkOutcome):
        return "outcome_marked" if command.mark else "mark_taken_back"
    if isinstance(command, AnswerTime) and decision.outcome not in {Outcome.MOVED, Outcome.BOOKED}:
        return "time_gone"
    special = _ACTIONS.get((type(command), decision.outcome))
    return special or (decision.outcome.value if decision.before else "created")


def booking_facts(booking: Booking | None) -> dict[str, Any] | None:
    """A booking's telling fields; no names."""
    if booking is None:
        return None
    facts = asdict(booking)
    return {name: _plain(facts[name]) for name in _BOOKING_FIELDS}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
