"""Reading what commands touch, as the rules want it. Inside a transaction all reads see one moment."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from bson import ObjectId

from common import wire
from common.mongo import Document, collection, current_session
from people.services.languages import reads
from people.services.privacy import must_agree_first, privacy_settings
from questionnaires.services import reading
from scheduling.domain.booking import Cancel, Move, RemoveCandidate
from scheduling.domain.commands import Book, BookingCommand
from scheduling.domain.decide import AnyCommand
from scheduling.domain.editing import EditSlot
from scheduling.domain.model import Booking, Candidate, Policy, State
from scheduling.domain.proposals import AnswerProposedTime, ProposeTime
from scheduling.services.store.slots import Names, by_id, find_slots, name_slots
from shared_contracts.attendance import Coming
from shared_contracts.directory import BookingStatus, Rejection

_REJECTED: Document = {"status": BookingStatus.REJECTED.value}
_REFUSED_SLOTS: Document = {"rejected_slot_ids.0": {"$exists": True}}
REFUSED: Document = {**_REJECTED, "live": False, "rejection": Rejection.PERSON.value}
"""The MongoDB condition of bookings that ended with a no to the person: nothing more in the event is theirs to ask."""
_NAMED_SLOT = Book | Move | ProposeTime | AnswerProposedTime | EditSlot


@dataclass(slots=True)
class Loaded:
    """A state with the documents it was made of, so that nobody who needs more of them reads them again.

    ``bookings``: documents by id; what is not among them is not stored yet.
    """

    state: State
    bookings: dict[str, Document]
    names: Names = field(default_factory=Names)

    def beneath(self, other: Self) -> Self:
        """Both as one, in which ``other`` has the last word."""
        return type(self)(self.state.beneath(other.state), self.bookings | other.bookings, self.names)


def load(commands: Sequence[AnyCommand], names: Names | None = None) -> Loaded:
    """All that ``commands`` touch: people with their live bookings, slots, events' rules.

    Args:
        commands: to be decided.
        names: what is known already of cities, recruiters and events.
    """
    edits = [command for command in commands if isinstance(command, EditSlot)]
    named = _named_bookings(commands, edits)
    people = _people(commands, named)
    ids = list({row["_id"] for row in people})
    kept = {"$or": [{"live": True}, _REJECTED, _REFUSED_SLOTS]}
    theirs = _find("bookings", {"user_id": {"$in": ids}, **kept}) if ids else []
    bookings = {row["_id"]: row for row in (*named, *(row for row in theirs if row["live"]))}.values()
    loaded = load_around(
        list(bookings),
        people,
        {command.slot_id for command in commands if isinstance(command, _NAMED_SLOT)},
        {command.event_id for command in commands if isinstance(command, Book)},
        names,
    )
    loaded.state.rejected = rejections(theirs)
    if any(isinstance(command, Book) for command in commands):
        loaded.state.to_agree = _to_agree(people)
    for edit in edits:
        _load_places(loaded, edit)
    return loaded


def load_around(
    bookings: Sequence[Document],
    people: Sequence[Document] | None = None,
    slot_ids: Set[str] = frozenset(),
    event_ids: Set[str] = frozenset(),
    names: Names | None = None,
) -> Loaded:
    """Documents of bookings with their slots, events' rules and people, and the further ones that are named."""
    names = names or Names()
    if people is None:
        people = by_id("users", {row["user_id"] for row in bookings})
    slot_ids = slot_ids | {
        str(row[key]) for row in bookings for key in ("slot_id", "requested_slot_id", "offered_slot_id") if row.get(key)
    }
    ids = [ObjectId(item) for item in slot_ids]
    rows = find_slots({"_id": {"$in": ids}}) if ids else []
    names.add_cities(row["city_id"] for row in (*people, *rows))
    slots = name_slots(rows, names)
    events = {ObjectId(item) for item in event_ids | {slot.event_id for slot in slots}}
    names.add_events(events | {row["event_id"] for row in bookings})
    policies = {str(event_id): policy_from(row) for event_id, row in names.events.items()}
    asking = [ObjectId(policy.id) for policy in policies.values() if policy.questionnaire_required]
    state = State(
        candidates={row["telegram_id"]: candidate_from(row, names) for row in people if row["telegram_id"]},
        policies=policies,
        slots={slot.id: slot for slot in slots},
        bookings={str(row["_id"]): booking_from(row) for row in bookings},
        screened=reading.screened([row["_id"] for row in people], asking) if asking else set(),
    )
    return Loaded(state, {str(row["_id"]): row for row in bookings}, names)


def _to_agree(people: Sequence[Document]) -> set[str]:
    """Ids of the candidates who have to agree to the privacy text before they sign up."""
    privacy = privacy_settings()
    return {str(row["_id"]) for row in people if must_agree_first(privacy, row.get("privacy_version"))}


def rejections(bookings: Sequence[Document]) -> set[tuple[str, str]]:
    """Candidate ids, each with an event or a slot in which a recruiter has said no to them, or has called them off."""
    over = [row for row in bookings if not row["live"]]
    events = {
        (str(row["user_id"]), str(row["event_id"])) for row in over if row.get("rejection") == REFUSED["rejection"]
    }
    slots = {(str(row["user_id"]), str(item)) for row in over for item in row.get("rejected_slot_ids", [])}
    return events | slots


