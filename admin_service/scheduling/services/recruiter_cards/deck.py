"""What a recruiter's card shows and who holds it, from documents read in one go (R3, R4, R8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypedDict

from bson import Int64, ObjectId

from common.mongo import Document
from people.services.reach import chat_state
from questionnaires.services.reading import card_answers
from scheduling.domain.marking import UNDO_FOR, may_mark, may_undo
from scheduling.domain.model import Booking, Candidate, Slot, State
from scheduling.services.serializing import booking_view, slot_view, slot_views
from scheduling.services.store.booking_notes import CARDLESS
from scheduling.services.store.loading import Loaded
from scheduling.services.store.slots import load_slots, reached_at
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardAnswer, CardCandidate, DecidedBy, RecruiterCard
from shared_contracts.directory import BookingStatus, SlotView
from shared_contracts.notification import NotificationKind

MOST_FREE_SLOTS = 6


class _Told(TypedDict):
    told: NotificationKind | None
    slot_before: SlotView | None
    booked_before: SlotView | None


class _HandedOver(TypedDict):
    handed_over_by: str | None
    handed_over_to: str | None
    left: bool


class Holder(NamedTuple):
    """Someone with the card of a request of ``recruiter_id``; a deputy where ``reader_id`` is another's."""

    telegram_id: int
    reader_id: ObjectId
    recruiter_id: ObjectId

    def stored(self) -> Document:
        """As the booking keeps it."""
        return {**self._asdict(), "telegram_id": Int64(self.telegram_id)}


