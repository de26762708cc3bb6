"""What came of a broadcast: its numbers, and who is behind each of them."""

from dataclasses import dataclass

from bson import ObjectId

from broadcasts.models import Broadcast
from broadcasts.services.audience import booked_since, people_query, readers_of
from common.mongo import Document, collection
from people.services.reach import IN_REACH
from shared_contracts.broadcast import DeliveryStatus

ENDS = tuple(
    status.value
    for status in (DeliveryStatus.SENT, DeliveryStatus.BLOCKED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN)
)
PRESSED, BOOKED, LEFT, OUT_OF_REACH = "pressed", "booked", "left", "out-of-reach"
GROUPS = (*ENDS, PRESSED, BOOKED, LEFT, OUT_OF_REACH)
"""Whose names can be asked for: by how their message ended, and by what they did; ``LEFT``: it has yet to go out;
``OUT_OF_REACH``: they are of the audience, and the bot could not write to them when it began."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, and what it has brought.

    Attributes:
        total: how many messages there were to be when it began.
        ended: by how they ended, how many have.
        pressed: how many people pressed the button.
        booked: how many of those who got it have made a booking in the event since.
        people: how many people got it; groups are none.
    """

    total: int
    ended: dict[str, int]
    pressed: int
    booked: int
    people: int

    @property
    def done(self) -> int:
        """How many messages went out, or could not."""
        return sum(self.ended.values())

    @property
    def left(self) -> int:
        """How many are still to go out; people who have left the audience meanwhile get none."""
        return max(self.total - self.done, 0)

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(100 * self.done // self.total, 100) if self.total else 100


def progress_of(broadcast: Broadcast) -> Progress:
    """As the bot has reported it so far, and as bookings stand now."""
    sent_to_chats = {"broadcast_id": broadcast.pk, "chat_id": {"$lt": 0}, "status": DeliveryStatus.SENT.value}
    ended = {status: int(getattr(broadcast, status) or 0) for status in ENDS}
    return Progress(
        total=max((broadcast.people or 0) + len(broadcast.chat_ids), sum(ended.values())),
        ended=ended,
        pressed=broadcast.pressed or 0,
        booked=collection("broadcast_deliveries").count_documents(_deliveries(broadcast, BOOKED)),
        people=ended["sent"] - collection("broadcast_deliveries").count_documents(sent_to_chats),
    )


def deliveries(broadcast: Broadcast, group: str, after_id: str | None, limit: int) -> list[Document]:
    """The next of a group's messages, by id."""
    later: Document = {"_id": {"$gt": ObjectId(after_id)}} if after_id else {}
    found = collection("broadcast_deliveries").find(_deliveries(broadcast, group) | later)
    return list(found.sort("_id", 1).limit(limit))


def chats_told(broadcast: Broadcast) -> set[int]:
    """Groups whose message has ended."""
    groups = {"broadcast_id": broadcast.pk, "chat_id": {"$lt": 0}}
    return set(collection("broadcast_deliveries").distinct("chat_id", groups))


def people_left(broadcast: Broadcast, after_id: str | None, limit: int) -> list[Document]:
    """The next of those who have yet to get it, by id, as documents of ``users``."""
    return _untold(broadcast, IN_REACH, after_id, limit)


def people_out_of_reach(broadcast: Broadcast, after_id: str | None, limit: int) -> list[Document]:
    """The next of the audience to whom the bot could not write when it began, by id, as documents of ``users``.

    Whoever has started the bot since is among them, who was added since is not.
    """
    began = broadcast.began_at or broadcast.created_at
    states = [{"started_at": None}, {"started_at": {"$gt": began}}, {"blocked_at": {"$ne": None}}]
    return _untold(broadcast, {"created_at": {"$lte": began}, "$or": states}, after_id, limit)


def _untold(broadcast: Broadcast, condition: Document, after_id: str | None, limit: int) -> list[Document]:
    told = collection("broadcast_deliveries").distinct("chat_id", {"broadcast_id": broadcast.pk})
    later: Document = {"_id": {"$gt": ObjectId(after_id)}} if after_id else {}
    conditions = [people_query(readers_of(broadcast)), condition, {"telegram_id": {"$nin": told}}, later]
    return list(collection("users").find({"$and": conditions}).sort("_id", 1).limit(limit))


def _deliveries(broadcast: Broadcast, group: str) -> Document:
    own: Document = {"broadcast_id": broadcast.pk}
    if group == PRESSED:
        return own | {"pressed_at": {"$ne": None}}
    if group == BOOKED:
        return own | {"chat_id": {"$in": booked_since(broadcast.pk)}, "status": DeliveryStatus.SENT.value}
    return own | {"status": group}
