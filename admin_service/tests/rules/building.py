"""Small worlds for the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from scheduling.domain.answering import Approve, AskReschedule, Reject, WithdrawMove
from scheduling.domain.attendance import AnnounceDelay, AnswerAttendance
from scheduling.domain.booking import Cancel, Move
from scheduling.domain.commands import Actor, ActorKind, Book
from scheduling.domain.marking import MarkOutcome
from scheduling.domain.model import Booking, Candidate, Place, Policy, Slot, State
from scheduling.domain.proposals import AnswerProposedTime, ProposeTime
from scheduling.domain.seat_offers import OfferSeat, PassSeatOffer, TakeSeatOffer
from shared_contracts.attendance import Attendance, Coming, DelayMinutes
from shared_contracts.directory import BookingStatus
from shared_contracts.venue import Venue

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PLACE = Place(
    "Москва", "Europe/Moscow", Venue(location="Офис на Тверской", room="3.14"), "Ольга Смирнова", "Аналитики", None
)
OLGA = 5001
"""Olga the recruiter's Telegram id."""
DEPUTY = 5003
"""Of who stands in for her."""


def key(number: int = 0) -> str:
    """A message id."""
    return str(UUID(int=number))


def candidate(number: int, allowed: bool = True) -> Candidate:
    """Candidate number 1, 2, …: their id and Telegram id follow from it."""
    return Candidate(id=f"person-{number}", telegram_id=1000 + number, allowed=allowed)


def slot(name: str, starts_in: timedelta = timedelta(days=2), capacity: int = 1, **fields: Any) -> Slot:
    """A slot of 20 minutes that closes two hours before its start."""
    starts_at = NOW + starts_in
    made = Slot(
        id=name,
        event_id="event",
        city_id="moscow",
        recruiter_id="olga",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=20),
        closes_at=starts_at - timedelta(hours=2),
        capacity=capacity,
        holders=frozenset(),
        is_active=True,
        place=PLACE,
        recruiter_telegram_id=OLGA,
        recruiter_deputy_telegram_id=DEPUTY,
    )
    return replace(made, **fields)


def world(*slots: Slot, people: int = 3, **policy: Any) -> State:
    """Slots, candidates 1 to ``people``, one event."""
    rules = Policy(id="event", **policy)
    everyone = [candidate(number) for number in range(1, people + 1)]
    return State(
        candidates={person.telegram_id: person for person in everyone},
        policies={"event": rules, "other": replace(rules, id="other")},
        slots={item.id: item for item in slots},
    )


def with_booking(state: State, number: int, slot_id: str, name: str = "booking", **fields: Any) -> State:
    """The state with candidate ``number`` booked in ``slot_id``."""
    seat, person = state.slots[slot_id], candidate(number)
    booking = Booking(
        name, person.id, person.telegram_id, seat.event_id, slot_id, seat.starts_at, seat.ends_at, BookingStatus.BOOKED
    )
    booking = changed(booking, **fields)
    after = state.copy()
    after.bookings[name] = booking
    if booking.live:
        for held in filter(None, (booking.slot_id, booking.requested_slot_id)):
            after.slots[held] = replace(after.slots[held], holders=after.slots[held].holders | {person.id})
    return after


def changed(booking: Booking, **fields: Any) -> Booking:
    """The booking with other values, also of what its candidate has said about coming."""
    said = {name: fields.pop(name) for name in Coming.model_fields if name in fields}
    return replace(booking, coming=booking.coming.model_copy(update=said), **fields)


def by(number: int) -> Actor:
    """Candidate ``number`` in chat."""
    return Actor(ActorKind.CANDIDATE, str(1000 + number))


STAFF = Actor(ActorKind.STAFF, "coordinator")
SYSTEM = Actor(ActorKind.SYSTEM, "job")
RECRUITER = Actor(ActorKind.RECRUITER, str(OLGA))


def book(number: int, slot_id: str, **fields: Any) -> Book:
    """Candidate ``number`` asks for a seat."""
    return replace(Book(key(number), by(number), 1000 + number, "event", slot_id, f"new-{number}"), **fields)


def move(number: int, slot_id: str, **fields: Any) -> Move:
    """Candidate ``number`` asks to move ``booking``."""
    return replace(Move(key(number), by(number), "booking", 1, slot_id), **fields)


def cancel(number: int, **fields: Any) -> Cancel:
    """Candidate ``number`` gives ``booking`` up."""
    return replace(Cancel(key(number), by(number), "booking", 1), **fields)


def withdraw_move(number: int, **fields: Any) -> WithdrawMove:
    """Candidate ``number`` asks for no other slot any more."""
    return replace(WithdrawMove(key(number), by(number), "booking", 1), **fields)


def approve(**fields: Any) -> Approve:
    """Olga says yes to ``booking``."""
    return replace(Approve(key(), RECRUITER, "booking", 1), **fields)


def reject(**fields: Any) -> Reject:
    """Olga says no to ``booking``."""
    return replace(Reject(key(), RECRUITER, "booking", 1, reason="Позиция закрыта"), **fields)


def ask_reschedule(**fields: Any) -> AskReschedule:
    """Olga wants another time for ``booking``."""
    return replace(AskReschedule(key(), RECRUITER, "booking", 1), **fields)


def offer(number: int, slot_id: str, **fields: Any) -> OfferSeat:
    """A seat for candidate ``number`` of the waiting list."""
    return replace(OfferSeat(key(number), SYSTEM, 1000 + number, "event", slot_id, "booking"), **fields)


def take(number: int, **fields: Any) -> TakeSeatOffer:
    """Candidate ``number`` takes the seat that ``booking`` holds for them."""
    return replace(TakeSeatOffer(key(), by(number), "booking", 1), **fields)


def pass_on(number: int, **fields: Any) -> PassSeatOffer:
    """Candidate ``number`` lets it go to the next."""
    return replace(PassSeatOffer(key(), by(number), "booking", 1), **fields)


def says(number: int, answer: Attendance, **fields: Any) -> AnswerAttendance:
    """Candidate ``number`` says whether they come to ``booking``, which is in two days."""
    starts_at = NOW + timedelta(days=2)
    return replace(AnswerAttendance(key(), by(number), "booking", None, starts_at, answer), **fields)


def late(number: int, minutes: DelayMinutes = 10, **fields: Any) -> AnnounceDelay:
    """Candidate ``number`` says how late they will be for ``booking``, which is in two days."""
    starts_at = NOW + timedelta(days=2)
    return replace(AnnounceDelay(key(), by(number), "booking", None, starts_at, minutes), **fields)


def propose_time(slot_id: str, **fields: Any) -> ProposeTime:
    """Olga offers the candidate of ``booking`` another time."""
    return replace(ProposeTime(key(), RECRUITER, "booking", 1, slot_id), **fields)


def answer_proposed_time(number: int, slot_id: str, take: bool, **fields: Any) -> AnswerProposedTime:
    """Candidate ``number`` takes the offered time or keeps their own."""
    return replace(AnswerProposedTime(key(), by(number), "booking", None, slot_id, take), **fields)


def mark(status: BookingStatus | None, **fields: Any) -> MarkOutcome:
    """Olga says how ``booking`` went."""
    return replace(MarkOutcome(key(), RECRUITER, "booking", 1, status), **fields)