@dataclass(frozen=True, slots=True)
class Deck:
    """Documents that cards are made of, as of ``now`` (aware UTC).

    ``stored``: the card's fields of each booking; ``free``: other times of the recruiter's, by booking; ``answers``: to
    the questionnaires, by candidate and event, read for all bookings when the first card shows them.
    """

    state: State
    now: datetime
    stored: dict[str, Document]
    recruiters: dict[ObjectId, Document]
    cities: dict[str, Document]
    free: dict[str, list[SlotView]]
    answers: dict[tuple[str, str], list[CardAnswer]] = field(default_factory=dict)

    def asked_slot(self, booking: Booking) -> Slot | None:
        """The slot the request is for; None if it was deleted since."""
        return self.state.slots.get(booking.requested_slot_id or booking.slot_id)

    def held(self, booking: Booking) -> list[Holder]:
        """Who has the card already."""
        return [Holder(**row) for row in self.stored[booking.id]["card_holders"]]

    def holders(self, booking: Booking, *, hand_over: bool = False) -> list[Holder]:
        """Who is to have the card: the recruiter, and their deputy once it was handed to them or there is no other."""
        slot = self.asked_slot(booking)
        recruiter = self.recruiters.get(ObjectId(slot.recruiter_id)) if slot and slot.recruiter_id else None
        if recruiter is None:
            return []
        own, held = self._holder(recruiter, recruiter["_id"]), self.held(booking)
        deputy = self._holder(self.recruiters.get(recruiter["deputy_id"]), recruiter["_id"])
        in_chat = own is not None and self.reachable(own)
        if deputy and in_chat and not (hand_over or deputy in held):
            deputy = None
        return [holder for holder in (own, deputy) if holder]

    def keeping(self, booking: Booking, *, takes_over: bool = False) -> list[Holder]:
        """Who holds the card of an interview that stands while a move to another recruiter is asked for.

        ``takes_over``: its recruiter gets the card now, where they have none yet.
        """
        own = self.state.slots.get(booking.slot_id)
        if booking.requested_slot_id is None or own is None:
            return []
        asked = {holder.telegram_id for holder in self.holders(booking)}
        held = [item for item in self.held(booking) if item.telegram_id in own.deciders]
        recruiter = self.recruiters.get(ObjectId(own.recruiter_id)) if own.recruiter_id and takes_over else None
        taking = self._holder(recruiter, recruiter["_id"]) if recruiter else None
        if taking and taking not in held:
            held.append(taking)
        return [item for item in held if item.telegram_id not in asked]

    def reachable(self, holder: Holder) -> bool:
        """Whether they have started the bot, and its last message to them arrived."""
        return chat_state(self.recruiters[holder.reader_id]) == "started"

    def timezone_of(self, holder: Holder) -> str | None:
        """The reader's own, that of their city; None where they have none."""
        city = self.cities.get(str(self.recruiters[holder.reader_id]["city_id"]))
        return city["timezone"] if city else None

    def name_of(self, telegram_id: str) -> str:
        """The name of a recruiter of these requests by their Telegram id, empty for others."""
        names = (row["name"] for row in self.recruiters.values() if str(row["telegram_id"]) == telegram_id)
        return next(names, "")

    def card_for(self, booking: Booking, telegram_id: int) -> RecruiterCard | None:
        """The card as the person of that Telegram id sees it; None where they have nothing to do with it."""
        candidates = (*self.holders(booking, hand_over=True), *self.held(booking))
        holder = next((item for item in candidates if item.telegram_id == telegram_id), None)
        holder = holder or self._by_telegram_id(booking, telegram_id)
        return self.card(booking, holder) if holder else None

    def card(self, booking: Booking, holder: Holder) -> RecruiterCard | None:
        """The card as its holder sees it; None if the slot was deleted since."""
        view, slot, stored = booking_view(booking, self.state), self.asked_slot(booking), self.stored[booking.id]
        if view is None or slot is None:
            return None
        own = self.state.slots[booking.slot_id]
        if holder.telegram_id not in own.deciders:
            view = view.model_copy(update={"slot": slot_view(own)})  # a video call is for who holds it
        recruiter_id = ObjectId(slot.recruiter_id) if slot.recruiter_id else holder.recruiter_id
        act = stored["last_act"]
        yours = holder.recruiter_id == recruiter_id and holder.telegram_id in slot.deciders
        undo_until = booking.marked_at + UNDO_FOR if booking.marked_at and may_undo(booking, self.now) else None
        return RecruiterCard(
            booking=view,
            revision=max(1, stored["card_revision"]),
            recruiter_id=str(recruiter_id),
            recruiter_name=self.recruiters[recruiter_id]["name"],
            for_deputy=holder.reader_id != holder.recruiter_id,
            yours=yours,
            timezone=self.timezone_of(holder),
            candidate=self._candidate(booking, slot),
            answers=self._answers_of(booking) if yours else [],
            decided_by=DecidedBy(kind=act["kind"], name=act["name"]) if act else None,
            reason=(act["reason"] or None) if act else None,
            rejection=booking.rejection,
            move_end=(act.get("move_end") or None) if act else None,
            slot_withdrawn=act.get("slot_withdrawn") if act else None,
            slot_left=bool(act and act.get("slot_left")),
            **_told(act),
            **self._handed_over(booking, holder),
            free_slots=self.free.get(booking.id, []) if yours else [],
            may_mark=yours and may_mark(booking, self.now),
            undo_until=undo_until if yours else None,
            approval_required=self.state.policies[booking.event_id].approval_required,
        )

    def _handed_over(self, booking: Booking, holder: Holder) -> _HandedOver:
        """Who has handed it over to the holder of the card, or has it in their place."""
        was, now_is = (self.stored[booking.id]["last_act"] or {}).get("handed_over") or (None, None)
        slots = (self.state.slots.get(booking.slot_id), self.asked_slot(booking))
        theirs = {slot.recruiter_id for slot in slots if slot}
        names = {str(key): row["name"] for key, row in self.recruiters.items()}
        recruiter = self.recruiters[holder.recruiter_id]
        if not recruiter["is_active"] and holder.reader_id == holder.recruiter_id and str(recruiter["_id"]) in theirs:
            instead = names.get(str(recruiter["deputy_id"]))
            return _HandedOver(handed_over_by=None, handed_over_to=instead, left=instead is None)
        if str(holder.recruiter_id) in theirs:
            by = names.get(str(was)) if was and now_is == holder.recruiter_id else None
            return _HandedOver(handed_over_by=by, handed_over_to=None, left=False)
        instead_id = now_is if was == holder.recruiter_id else slots[0].recruiter_id if slots[0] else None
        return _HandedOver(handed_over_by=None, handed_over_to=names.get(str(instead_id)), left=False)

    def _answers_of(self, booking: Booking) -> list[CardAnswer]:
        if not self.answers:
            shown = (self.state.bookings[booking_id] for booking_id in self.stored)
            self.answers.update(card_answers({(item.candidate_id, item.event_id) for item in shown}))
        return self.answers[booking.candidate_id, booking.event_id]

    def _candidate(self, booking: Booking, slot: Slot) -> CardCandidate:
        person: Candidate = self.state.candidates[booking.telegram_id]
        city = self.cities.get(person.city_id or "")
        return CardCandidate(
            name=person.name,
            telegram_id=person.telegram_id,
            username=person.username or None,
            city=city["name"] if city else slot.place.city,
            link=person.link,
            reachable=person.reachable and not self.stored[booking.id]["candidate_by_hand"],
        )

    def _by_telegram_id(self, booking: Booking, telegram_id: int) -> Holder | None:
        """A recruiter who answered and whose request it no longer is."""
        rows = (row for row in self.recruiters.values() if row["telegram_id"] == telegram_id)
        return next((Holder(telegram_id, row["_id"], row["_id"]) for row in rows), None)

    @staticmethod
    def _holder(reader: Document | None, recruiter_id: ObjectId) -> Holder | None:
        telegram_id = reached_at(reader)
        return Holder(telegram_id, reader["_id"], recruiter_id) if reader and telegram_id else None


