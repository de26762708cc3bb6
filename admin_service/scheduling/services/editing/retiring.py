"""A recruiter who is deactivated, a city or an office that closes: nothing that depends on them is left unanswered.

Staff say what becomes of it (``Way``); all of it happens in one transaction with the change itself, or none does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal
from uuid import uuid4

from bson import ObjectId
from django.utils.translation import gettext as _

from common import clock, correlation
from common.mongo import Document, collection, current_session, in_transaction, tried_again
from common.refusals import RefusedError
from messaging import outbox
from people.models import City, Office, Recruiter
from people.services.people import open_or_close, save_recruiter
from scheduling.domain.answering import Reject
from scheduling.domain.booking import Cancel
from scheduling.domain.commands import Actor, ActorKind, SlotChanges
from scheduling.domain.decide import AnyCommand
from scheduling.domain.editing import EditSlot
from scheduling.models import WaitingState
from scheduling.services.batch import carry_out_all
from scheduling.services.editing.choices import require_done, withdrawals
from scheduling.services.editing.farewells import say_goodbye
from scheduling.services.editing.offices import venue_at
from scheduling.services.impact import AS_IT_COMES, Choices, note_impact, standing
from scheduling.services.recruiter_cards.cards import Act, show_again
from scheduling.services.requests import Request
from scheduling.services.store.slots import find_slots
from scheduling.services.waiting_ends import end_hopeless
from shared_contracts.directory import BookingStatus

Retiring = Recruiter | City | Office
"""Whom or what slots need."""


class Way(StrEnum):
    """What becomes of what depends on somebody or something that is there no more."""

    HAND_OVER = "hand_over"
    CANCEL = "cancel"
    KEEP = "keep"


@dataclass(frozen=True)
class Dependents:
    """What depends on them from now on.

    ``slots``: documents of those to come that can be booked or are. ``held``: of live bookings in them; ``wanted``: of
    bookings elsewhere that are to move into one. ``deputy_for``: recruiters whose deputy it is.
    ``waiting``: how many candidates wait for a seat in the city alone.
    """

    slots: list[Document]
    held: list[Document]
    wanted: list[Document]
    deputy_for: list[Recruiter] = field(default_factory=list)
    waiting: int = 0

    def __bool__(self) -> bool:
        return bool(self.slots or self.deputy_for)

    @property
    def requests(self) -> list[Document]:
        """Those that somebody has yet to answer."""
        asking = (row for row in self.held if row["status"] == BookingStatus.PENDING or row.get("requested_slot_id"))
        return [*asking, *self.wanted]

    @property
    def free(self) -> list[Document]:
        """Slots in which nobody has a seat."""
        return [slot for slot in self.slots if not slot["booked_users"]]

    @property
    def is_online(self) -> bool:
        """Whether none of the slots is held in a place."""
        return all(slot.get("video_link") for slot in self.slots)

    @property
    def agreed(self) -> list[Any]:
        """All that whoever says what becomes of them has seen."""
        slots = [[row["_id"], row["starts_at"], row["is_active"], sorted(row["booked_users"])] for row in self.slots]
        bookings = sorted([row["_id"], row["version"]] for row in (*self.held, *self.wanted))
        return [slots, bookings, [recruiter.pk for recruiter in self.deputy_for]]


def dependents_of(entry: Retiring) -> Dependents:
    """What would be left without them; in the transaction under way, if there is one."""
    theirs: dict[type, Document] = {
        Recruiter: {"recruiter_id": entry.pk},
        City: {"city_id": entry.pk},
        Office: {"office": str(entry.pk)},
    }
    coming = find_slots({**theirs[type(entry)], "starts_at": {"$gt": clock.now()}})
    slots = [slot for slot in coming if slot["is_active"] or slot["booked_users"]]
    ids = {slot["_id"] for slot in slots}
    among = {"$in": list(ids)}
    query = {"live": True, "$or": [{"slot_id": among}, {"requested_slot_id": among}]}
    live = list(collection("bookings").find(query, session=current_session()).sort("starts_at", 1)) if ids else []
    held = [row for row in live if row["slot_id"] in ids]
    wanted = [row for row in live if row["slot_id"] not in ids]
    deputy_for = Recruiter.objects.filter(deputy_id=entry.pk).order_by("name") if isinstance(entry, Recruiter) else []
    return Dependents(slots, held, wanted, list(deputy_for), _waiting_for(entry))


def _waiting_for(entry: Retiring) -> int:
    if not isinstance(entry, City):
        return 0
    query = {"city_id": entry.pk, "state": WaitingState.WAITING.value}
    return collection("waiting_list").count_documents(query, session=current_session())


def successors(entry: Retiring, found: Dependents) -> list[Any]:
    """Who or what could take over: recruiters of the cities concerned, another office of the city, and of what is
    online another city.
    """
    if isinstance(entry, Recruiter):
        cities = cities_of(entry, found)
        others = Recruiter.objects.filter(is_active=True).exclude(pk=entry.pk).order_by("name")
        return [other for other in others if not cities or other.city_id is None or other.city_id in cities]
    if isinstance(entry, Office):
        return list(Office.objects.filter(city_id=entry.city_id, is_active=True).exclude(pk=entry.pk).order_by("name"))
    return list(City.objects.filter(is_active=True).exclude(pk=entry.pk).order_by("name")) if found.is_online else []


def cities_of(recruiter: Recruiter, found: Dependents) -> set[ObjectId]:
    """Ids of the cities in which somebody is to hold a recruiter's interviews."""
    return {slot["city_id"] for slot in found.slots} | ({recruiter.city_id} if recruiter.city_id else set())


