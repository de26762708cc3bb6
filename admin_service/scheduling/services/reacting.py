"""What reactions get and what they return.

A reaction is a function of the app whose business it is: it reads what it needs and returns what it wants written and
said. It writes nothing, builds no files and asks no other service. ``config.reactions`` lists all of them, in the order
in which they run; nothing else knows them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TypeVar

from bson import ObjectId
from django.conf import settings
from django.utils.module_loading import import_string
from pymongo import UpdateOne

from common.mongo import Document
from messaging.outbox import Outgoing
from scheduling.domain.decisions import Decision
from scheduling.domain.events import BookingEvent, Event
from scheduling.domain.model import State
from scheduling.services.requests import Request
from scheduling.services.store.loading import Loaded
from shared_contracts.card import RecruiterCard

E = TypeVar("E", bound=Event)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """What was decided in one go.

    Attributes:
        loaded: what is stored: documents, and the state they make. Nothing of the batch is written yet.
        before, after: the states around the batch.
        decided: in the order in which it was asked for.
        now: the moment of decision, aware UTC.
    """

    loaded: Loaded
    before: State
    after: State
    decided: Sequence[tuple[Request, Decision]]
    now: datetime

    def events(self, *kinds: type[E]) -> Iterator[tuple[Request, E]]:
        """What happened of those kinds, in order, with the request it follows from."""
        for request, decision in self.decided:
            for event in decision.events:
                if isinstance(event, kinds):
                    yield request, event

    @property
    def changed_bookings(self) -> list[str]:
        """Ids of the bookings that have changed, each once, in order."""
        return list({event.after.id: None for _request, event in self.events(BookingEvent)})


@dataclass(slots=True)
class Effects:
    """What is to be written and said. All of it is written once, at the end of the transaction.

    Attributes:
        news: messages that go out right behind the answer to a request, by its key.
        messages: those that go out behind all answers.
        cards: the card that goes with the answer to a request, by its key.
        fields: of bookings' documents, by booking id, beside those that the rules own.
        notification_ids: of news about bookings, by booking id.
        inserts: new documents, by collection.
        updates: conditional ones, by collection: each must find its document, or nothing of the batch is written.
        follow_ups: to be decided in the same transaction.
    """

    news: dict[str, list[Outgoing]] = field(default_factory=lambda: defaultdict(list))
    messages: list[Outgoing] = field(default_factory=list)
    cards: dict[str, RecruiterCard] = field(default_factory=dict)
    fields: dict[str, Document] = field(default_factory=lambda: defaultdict(dict))
    notification_ids: dict[str, list[ObjectId]] = field(default_factory=lambda: defaultdict(list))
    inserts: dict[str, list[Document]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[str, list[UpdateOne]] = field(default_factory=lambda: defaultdict(list))
    follow_ups: list[Request] = field(default_factory=list)

    def add(self, other: "Effects") -> None:
        """Those of another reaction, behind these."""
        _extend(self.news, other.news)
        _extend(self.notification_ids, other.notification_ids)
        _extend(self.inserts, other.inserts)
        _extend(self.updates, other.updates)
        for booking_id, fields in other.fields.items():
            self.fields[booking_id] |= fields
        self.messages += other.messages
        self.cards |= other.cards
        self.follow_ups += other.follow_ups


def _extend(mine: dict[str, list[T]], theirs: dict[str, list[T]]) -> None:
    for key, items in theirs.items():
        mine[key] += items


Reaction = Callable[[Batch], Effects]


def react(batch: Batch) -> Effects:
    """What follows from a batch, by all reactions in their order."""
    effects = Effects()
    for reaction in _reactions():
        effects.add(reaction(batch))
    return effects


@cache
def _reactions() -> list[Reaction]:
    return [import_string(path) for path in settings.BOOKING_REACTIONS]
