"""The one way a booking comes about, moves or ends: for the consumer, the API, the desk and the jobs.

One MongoDB transaction holds the whole effect of a batch. It loads what the commands touch, has the rules decide, asks
the reactions what follows, decides what those ask for in turn, and writes all of it once, at the end. Where people wait
for a seat that the batch frees and gives away in one, it does so in two steps: they come first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from common import clock
from common.mongo import Document, in_transaction, tried_again
from messaging import outbox
from messaging.outbox import Outgoing
from scheduling.domain.booking import Move
from scheduling.domain.commands import Book
from scheduling.domain.decide import decide
from scheduling.domain.decisions import Decision
from scheduling.domain.events import SeatFreed, SlotEdited
from scheduling.domain.model import State
from scheduling.domain.proposals import AnswerProposedTime
from scheduling.services import answers, waiting_list
from scheduling.services.impact import impact_of, note_impact
from scheduling.services.reacting import Batch, Effects, react
from scheduling.services.requests import Request
from scheduling.services.saving import save
from scheduling.services.store import loading
from shared_contracts.booking import ConfirmBookingAnswer, Outcome


@dataclass(frozen=True, slots=True)
class Answered:
    """A batch's end: one answer per request, and the outbox rows it wrote."""

    answers: list[ConfirmBookingAnswer]
    rows: list[Document]


@dataclass(slots=True)
class _Work:
    """What a batch has come to so far. ``rows``: of the outbox; ``left``: those to be decided after it."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    answers: dict[str, ConfirmBookingAnswer] = field(default_factory=dict)
    messages: list[Outgoing] = field(default_factory=list)
    effects: Effects = field(default_factory=Effects)
    rows: list[Document] = field(default_factory=list)
    left: list[Request] = field(default_factory=list)


def decide_requests(requests: Sequence[Request], *, published_by_caller: bool = False) -> Answered:
    """Decide a batch in one transaction; a request decided before gets its stored answer and has no second effect.

    Args:
        requests: about one booking each, in order of arrival.
        published_by_caller: the caller publishes the outbox rows right after this returns.

    Raises:
        GuardFailedError: something changed outside any transaction; nothing was written. Ask again, one by one.
        pymongo.errors.DuplicateKeyError: as above, by a unique index.
        KeyReusedError: a key came again with another fingerprint; nothing was written.
    """

    def work() -> Answered:
        known = answers.known_answers(requests)
        fresh: dict[str, Request] = {}
        for item in requests:
            if item.command.key not in known:
                fresh.setdefault(item.command.key, item)
        given, rows, waiting = dict(known), list[Document](), list(fresh.values())
        while waiting:
            done = _decide_and_write(waiting, published_by_caller)
            given |= done.answers
            rows += done.rows
            waiting = done.left
        return Answered([given[item.command.key] for item in requests], rows)

    return in_transaction(work)


def decide_one(request: Request) -> ConfirmBookingAnswer:
    """Decide a request of the desk or the API; the outbox relay sends what follows from it.

    Raises:
        KeyReusedError: see ``decide_requests``.
        pymongo.errors.PyMongoError, GuardFailedError: the database could not take it now; nothing was written.
    """
    return tried_again(lambda: decide_requests([request]).answers[0])


def carry_out(request: Request) -> Decision:
    """Decide a slot edit or a removal, in the transaction under way if there is one; errors as for ``decide_one``."""
    return in_transaction(lambda: _decide_and_write([request], False).decisions[request.command.key])


def carry_out_all(requests: Sequence[Request]) -> list[Decision]:
    """Decide slot edits and what belongs to them, all or none of them; the decisions in their order.

    However many they are, it is one batch: nobody who waits is offered a seat that one of them frees in a slot that
    another is about to change.

    Raises:
        GuardFailedError: something has changed meanwhile; nothing was written.
    """

    def work() -> list[Decision]:
        decisions: dict[str, Decision] = {}
        waiting = requests
        while waiting:
            done = _decide_and_write(waiting, False)
            decisions |= done.decisions
            waiting = done.left
        return [decisions[item.command.key] for item in requests]

    return in_transaction(work)


def offer_seats(slot_ids: Iterable[str], correlation_id: str) -> int:
    """Offer the free seats of slots to those who wait for one (R7); the answer is how many were offered.

    Safe to do at any time and twice at once: the rules, in a transaction, know whether a seat is still free.
    """

    def work() -> int:
        offers = waiting_list.offers_for(slot_ids, clock.now())
        if not offers:
            return 0
        made = decide_requests([Request(offer, "job", correlation_id) for offer in offers]).answers
        return sum(answer.outcome is Outcome.BOOKED for answer in made)

    return in_transaction(work)


def _decide_and_write(requests: Sequence[Request], published_by_caller: bool) -> _Work:
    """Decide requests and what follows from them, and write it all."""
    now, work, asked = clock.now(), _Work(), requests
    loaded = loading.load([item.command for item in requests])
    state = loaded.state
    while asked:
        decided, after = _decided(asked, state, now)
        work.left += asked[len(decided) :]
        batch = Batch(loaded, state, after, decided, now)
        effects = react(batch)
        note_impact(partial(impact_of, batch, effects))
        _add(work, batch, effects)
        state, asked = after, effects.follow_ups
        if asked:
            more = loading.load([item.command for item in asked], loaded.names)
            loaded = more.beneath(loaded)
            state = loaded.state.beneath(state)
    work.effects.inserts["inbox"] += answers.inbox_rows(requests, work.answers, now)
    save(loaded.state, state, list(work.decisions.values()), work.effects, now)
    work.rows = outbox.add(work.messages, published_by_writer=published_by_caller)
    return work


def _decided(asked: Sequence[Request], state: State, now: datetime) -> tuple[list[tuple[Request, Decision]], State]:
    """Requests with their decisions, and the state after them; up to one for a seat that an earlier one frees.

    Who waits is offered that seat first (R7), and what is left is decided once the offer is written.
    """
    decisions, after = decide(state, [item.command for item in asked], now)
    ready = _before_freed_seats_are_wanted(decisions)
    if ready < len(asked) and waiting_list.is_waited_for(state.policies):
        return _decided(asked[:ready], state, now)
    return list(zip(asked, decisions, strict=True)), after


def _before_freed_seats_are_wanted(decisions: Sequence[Decision]) -> int:
    """How many commands there are before the first that wants a seat in a slot in which one of them frees a seat."""
    freed: set[str] = set()
    for position, decision in enumerate(decisions):
        if isinstance(decision.command, Book | Move | AnswerProposedTime) and decision.command.slot_id in freed:
            return position
        freed |= {event.after.id for event in decision.events if isinstance(event, SeatFreed | SlotEdited)}
    return len(decisions)


def _add(work: _Work, batch: Batch, effects: Effects) -> None:
    """A round's decisions and what follows from them; each request's answer, its news, then everything else."""
    for request, decision in batch.decided:
        key = request.command.key
        work.decisions[key] = decision
        if given := answers.answer(request.command, decision, batch.after, batch.now):
            work.answers[key] = given
            if request.chat:
                card = effects.cards.get(key)
                work.messages.append(answers.result(request, request.chat, decision, given, card, batch.after))
        work.messages += effects.news.get(key, [])
    work.messages += effects.messages
    work.effects.add(effects)
