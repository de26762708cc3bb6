"""Messages with the bookings they are about, read in one go, as judging wants them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bson import ObjectId

from common.mongo import Document, collection, current_session
from reminders.domain.judging import Entry, Standing
from reminders.domain.kinds import TO_CANDIDATES, AutoKind, AutoState
from reminders.services.readers import recruiter_zones
from scheduling.domain.model import Booking, State
from scheduling.services import loading

_ENTRY: Document = dict.fromkeys(
    ("booking_id", "kind", "state", "starts_at", "due_at", "stale_at", "asks_attendance", "queued_at"), 1
)
UNSENT = (AutoState.SCHEDULED.value, AutoState.SUPPRESSED.value)


@dataclass(frozen=True, slots=True)
class Scene:
    """What some messages are about.

    ``offered``: bookings whose candidate was offered another time before; ``waiting``: by booking, the messages that
    wait to offer them one for another interview of the event they missed.
    """

    state: State
    zones: dict[str, str]
    siblings: dict[str, list[Entry]]
    booked_again: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    waiting: dict[str, list[str]] = field(default_factory=dict)

    def booking(self, row: Document) -> Booking | None:
        """The booking a message is about."""
        return self.state.bookings.get(str(row["booking_id"]))

    def standing(self, row: Document) -> Standing | None:
        """That booking, as far as judging goes; None also where its slot was deleted since."""
        booking = self.booking(row)
        if booking is None or booking.slot_id not in self.state.slots:
            return None
        return Standing(
            booking.status,
            booking.starts_at,
            answered=booking.attendance is not None,
            allowed=self.state.candidates[booking.telegram_id].allowed,
            booked_again=booking.id in self.booked_again,
            offered_before=booking.id in self.offered,
        )

    def around(self, row: Document) -> list[Entry]:
        """The booking's other messages for the same start."""
        own, start = str(row["_id"]), row["starts_at"]
        return [item for item in self.siblings[str(row["booking_id"])] if item.id != own and item.starts_at == start]

    def other_offers(self, row: Document) -> list[str]:
        """Ids of the messages that wait to offer the same person another time in the same event."""
        return self.waiting.get(str(row["booking_id"]), [])

    def zone(self, row: Document) -> str | None:
        """The reader's time zone; None where the message is about no booking."""
        booking = self.booking(row)
        slot = self.state.slots.get(booking.slot_id) if booking else None
        if slot is None:
            return None
        own = slot.place.timezone
        return own if AutoKind(row["kind"]) in TO_CANDIDATES else self.zones.get(slot.id, own)


def entry(row: Document) -> Entry:
    """A message's document as judging sees it."""
    return Entry(
        id=str(row["_id"]),
        kind=AutoKind(row["kind"]),
        state=AutoState(row["state"]),
        starts_at=row["starts_at"],
        due_at=row["due_at"],
        stale_at=row["stale_at"],
        asks_attendance=row["asks_attendance"],
        queued_at=row["queued_at"],
    )


def read_scene(rows: Sequence[Document]) -> Scene:
    """What these messages are about, as of the transaction under way."""
    ids = list({row["booking_id"] for row in rows if row["booking_id"]})
    bookings = _find("bookings", {"_id": {"$in": ids}}) if ids else []
    state = loading.state_around(bookings)
    siblings: dict[str, list[Entry]] = defaultdict(list)
    for row in _find("auto_messages", {"booking_id": {"$in": ids}}, _ENTRY) if ids else ():
        siblings[str(row["booking_id"])].append(entry(row))
    scene = Scene(state, recruiter_zones(state.slots.values()), siblings)
    _read_history(scene, [row for row in bookings if row["status"] in {"no_show", "recruiter_absent"}])
    return scene


def _read_history(scene: Scene, missed: Sequence[Document]) -> None:
    """What else the people of missed interviews have in the same event."""
    if not missed:
        return
    pairs = [{"user_id": row["user_id"], "event_id": row["event_id"]} for row in missed]
    others = _find("bookings", {"$or": pairs})
    query = {"booking_id": {"$in": [row["_id"] for row in others]}, "kind": AutoKind.NO_SHOW.value}
    offers = _find("auto_messages", query, {"booking_id": 1, "state": 1})
    for row in missed:
        booking_id = str(row["_id"])
        theirs = [item for item in others if _pair(item) == _pair(row) and item["_id"] != row["_id"]]
        if any(item["live"] for item in theirs):
            scene.booked_again.add(booking_id)
        ids = {item["_id"] for item in theirs}
        made = [item for item in offers if item["booking_id"] in ids]
        if any(item["state"] not in UNSENT for item in made):
            scene.offered.add(booking_id)
        scene.waiting[booking_id] = [str(item["_id"]) for item in made if item["state"] == AutoState.SCHEDULED.value]


def _pair(row: Document) -> tuple[ObjectId, ObjectId]:
    return row["user_id"], row["event_id"]


def _find(name: str, query: Document, fields: Document | None = None) -> list[Document]:
    return list(collection(name).find(query, fields, session=current_session()))