def retire(
    entry: Retiring,
    way: Way,
    *,
    agreed: list[Any],
    actor: str,
    reason: str = "",
    successor: Any = None,
    choices: Choices = AS_IT_COMES,
) -> Dependents:
    """Deactivate a recruiter, or close a city or an office, and do as was said with what depends on them.

    Args:
        agreed: ``Dependents.agreed`` of what the person has seen.
        actor: the staff login.
        reason: those whose interview changes or is cancelled read it.
        successor: one of ``successors``, where it is handed over.
        choices: of bookings of which something else becomes.

    Returns:
        What depended on them.

    Raises:
        RefusedError: something of it has changed since; nothing is done.
        ChoiceRefusedError: a booking can't be moved or ended as was chosen; nothing is done.
    """

    def work() -> Dependents:
        found = dependents_of(entry)
        stored: Any = type(entry).objects.get(pk=entry.pk)
        if found.agreed != agreed or not stored.is_active:
            raise RefusedError({"": _("Somebody has just changed something of this. Nothing is done: look again.")})
        _end(stored, actor, reason)
        commands = _commands(found, way, Actor(ActorKind.STAFF, actor), reason, successor, choices)
        _carry_out(commands)
        _replace_deputy(found, successor if way is Way.HAND_OVER else None, actor)
        if way is Way.KEEP:
            _hold(found)
            ended = withdrawals([str(slot["_id"]) for slot in found.slots], actor=actor, reason=reason)
            told = {decision.booking.id for decision in carry_out_all(ended) if decision.booking}
            others = choices.commands.keys() | told
            left = [row for row in (*found.held, *found.wanted) if str(row["_id"]) not in others]
            note_impact(lambda: standing(left, {slot["_id"] for slot in found.slots}))
            _tell_cards(found, actor, reason)
        if isinstance(stored, Recruiter):
            _say_goodbye(stored, found, way, successor, choices)
        if isinstance(stored, City):
            end_hopeless(actor=f"staff:{actor}", via="desk", reason=reason)
        return found

    return tried_again(lambda: in_transaction(work))


