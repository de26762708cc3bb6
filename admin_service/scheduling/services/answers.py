"""How who asked is answered, and the inbox, in which answers are kept for repeats."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from common.mongo import Document, collection, current_session
from messaging.outbox import Outgoing
from scheduling.domain.booking import Move
from scheduling.domain.commands import ActorKind, Book
from scheduling.domain.decide import AnyCommand
from scheduling.domain.decisions import Decision
from scheduling.domain.events import BookingEvent
from scheduling.domain.model import Slot, State
from scheduling.services.candidate_news import derived_id
from scheduling.services.reading.calendar_entries import calendar_change
from scheduling.services.requests import InChat, Request
from scheduling.services.serializing import booking_view, slot_views
from scheduling.services.store.slots import alternatives_for
from shared_contracts.booking import SLOT_GONE, BookingResult, ConfirmBookingAnswer, Outcome
from shared_contracts.calendars import CalendarEntry
from shared_contracts.card import RecruiterCard
from shared_contracts.transport.topology import BOOKING_EVENT, BOOKING_RESULT


class KeyReusedError(ValueError):
    """The same idempotency key came with another request."""


def known_answers(requests: Sequence[Request]) -> dict[str, ConfirmBookingAnswer]:
    """The stored answers of requests that were decided before, by key.

    Raises:
        KeyReusedError: a key came again with another fingerprint.
    """
    keys = [request.command.key for request in requests]
    rows = collection("inbox").find({"_id": {"$in": keys}}, session=current_session())
    stored = {row["_id"]: row for row in rows}
    for request in requests:
        row = stored.get(request.command.key)
        if row and request.fingerprint != row["fingerprint"]:
            raise KeyReusedError(request.command.key)
    return {key: ConfirmBookingAnswer.model_validate_json(row["answer"]) for key, row in stored.items()}


def answer(command: AnyCommand, decision: Decision, after: State, now: datetime) -> ConfirmBookingAnswer | None:
    """The answer to a request about one booking; None where there is nobody to be answered in that way."""
    if decision.outcome is None:
        return None
    event_id = _event_to_choose_in(command, decision.outcome, after)
    return ConfirmBookingAnswer(
        request_id=UUID(command.key),
        outcome=decision.outcome,
        decided_at=now,
        booking=booking_view(decision.booking, after),
        alternatives=slot_views(_alternatives(command, decision, event_id, after, now)) if event_id else [],
    )


def result(
    request: Request,
    chat: InChat,
    decision: Decision,
    given: ConfirmBookingAnswer,
    card: RecruiterCard | None,
    after: State,
) -> Outgoing:
    """The answer as a message to the chat it was asked in; ``card`` goes with it to a recruiter, who sees no more."""
    message = BookingResult(
        message_id=derived_id(request.command.key, "result"),
        correlation_id=request.correlation_id,
        occurred_at=given.decided_at,
        request_id=given.request_id,
        event_type=chat.event_type,
        outcome=given.outcome,
        decided_at=given.decided_at,
        user_telegram_id=chat.user_telegram_id,
        reply=chat.reply,
        booking=card.booking if card else given.booking,
        alternatives=given.alternatives,
        withdrawn=_is_withdrawn(request.command, given.outcome, after),
        card=card,
        calendar_entry=_calendar(decision, after) if request.command.actor.kind is ActorKind.CANDIDATE else None,
    )
    return Outgoing(BOOKING_RESULT, message)


def inbox_rows(requests: Iterable[Request], answers: dict[str, ConfirmBookingAnswer], now: datetime) -> list[Document]:
    """What is kept so that a repeat gets the same answer; a scan asks anew each time."""
    return [
        {
            "_id": request.command.key,
            "queue": BOOKING_EVENT.name if request.via == "chat" else request.via,
            "fingerprint": request.fingerprint,
            "answer": answers[request.command.key].model_dump_json(),
            "created_at": now,
            "updated_at": now,
        }
        for request in requests
        if request.command.actor.kind is not ActorKind.SYSTEM and request.command.key in answers
    ]


def _calendar(decision: Decision, after: State) -> CalendarEntry | None:
    events = (event for event in decision.events if isinstance(event, BookingEvent))
    return next((calendar_change(event, after) for event in events), None)


def _is_withdrawn(command: AnyCommand, outcome: Outcome, after: State) -> bool:
    """Whether the slot can't be had since staff took it, its recruiter or its city off, and not for another reason."""
    slot = after.slots.get(getattr(command, "slot_id", ""))
    return outcome in {Outcome.SLOT_CLOSED, Outcome.WRONG_RECRUITER} and slot is not None and not slot.is_offered


def _alternatives(command: AnyCommand, decision: Decision, event_id: str, after: State, now: datetime) -> list[Slot]:
    """Slots to choose from; the asked one among them where something about it has changed."""
    return alternatives_for(event_id, after, now, without=_refused_slots(command, decision, after))


def _refused_slots(command: AnyCommand, decision: Decision, after: State) -> set[str]:
    """What a recruiter has said no to for who asks; staff may book it all the same."""
    if command.actor.kind is not ActorKind.CANDIDATE:
        return set()
    person = after.candidates.get(getattr(command, "telegram_id", 0))
    booking = after.bookings.get(getattr(command, "booking_id", "")) or decision.booking
    candidate_id = person.id if person else booking.candidate_id if booking else None
    said = {item for asked_by, item in after.rejected if asked_by == candidate_id}
    return said | (booking.rejected_slot_ids if booking else set())


def _event_to_choose_in(command: AnyCommand, outcome: Outcome, after: State) -> str | None:
    """The interview event in which who asked can choose another slot, where theirs is not to be had."""
    if command.actor.kind not in {ActorKind.CANDIDATE, ActorKind.STAFF}:
        return None
    if outcome not in SLOT_GONE and not (outcome is Outcome.REJECTED and _is_no_to_the_slot(command, after)):
        return None
    booking = after.bookings.get(getattr(command, "booking_id", ""))
    if booking:
        return booking.event_id
    event_id = getattr(command, "event_id", None)
    policy = after.policies.get(event_id or "")
    return event_id if policy is not None and policy.is_open else None  # nothing new in an event that is closed


def _is_no_to_the_slot(command: AnyCommand, after: State) -> bool:
    """Whether a no that was said before leaves the event's other slots to be asked for."""
    if isinstance(command, Book):
        return (after.candidates[command.telegram_id].id, command.event_id) not in after.rejected
    return isinstance(command, Move)
