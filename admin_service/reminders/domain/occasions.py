"""Which decisions a recruiter is told of by a message of its own."""

from scheduling.domain.model import ActorKind, AnswerAttendance, AnswerTime, Decision
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import Attendance, BookingStatus

_BY_ANSWER = {
    Attendance.DECLINED: CardOccasion.CANT_COME,
    Attendance.RESCHEDULE_ASKED: CardOccasion.RESCHEDULE_ASKED,
}


def occasion(decision: Decision) -> CardOccasion | None:
    """What the decision is to the recruiter whose booking it is, or becomes.

    None where nothing changed for them, where they or their deputy did it themselves, and where the card of a request
    for approval tells it anyway.
    """
    before, after, command = decision.before, decision.after, decision.command
    if not decision.changed or after is None or command.actor.kind is ActorKind.RECRUITER:
        return None
    if isinstance(command, AnswerAttendance):
        return _BY_ANSWER.get(command.answer)
    was_booked = before is not None and before.status is BookingStatus.BOOKED
    if after.status is BookingStatus.CANCELLED:
        return CardOccasion.CANCELLED if was_booked else None
    if after.status is not BookingStatus.BOOKED:
        return None
    if before is None or not was_booked:
        return CardOccasion.BOOKED
    if after.slot_id != before.slot_id:
        return CardOccasion.MOVED
    if isinstance(command, AnswerTime):  # kept, or gone: then they want another one still
        return CardOccasion.OFFER_DECLINED if decision.outcome is Outcome.BOOKED else CardOccasion.RESCHEDULE_ASKED
    return None
