"""The one way a booking comes about, moves or ends: for the consumer, the API, the desk and the jobs.

One MongoDB transaction holds the whole effect of a batch: inbox, seats, bookings, automatic messages, audit, outbox.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common import audit, clock
from common.mongo import Document, collection, current_session, in_transaction
from messaging import caches, outbox
from reminders.services import ledger
from scheduling.domain.decide import decide
from scheduling.domain.model import ActorKind, AnyCommand, Booking, Decision, State
from scheduling.services import candidate_news, cards, loading, waiting_list
from scheduling.services.audit import action, booking_facts
from scheduling.services.card_deck import Deck
from scheduling.services.saving import GuardFailedError, write_decisions
from scheduling.services.serializing import booking_view, slot_views
from shared_contracts.booking import ConfirmBookingAnswer, Outcome, ReplyTo
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import CacheName
from shared_contracts.topology import BOOKING_EVENT

OFFERS_ALTERNATIVES = frozenset(
    {
        Outcome.SLOT_FULL,
        Outcome.SLOT_CLOSED,
        Outcome.SLOT_NOT_FOUND,
        Outcome.WRONG_CITY,
        Outcome.WRONG_RECRUITER,
    }
)

TRIES = 3


class KeyReusedError(ValueError):
    """The same idempotency key came with another request."""


@dataclass(frozen=True, slots=True)
class InChat:
    """Who asked in chat, by which request, and the message that shows the answer."""

    event_type: str
    user_telegram_id: int
    reply: ReplyTo | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and how its asker is answered.

    Attributes:
        via: ``chat``, ``api``, ``desk`` or ``job``; goes into the audit trail.
        chat: set where a ``bot.booking.result`` is to go out.
        fingerprint: of the request's content, for keys that clients choose.
    """

    command: AnyCommand
    via: str
    correlation_id: str
    chat: InChat | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A batch's end: one answer per request, and the outbox rows it wrote."""

    answers: list[ConfirmBookingAnswer]
    rows: list[Document]


def decide_requests(asked: Sequence[Asked], *, published_by_caller: bool = False) -> Answered:
    """Decide a batch in one transaction; a request decided before gets its stored answer and has no second effect.

    Args:
        asked: in order of arrival.
        published_by_caller: the caller publishes the outbox rows right after this returns.

    Raises:
        GuardFailedError: something changed outside any transaction; nothing was written. Ask again, one by one.
        pymongo.errors.DuplicateKeyError: as above, by a unique index.
        KeyReusedError: a key came again with another fingerprint; nothing was written.
    """
    return in_transaction(lambda: _decide_and_write(asked, published_by_caller))


def decide_one(asked: Asked) -> ConfirmBookingAnswer:
    """Decide a request of the desk or the API; the outbox relay sends what follows from it.

    Raises:
        KeyReusedError: see ``decide_requests``.
        pymongo.errors.PyMongoError, GuardFailedError: the database could not take it now; nothing was written.
    """
    for _ in range(TRIES - 1):
        try:
            return decide_requests([asked]).answers[0]
        except (GuardFailedError, DuplicateKeyError):
            continue  # it changed meanwhile: read it again
    return decide_requests([asked]).answers[0]


def _decide_and_write(asked: Sequence[Asked], published_by_caller: bool) -> Answered:
    now = clock.now()
    known = _known_answers(asked)
    fresh = _first_of_each_key(item for item in asked if item.command.key not in known)
    before = loading.load_state([item.command for item in fresh])
    decisions, after = decide(before, [item.command for item in fresh], now)
    write_decisions(before, after, decisions, now)
    ledger.follow(before, after, decisions, now)
    decided = list(zip(fresh, decisions, strict=True))
    answers = {item.command.key: _answer(item.command, decision, after, now) for item, decision in decided}
    _remember(fresh, answers, now)
    _audit(decided, now)
    deck, shown = cards.after_decisions(before, after, decided, now)
    told = [
        candidate_news.about(item, decision, answers[item.command.key], after, _card(item, decision, deck))
        for item, decision in decided
    ]
    messages = [*chain.from_iterable(told), *shown, *_stale_slots(before, after, fresh)]
    candidate_news.remember(messages)
    rows = outbox.add(messages, published_by_writer=published_by_caller)
    waiting_list.end_waiting(_taken_up(decisions), now)
    rows += _offer_freed(before, after, fresh, published_by_caller, now)
    return Answered([known.get(item.command.key) or answers[item.command.key] for item in asked], rows)