def read_deck(loaded: Loaded, state: State, bookings: Iterable[Booking | None], now: datetime) -> Deck:
    """All that the cards of ``bookings`` show.

    Args:
        loaded: what they were read with; what cards need more is read to it.
        state: what the cards show, the loaded one or what has become of it.
        bookings: one may come twice, as it was and as it is.
        now: aware UTC.
    """
    every = [booking for booking in bookings if booking]
    ids = dict.fromkeys(booking.id for booking in every)
    stored = {item: _card_fields(loaded.bookings.get(item)) for item in ids}
    slots = [state.slots.get(slot_id) for item in every for slot_id in (item.slot_id, item.requested_slot_id or "")]
    readers = {ObjectId(slot.recruiter_id) for slot in slots if slot and slot.recruiter_id}
    for row in stored.values():
        readers |= {holder[key] for holder in row["card_holders"] for key in ("reader_id", "recruiter_id")}
        readers |= {item for item in (row["last_act"] or {}).get("handed_over", ()) if item}
    names = loaded.names
    names.add_recruiters(readers)
    people = (state.candidates[item.telegram_id] for item in every)
    homes = {ObjectId(person.city_id) for person in people if person.city_id}
    names.add_cities(homes | {row["city_id"] for row in names.recruiters.values()})
    cities = {str(city_id): row for city_id, row in names.cities.items()}
    free = {item: other_times(state, state.bookings[item], now) for item in ids}
    return Deck(state, now, stored, names.recruiters, cities, free)


def _told(act: Document | None) -> _Told:
    """What the candidate was told of what was last done; nothing is known of that before it was kept."""
    known = act or {}
    kind, before, booked = (known.get(name) for name in ("told", "slot_before", "booked_before"))
    return _Told(
        told=NotificationKind(kind) if kind else None,
        slot_before=SlotView.model_validate_json(before) if before else None,
        booked_before=SlotView.model_validate_json(booked) if booked else None,
    )


def _card_fields(row: Document | None) -> Document:
    """What a booking's document keeps of its card; of a new one, and of one put there by hand, there is none."""
    return {name: (row or {}).get(name, none_yet) for name, none_yet in CARDLESS.items()}


def other_times(state: State, booking: Booking, now: datetime) -> list[SlotView]:
    """The recruiter's next free slots in the event, where the candidate asks for another time (R8)."""
    asks = booking.status is BookingStatus.BOOKED and booking.attendance is Attendance.RESCHEDULE_ASKED
    slot = state.slots.get(booking.slot_id)
    if not asks or now >= booking.starts_at or slot is None or slot.recruiter_id is None:
        return []
    known = [ObjectId(item) for item in (booking.slot_id, booking.proposed_slot_id) if item]
    query = {"_id": {"$nin": known}, **free_times(slot, now)}
    found = load_slots(query, limit=MOST_FREE_SLOTS)
    return slot_views([other for other in found if other.is_offered])


def free_times(slot: Slot, now: datetime) -> Document:
    """The MongoDB condition of a recruiter's free slots in an event; served by ``slots_recruiter``."""
    return {
        "recruiter_id": ObjectId(slot.recruiter_id),
        "event_id": ObjectId(slot.event_id),
        "is_active": True,
        "has_room": True,
        "starts_at": {"$gt": now},
    }