def _hold(found: Dependents) -> None:
    """Mark the slots, as a change of them does: whoever is just taking a seat in one sees this, or is seen by it."""
    ids = [slot["_id"] for slot in found.slots]
    marked = {"$set": {"updated_at": clock.now()}}
    collection("interview_slots").update_many({"_id": {"$in": ids}}, marked, session=current_session())


def _end(stored: Any, actor: str, reason: str) -> None:
    if isinstance(stored, Recruiter):
        stored.is_active = False
        save_recruiter(stored, actor=actor, reason=reason)
    else:
        open_or_close(stored, False, actor=actor, reason=reason)


def _commands(
    found: Dependents, way: Way, actor: Actor, reason: str, successor: Any, choices: Choices
) -> list[AnyCommand]:
    """All in one batch: its slots are closed, or another's, when it is seen who is offered the seats that come free.

    Of whatever version: that nothing has changed since staff looked is known, and a slot that closes takes a proposal
    of it along.
    """
    chosen = list(choices.commands.values())
    if way is Way.KEEP:
        return [*chosen]
    changes = SlotChanges(is_active=False) if way is Way.CANCEL else _handed_to(successor)
    edits = [EditSlot(str(uuid4()), actor, str(slot["_id"]), changes, reason=reason) for slot in found.slots]
    if way is Way.HAND_OVER:
        return [*chosen, *edits]
    held = [row for row in found.held if str(row["_id"]) not in choices.commands]
    wanted = [row for row in found.wanted if str(row["_id"]) not in choices.commands]
    cancelled = [Cancel(str(uuid4()), actor, str(row["_id"]), None, reason=reason, beyond_limits=True) for row in held]
    refused = [Reject(str(uuid4()), actor, str(row["_id"]), None, reason=reason) for row in wanted]
    return [*edits, *chosen, *cancelled, *refused]


def _handed_to(successor: Any) -> SlotChanges:
    if isinstance(successor, Recruiter):
        return SlotChanges(recruiter_id=str(successor.pk))
    if isinstance(successor, Office):
        return SlotChanges(venue={**venue_at(successor), "room": ""})  # the room was of the other one
    return SlotChanges(city_id=str(successor.pk))


def _carry_out(commands: Sequence[AnyCommand]) -> None:
    requests = [Request(command, "desk", correlation.current()) for command in commands]
    decisions = carry_out_all(requests)
    if any(decision.refused for decision in decisions):
        raise RefusedError({"": _("Somebody has just changed something of this. Nothing is done: look again.")})
    require_done(decisions)


def _replace_deputy(found: Dependents, successor: Any, actor: str) -> None:
    """Who had them as a deputy has the successor then; nobody is their own."""
    for recruiter in found.deputy_for:
        other = successor.pk if isinstance(successor, Recruiter) and successor.pk != recruiter.pk else None
        recruiter.deputy_id = other
        save_recruiter(recruiter, actor=actor)


def _say_goodbye(recruiter: Recruiter, found: Dependents, way: Way, successor: Any, choices: Choices) -> None:
    became: Literal["handed_over", "cancelled", "kept"] = "kept"
    if way is not Way.KEEP:
        became = "handed_over" if way is Way.HAND_OVER else "cancelled"
    deputy = Recruiter.objects.filter(pk=recruiter.deputy_id, is_active=True).first()
    theirs = {row["_id"] for row in (*found.held, *found.wanted) if str(row["_id"]) not in choices.commands}
    say_goodbye(recruiter, became, len(theirs), successor if way is Way.HAND_OVER else deputy)


def _tell_cards(found: Dependents, actor: str, reason: str) -> None:
    """Requests that stand go to the deputy; those without one come up in the desk, to be answered by hand (R4)."""
    ids: list[ObjectId] = [row["_id"] for row in found.requests]
    act = Act(Actor(ActorKind.STAFF, actor), reason, correlation.current())
    if ids:
        outbox.add(show_again({"_id": {"$in": ids}}, act, clock.now()))