def offer_seats(slot_ids: Iterable[str], correlation_id: str) -> int:
    """Offer the free seats of slots to those who wait for one (R7); the answer is how many were offered.

    Safe to do at any time and twice at once: the rules, in a transaction, know whether a seat is still free.
    """

    def work() -> int:
        offers = waiting_list.offers_for(slot_ids, clock.now())
        answers = decide_requests([Asked(offer, "job", correlation_id) for offer in offers]).answers
        return sum(answer.outcome is Outcome.BOOKED for answer in answers)

    return in_transaction(work)


def _offer_freed(
    before: State, after: State, asked: Sequence[Asked], published_by_caller: bool, now: datetime
) -> list[Document]:
    """A seat that a batch frees is offered to who waits for it before anybody else can see it free."""
    freed = [slot_id for slot_id, slot in before.slots.items() if after.slots[slot_id].free > slot.free]
    offers = waiting_list.offers_for(freed, now) if freed else []
    if not offers:
        return []
    correlation_id = asked[0].correlation_id
    return _decide_and_write([Asked(offer, "job", correlation_id) for offer in offers], published_by_caller).rows


def _taken_up(decisions: Iterable[Decision]) -> list[Booking]:
    """Bookings and requests that came about."""
    return [
        decision.after
        for decision in decisions
        if decision.changed
        and decision.after
        and decision.after.status in {BookingStatus.BOOKED, BookingStatus.PENDING}
        and (decision.before is None or decision.before.status is BookingStatus.OFFERED)
    ]


def _card(item: Asked, decision: Decision, deck: Deck) -> RecruiterCard | None:
    """The request as it stands after the batch, for the recruiter who pressed a button of its card."""
    if item.command.actor.kind is not ActorKind.RECRUITER or decision.after is None:
        return None
    return deck.card_for(deck.state.bookings[decision.after.id], int(item.command.actor.ref))


def _stale_slots(before: State, after: State, asked: Sequence[Asked]) -> list[outbox.Outgoing]:
    """The bot reads slots again where one has become full, or free again (R6)."""
    turned = any(bool(slot.free) != bool(after.slots[slot_id].free) for slot_id, slot in before.slots.items())
    return [caches.invalidation(CacheName.SLOTS, correlation_id=asked[0].correlation_id)] if turned else []


def _known_answers(asked: Sequence[Asked]) -> dict[str, ConfirmBookingAnswer]:
    rows = collection("inbox").find({"_id": {"$in": [item.command.key for item in asked]}}, session=current_session())
    stored = {row["_id"]: row for row in rows}
    for item in asked:
        row = stored.get(item.command.key)
        if row and item.fingerprint != row["fingerprint"]:
            raise KeyReusedError(item.command.key)
    return {key: ConfirmBookingAnswer.model_validate_json(row["answer"]) for key, row in stored.items()}


def _first_of_each_key(asked: Iterable[Asked]) -> list[Asked]:
    first: dict[str, Asked] = {}
    for item in asked:
        first.setdefault(item.command.key, item)
    return list(first.values())


def _answer(command: AnyCommand, decision: Decision, after: State, now: datetime) -> ConfirmBookingAnswer:
    alternatives = []
    chooses = command.actor.kind in {ActorKind.CANDIDATE, ActorKind.STAFF}
    offers = decision.outcome in OFFERS_ALTERNATIVES and chooses
    if offers and (event_id := _event_of(command, after)):
        alternatives = slot_views(loading.alternatives_for(event_id, after, now))
    return ConfirmBookingAnswer(
        request_id=UUID(command.key),
        outcome=decision.outcome,
        decided_at=now,
        booking=booking_view(decision.after, after),
        alternatives=alternatives,
    )


def _event_of(command: AnyCommand, state: State) -> str | None:
    booking = state.bookings.get(getattr(command, "booking_id", ""))
    return booking.event_id if booking else getattr(command, "event_id", None)


def _remember(asked: Sequence[Asked], answers: dict[str, ConfirmBookingAnswer], now: datetime) -> None:
    rows = [
        {
            "_id": item.command.key,
            "queue": BOOKING_EVENT.name if item.via == "chat" else item.via,
            "fingerprint": item.fingerprint,
            "answer": answers[item.command.key].model_dump_json(),
            "created_at": now,
            "updated_at": now,
        }
        for item in asked
        if item.command.actor.kind is not ActorKind.SYSTEM  # a scan asks anew each time
    ]
    if rows:
        collection("inbox").insert_many(rows, session=current_session())


def _audit(decided: Sequence[tuple[Asked, Decision]], now: datetime) -> None:
    audit.add(
        [
            audit.entry(
                "booking",
                decision.after.id,
                action(decision),
                actor=str(item.command.actor),
                via=item.via,
                now=now,
                correlation_id=item.correlation_id,
                before=booking_facts(decision.before),
                after=booking_facts(decision.after),
                reason=item.command.reason,
            )
            for item, decision in decided
            if decision.changed and decision.after
        ]
    )
