"""Which version of a booking a chat shows, and in which messages: an older one never overwrites a newer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bson import Int64
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock
from interview_bot.common.database import Database, Document
from shared_contracts.directory import BookingView, SlotView

_MOST_MESSAGES = 20


class Shown(Enum):
    """Whether a version may be shown in a message."""

    NEWEST = "newest"
    NEWER_HERE = "newer_here"
    """This message shows a newer version already."""
    NEWER_ELSEWHERE = "newer_elsewhere"
    """Another message of the chat shows a newer version."""


@dataclass(frozen=True)
class ShownBookings:
    """The collection ``shown_bookings``."""

    database: Database

    async def claim(self, chat_id: int, message_id: int, booking: BookingView, *, tells_wish: bool = True) -> Shown:
        """Record that ``booking`` is about to be shown, unless a newer version is; one conditional update decides.

        ``tells_wish``: the message tells of a move that is asked for, too.
        """
        key = f"{chat_id}:{booking.id}"
        rows = self.database["shown_bookings"]
        try:
            await rows.update_one(
                {"_id": key, "version": {"$lte": booking.version}}, _claim(message_id, booking, tells_wish), True
            )
        except DuplicateKeyError:
            row = await rows.find_one({"_id": key}, {"message_id": 1})
            here = row is not None and row["message_id"] == message_id
            return Shown.NEWER_HERE if here else Shown.NEWER_ELSEWHERE
        return Shown.NEWEST

    async def replace_claims(self, chat_id: int, message_id: int, bookings: Iterable[BookingView]) -> None:
        """The message shows these bookings from now on, and no others; an older version of one is not recorded."""
        rows = self.database["shown_bookings"]
        theirs = {"_id": {"$regex": f"^{chat_id}:"}, "messages.id": message_id}
        await rows.update_many(theirs, {"$pull": {"messages": {"id": message_id}}})
        for booking in bookings:
            await self.claim(chat_id, message_id, booking)

    async def untrue_messages(self, chat_id: int, booking: BookingView) -> list[int]:
        """Ids of messages that claim something of an older version which is no longer so."""
        row = await self.database["shown_bookings"].find_one({"_id": f"{chat_id}:{booking.id}"}, {"messages": 1})
        messages: list[Document] = (row or {}).get("messages", [])
        return [int(it["id"]) for it in messages if it["version"] < booking.version and not _is_true(it, booking)]

    async def forget_message(self, chat_id: int, booking: BookingView, message_id: int) -> None:
        """The message claims nothing any more."""
        change = {"$pull": {"messages": {"id": message_id}}}
        await self.database["shown_bookings"].update_one({"_id": f"{chat_id}:{booking.id}"}, change)


def _claim(message_id: int, booking: BookingView, tells_wish: bool) -> list[Document]:
    """The update of a claim: the message is the newest, and is kept among those that claim something."""
    wanted = _when_and_where(booking.requested_slot) if tells_wish else ""
    claims = {"said": {"$literal": _said(booking)}, "wanted": {"$literal": wanted}}
    entry = {"id": Int64(message_id), "version": booking.version, **claims}
    others = {"$filter": {"input": {"$ifNull": ["$messages", []]}, "cond": {"$ne": ["$$this.id", message_id]}}}
    messages = {"$slice": [{"$concatArrays": [others, [entry]]}, -_MOST_MESSAGES]}
    values = {"version": booking.version, "message_id": Int64(message_id), "at": clock.now(), "messages": messages}
    return [{"$set": values}]


def _said(booking: BookingView) -> str:
    """What every message about a booking claims: that it stands, when and where."""
    return f"{booking.status.value} | {_when_and_where(booking.slot)}"


def _is_true(claim: Document, booking: BookingView) -> bool:
    """Whether a message is right still; one of before a move was asked for claims nothing of it."""
    wanted: str = claim.get("wanted", "")
    return claim["said"] == _said(booking) and wanted in ("", _when_and_where(booking.requested_slot))


def _when_and_where(slot: SlotView | None) -> str:
    return f"{slot.id} {slot.starts_at.isoformat()} {slot.line}" if slot else ""
