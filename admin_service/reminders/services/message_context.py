"""Scheduled messages with the bookings they are about, read in one go, as judging wants them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bson import ObjectId

from common.mongo import Document, collection, current_session
from reminders.domain.judging import BookingFacts, ScheduledMessage
from reminders.domain.kinds import SECOND_CHANCES, SPECS, TO_CANDIDATES, ReminderKind
from reminders.domain.states import MessageState
from scheduling.domain.model import Booking, State
from scheduling.services.store import loading

_FIELDS: Document = dict.fromkeys(
    ("booking_id", "kind", "state", "starts_at", "due_at", "stale_at", "asks_attendance", "queued_at"), 1
)
_MISSED = frozenset(SPECS[kind].after for kind in SECOND_CHANCES)
_ONCE_PER_EVENT = [kind.value for kind in SECOND_CHANCES if SPECS[kind].once_per_event]
UNSENT = (MessageState.SCHEDULED.value, MessageState.SUPPRESSED.value)


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What some messages are about.

    ``had_second_chance``: bookings whose candidate was offered another time before; ``waiting``: by booking, the
    messages that wait to offer them one for another interview of the event they missed.
    """

    state: State
    siblings: dict[str, list[ScheduledMessage]]
    booked_again: set[str] = field(default_factory=set)
    had_second_chance: set[str] = field(default_factory=set)
    waiting: dict[str, list[str]] = field(default_factory=dict)

    def booking(self, row: Document) -> Booking | None:
        """The booking a message is about."""
        return self.state.bookings.get(str(row["booking_id"]))

    def booking_facts(self, row: Document) -> BookingFacts | None:
        """That booking, as far as judging goes; None also where its slot was deleted since."""
        booking = self.booking(row)
        if booking is None or booking.slot_id not in self.state.slots:
            return None
        return BookingFacts(
            booking.status,
            booking.starts_at,
            answered=booking.coming.is_answered,
            allowed=self.state.candidates[booking.telegram_id].allowed,
            booked_again=booking.id in self.booked_again,
            second_chance_given=booking.id in self.had_second_chance,
        )

    def siblings_of(self, row: Document) -> list[ScheduledMessage]:
        """The booking's other messages for the same start."""
        own, start = str(row["_id"]), row["starts_at"]
        return [item for item in self.siblings[str(row["booking_id"])] if item.id != own and item.starts_at == start]

    def other_second_chances(self, row: Document) -> list[str]:
        """Ids of the messages that wait to offer the same person another time in the same event."""
        return self.waiting.get(str(row["booking_id"]), [])

    def reader_timezone(self, row: Document) -> str | None:
        """The candidate's time zone; None where they are not the reader. Recruiters' nights are their cards' matter."""
        if ReminderKind(row["kind"]) not in TO_CANDIDATES:
            return None
        booking = self.booking(row)
        slot = self.state.slots.get(booking.slot_id) if booking else None
        if booking is None or slot is None:
            return None
        return self.state.candidates[booking.telegram_id].timezone_for(slot)


def message_from(row: Document) -> ScheduledMessage:
    """A message's document as judging sees it."""
    return ScheduledMessage(
        id=str(row["_id"]),
        kind=ReminderKind(row["kind"]),
        state=MessageState(row["state"]),
        starts_at=row["starts_at"],
        due_at=row["due_at"],
        stale_at=row["stale_at"],
        asks_attendance=row["asks_attendance"],
        queued_at=row["queued_at"],
    )


def load_message_context(rows: Sequence[Document]) -> MessageContext:
    """What these messages are about, as of the transaction under way."""
    ids = list({row["booking_id"] for row in rows if row["booking_id"]})
    bookings = _find("bookings", {"_id": {"$in": ids}}) if ids else []
    state = loading.load_around(bookings).state
    siblings: dict[str, list[ScheduledMessage]] = defaultdict(list)
    for row in _find("auto_messages", {"booking_id": {"$in": ids}}, _FIELDS) if ids else ():
        siblings[str(row["booking_id"])].append(message_from(row))
    context = MessageContext(state, siblings)
    _read_history(context, [row for row in bookings if row["status"] in _MISSED])
    return context


def _read_history(context: MessageContext, missed: Sequence[Document]) -> None:
    """What else the people of missed interviews have in the same event."""
    if not missed:
        return
    pairs = [{"user_id": row["user_id"], "event_id": row["event_id"]} for row in missed]
    others = _find("bookings", {"$or": pairs})
    query = {"booking_id": {"$in": [row["_id"] for row in others]}, "kind": {"$in": _ONCE_PER_EVENT}}
    chances = _find("auto_messages", query, {"booking_id": 1, "state": 1})
    for row in missed:
        booking_id = str(row["_id"])
        theirs = [item for item in others if _pair(item) == _pair(row) and item["_id"] != row["_id"]]
        if any(item["live"] for item in theirs):
            context.booked_again.add(booking_id)
        ids = {item["_id"] for item in theirs}
        made = [item for item in chances if item["booking_id"] in ids]
        if any(item["state"] not in UNSENT for item in made):
            context.had_second_chance.add(booking_id)
        context.waiting[booking_id] = [
            str(item["_id"]) for item in made if item["state"] == MessageState.SCHEDULED.value
        ]


def _pair(row: Document) -> tuple[ObjectId, ObjectId]:
    return row["user_id"], row["event_id"]


def _find(name: str, query: Document, fields: Document | None = None) -> list[Document]:
    return list(collection(name).find(query, fields, session=current_session()))