def _named_bookings(commands: Sequence[AnyCommand], edits: Sequence[EditSlot]) -> list[Document]:
    """The bookings that commands name, and those in, wanted into or proposed a slot that is edited or withdrawn."""
    booking_ids = {command.booking_id for command in commands if isinstance(command, BookingCommand)}
    found = by_id("bookings", booking_ids)
    withdrawing = {item.booking_id for item in commands if isinstance(item, Cancel) and item.withdraws_slot}
    changed = {ObjectId(edit.slot_id) for edit in edits}
    changed |= {row["slot_id"] for row in found if str(row["_id"]) in withdrawing}
    if changed:
        slots = {"$in": sorted(changed)}
        about = ("slot_id", "requested_slot_id", "offered_slot_id")
        found += _find("bookings", {"live": True, "$or": [{name: slots} for name in about]})
    if on_other_clocks := [ObjectId(edit.slot_id) for edit in edits if edit.changes.clocks_were]:
        # The interview may only seem to be over.
        unmarked = {"slot_id": {"$in": on_other_clocks}, "status": BookingStatus.UNMARKED.value}
        found += _find("bookings", unmarked)
    return found


def _people(commands: Sequence[AnyCommand], bookings: Sequence[Document]) -> list[Document]:
    telegram_ids = {command.telegram_id for command in commands if isinstance(command, Book)}
    ids = {row["user_id"] for row in bookings}
    ids |= {ObjectId(command.candidate_id) for command in commands if isinstance(command, RemoveCandidate)}
    found = by_id("users", ids)
    return found + (_find("users", {"telegram_id": {"$in": list(telegram_ids)}}) if telegram_ids else [])


def _load_places(loaded: Loaded, edit: EditSlot) -> None:
    """What an edit may make of the slot: another city's, another recruiter's."""
    names, state, slot = loaded.names, loaded.state, loaded.state.slots.get(edit.slot_id)
    recruiter_id = edit.changes.recruiter_id or (slot.recruiter_id if slot else None)
    if recruiter_id:
        names.add_recruiters([ObjectId(recruiter_id)])
        names.add_cities(row["city_id"] for row in names.recruiters.values())
        if ObjectId(recruiter_id) in names.recruiters:
            state.recruiters[recruiter_id] = names.recruiter(ObjectId(recruiter_id))
    if city_id := edit.changes.city_id:
        names.add_cities([ObjectId(city_id)])
        state.cities[city_id] = names.city(ObjectId(city_id))


def booking_from(row: Document) -> Booking:
    """A booking's document as the rules see it."""
    return Booking(
        id=str(row["_id"]),
        candidate_id=str(row["user_id"]),
        telegram_id=row["telegram_id"],
        event_id=str(row["event_id"]),
        slot_id=str(row["slot_id"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        status=BookingStatus(row["status"]),
        version=row["version"],
        moves=row["moves"],
        requested_slot_id=str(row["requested_slot_id"]) if row.get("requested_slot_id") else None,
        expires_at=row.get("expires_at"),
        reschedule_asked=row["reschedule_asked"],
        ended_by=row.get("ended_by", ""),
        reason=row.get("reason", ""),
        coming=_coming(row),
        proposed_slot_id=str(row["offered_slot_id"]) if row["offered_slot_id"] else None,
        marked_at=row["marked_at"],
        rejection=Rejection(row["rejection"]) if row.get("rejection") else None,
        rejected_slot_ids=frozenset(map(str, row.get("rejected_slot_ids", ()))),
    )


def _coming(row: Document) -> Coming:
    """What the booking's candidate has said about coming; an empty text is no answer."""
    said = {name: row.get(name) or None for name in Coming.model_fields}
    return Coming.model_validate(said, strict=False)


def candidate_from(row: Document, names: Names) -> Candidate:
    """A candidate's document as the rules see it; ``names``: with their city, if they have one."""
    city = names.cities.get(row["city_id"])
    return Candidate(
        id=str(row["_id"]),
        telegram_id=row["telegram_id"],
        allowed=row["is_allowed"],
        username=wire.username("users", row, row["username"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        city_id=str(row["city_id"]) if row["city_id"] else None,
        timezone=city["timezone"] if city else None,
        reachable=bool(row["started_at"]) and not row["blocked_at"],
        language=reads(row),
    )


def policy_from(row: Document) -> Policy:
    """An interview event's document as the rules see it."""
    return Policy(
        id=str(row["_id"]),
        is_open=row["is_open"],
        approval_required=row["approval_required"],
        move_cutoff=timedelta(minutes=row["move_cutoff_minutes"]),
        cancel_cutoff=timedelta(minutes=row["cancel_cutoff_minutes"]),
        pending_for=timedelta(hours=row["pending_hours"]),
        reminder=timedelta(minutes=row["reminder_minutes"]),
        move_limit=row["move_limit"],
        questionnaire_required=row["questionnaire_id"] is not None,
    )


def _find(name: str, query: Document) -> list[Document]:
    return list(collection(name).find(query, session=current_session()))
