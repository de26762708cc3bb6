"""Which version of a booking a chat shows, and in which messages: an older one never overwrites a newer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bson import Int64
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock
from interview_bot.common.database import Database, Document
from shared_contracts.booking import INTERVIEW_STATUSES
from shared_contracts.directory import LIVE_STATUSES, BookingStatus, BookingView, SlotView

_MOST_MESSAGES = 20
_MAY_CHANGE = LIVE_STATUSES | INTERVIEW_STATUSES
"""A mark can be taken back; what was cancelled, say, stays so."""


_HELD = frozenset({BookingStatus.BOOKED, BookingStatus.UNMARKED, BookingStatus.ATTENDED, BookingStatus.LATE})


class Shown(Enum):
    """Whether a version may be shown in a message."""

    NEWEST = "newest"
    NEWER_HERE = "newer_here"
    """This message shows a newer version already."""
    NEWER_ELSEWHERE = "newer_elsewhere"
    """Another message of the chat shows a newer version."""


class Change(Enum):
    """What has happened since a message about a booking was true."""

    ENDED = "ended"
    """The booking has ended, or its interview was not held."""
    MOVED = "moved"
    """It starts at another time."""
    MOVE_ASKED = "move_asked"
    """The move that the message tells of is asked for no more, or is another one."""
    TIME_PROPOSED = "time_proposed"
    """The same of a time that the recruiter proposed."""
    OFFER_LAPSED = "offer_lapsed"
    """It holds a seat for somebody who did not answer in time."""
    OTHERWISE = "otherwise"
    """It stands at the same time, in another state, place or with other details."""


_PAST = frozenset({Change.MOVED, Change.MOVE_ASKED, Change.TIME_PROPOSED})
"""What stays so, whatever becomes of the booking."""


@dataclass(frozen=True)
class ToldStart:
    """The start that a message names, with the clocks of its place."""

    starts_at: datetime
    timezone: str
    online: bool


@dataclass(frozen=True)
class OutdatedMessage:
    """A message that is not true any more, and why; ``told`` is None where an earlier release sent it."""

    message_id: int
    change: Change
    told: ToldStart | None


@dataclass(frozen=True)
class AwaitingMessage:
    """A message that says that a recruiter isn't on the bot, so that its reader is to write to them."""

    chat_id: int
    message_id: int
    booking_id: str

    @property
    def condition(self) -> Document:
        """What finds the row, and in it the message."""
        claim = {"id": self.message_id, "awaits": True}
        return {"_id": f"{self.chat_id}:{self.booking_id}", "messages": {"$elemMatch": claim}}


@dataclass(frozen=True)
class ShownBookings:
    """The collection ``shown_bookings``."""

    database: Database

    async def claim(
        self,
        chat_id: int,
        message_id: int,
        booking: BookingView,
        *,
        tells_wish: bool = True,
        tells_proposal: bool = True,
    ) -> Shown:
        """Record that ``booking`` is about to be shown, unless a newer version is; one conditional update decides.

        ``tells_wish``: the message tells of a move that is asked for, too; ``tells_proposal``: of a proposed time.
        """
        key = f"{chat_id}:{booking.id}"
        rows = self.database["shown_bookings"]
        entry = _entry(message_id, booking, tells_wish=tells_wish, tells_proposal=tells_proposal)
        try:
            await rows.update_one({"_id": key, "version": {"$lte": booking.version}}, _claim(entry), True)
        except DuplicateKeyError:
            row = await rows.find_one({"_id": key}, {"message_id": 1})
            here = row is not None and row["message_id"] == message_id
            return Shown.NEWER_HERE if here else Shown.NEWER_ELSEWHERE
        return Shown.NEWEST

    async def is_older(self, chat_id: int, booking: BookingView) -> bool:
        """Whether the chat shows a newer version of the booking already."""
        newer = {"_id": f"{chat_id}:{booking.id}", "version": {"$gt": booking.version}}
        return await self.database["shown_bookings"].find_one(newer, {"_id": 1}) is not None

    async def replace_claims(self, chat_id: int, message_id: int, bookings: Iterable[BookingView]) -> None:
        """The message shows these bookings from now on, and no others; an older version of one is not recorded."""
        rows = self.database["shown_bookings"]
        theirs = {"_id": {"$regex": f"^{chat_id}:"}, "messages.id": message_id}
        await rows.update_many(theirs, {"$pull": {"messages": {"id": message_id}}})
        for booking in bookings:
            await self.claim(chat_id, message_id, booking)

    async def outdated_messages(
        self, chat_id: int, booking: BookingView, *, every: bool = False
    ) -> list[OutdatedMessage]:
        """Messages that claim something of an older version which is no longer so; ``every``: or is."""
        row = await self.database["shown_bookings"].find_one({"_id": f"{chat_id}:{booking.id}"}, {"messages": 1})
        messages: list[Document] = (row or {}).get("messages", [])
        older = [it for it in messages if it["version"] < booking.version]
        return [_outdated(it, booking) for it in older if every or not _is_true(it, booking)]

    async def note_awaited(self, message: AwaitingMessage) -> None:
        """The message says so from now on."""
        theirs = {"_id": f"{message.chat_id}:{message.booking_id}", "messages.id": message.message_id}
        await self.database["shown_bookings"].update_one(theirs, {"$set": {"messages.$.awaits": True}})

    async def awaiting_recruiters(self) -> list[AwaitingMessage]:
        """Every message that says so."""
        found = self.database["shown_bookings"].find({"messages.awaits": True}, {"messages": 1})
        return [
            AwaitingMessage(int(chat_id), int(told["id"]), booking_id)
            async for row in found
            for chat_id, _, booking_id in [row["_id"].partition(":")]
            for told in row["messages"]
            if told.get("awaits")
        ]

    async def awaits_recruiter(self, message: AwaitingMessage) -> bool:
        """Whether it still does: it may show another thing by now."""
        return await self.database["shown_bookings"].find_one(message.condition, {"_id": 1}) is not None

    async def forget_awaited(self, message: AwaitingMessage) -> None:
        """It says so no more."""
        await self.database["shown_bookings"].update_one(message.condition, {"$unset": {"messages.$.awaits": ""}})

    async def proposed_in(self, chat_id: int, message_id: int, booking_id: str) -> SlotView | None:
        """The time that the message proposes, as it was then; None where that is not known."""
        theirs = {"_id": f"{chat_id}:{booking_id}", "messages.id": message_id}
        row = await self.database["shown_bookings"].find_one(theirs, {"messages.$": 1})
        told = row["messages"][0].get("proposal") if row else None
        try:
            return SlotView.model_validate_json(told) if told else None
        except ValueError:  # of an earlier release
            return None

    async def record_correction(self, chat_id: int, message: OutdatedMessage, booking: BookingView) -> None:
        """The message says now in one line what became of ``booking``, and nothing of any other.

        It still claims that, where it may be otherwise once more.
        """
        rows, key = self.database["shown_bookings"], f"{chat_id}:{booking.id}"
        about_others: Document = {"_id": {"$regex": f"^{chat_id}:", "$ne": key}, "messages.id": message.message_id}
        await rows.update_many(about_others, {"$pull": {"messages": {"id": message.message_id}}})
        theirs = {"_id": key, "messages.id": message.message_id}
        if message.change in _PAST or booking.status not in _MAY_CHANGE:
            await rows.update_one(theirs, {"$pull": {"messages": {"id": message.message_id}}})
        else:
            entry = _entry(message.message_id, booking, tells_wish=False, tells_proposal=False)
            await rows.update_one(theirs, {"$set": {"messages.$": entry | {"details": ""}}})


def _entry(message_id: int, booking: BookingView, *, tells_wish: bool = True, tells_proposal: bool = True) -> Document:
    """What a message claims of ``booking``; an empty text claims nothing."""
    claims = _claims(booking)
    if not tells_wish:
        claims["wanted"] = ""
    if not tells_proposal:
        claims["proposed"] = ""
    slot = booking.slot
    told = {"starts_at": slot.starts_at.isoformat(), "timezone": slot.city.timezone, "online": slot.online}
    proposal = booking.offered_slot.model_dump_json() if booking.offered_slot and tells_proposal else ""
    return {"id": Int64(message_id), "version": booking.version, "told": told, **claims, "proposal": proposal}


def _claim(entry: Document) -> list[Document]:
    """The update of a claim: the message is the newest, and is kept among those that claim something."""
    others = {"$filter": {"input": {"$ifNull": ["$messages", []]}, "cond": {"$ne": ["$$this.id", entry["id"]]}}}
    messages = {"$slice": [{"$concatArrays": [others, [{"$literal": entry}]]}, -_MOST_MESSAGES]}
    values = {"version": entry["version"], "message_id": entry["id"], "at": clock.now(), "messages": messages}
    return [{"$set": values}]


def _is_true(claim: Document, booking: BookingView) -> bool:
    """Whether a message is right still; what was sent before a move was asked for, say, claims nothing of it."""
    return all(claim.get(name, "") in ("", now) for name, now in _claims(booking).items())


def _outdated(claim: Document, booking: BookingView) -> OutdatedMessage:
    stored = claim.get("told")
    told = stored and ToldStart(datetime.fromisoformat(stored["starts_at"]), stored["timezone"], stored["online"])
    return OutdatedMessage(int(claim["id"]), _change(claim, told, booking), told)


def _change(claim: Document, told: ToldStart | None, booking: BookingView) -> Change:
    now = _claims(booking)
    if booking.status is BookingStatus.EXPIRED and claim.get("said", "").startswith(BookingStatus.OFFERED.value):
        return Change.OFFER_LAPSED
    if booking.status not in LIVE_STATUSES | _HELD:
        return Change.ENDED
    if told is not None and told.starts_at != booking.slot.starts_at:
        return Change.MOVED
    if claim.get("wanted", "") not in ("", now["wanted"]):
        return Change.MOVE_ASKED
    return Change.TIME_PROPOSED if claim.get("proposed", "") not in ("", now["proposed"]) else Change.OTHERWISE


def _claims(booking: BookingView) -> dict[str, str]:
    """What messages about a booking claim, as it is now: that it stands, when and where, with whom, what else is asked.

    What was recorded by an earlier release may lack one of these, and claims nothing of it.
    """
    return {
        "said": f"{_standing(booking.status)} | {_when_and_where(booking.slot)}",
        "details": _details(booking.slot),
        "clocks": _clocks(booking.slot),
        "wanted": _all_of(booking.requested_slot),
        "proposed": _all_of(booking.offered_slot),
    }


def _standing(status: BookingStatus) -> str:
    """An interview that was held stays what was said of it before; that it was not held belies it."""
    return BookingStatus.BOOKED.value if status in _HELD else status.value


def _when_and_where(slot: SlotView) -> str:
    return f"{slot.id} {slot.starts_at.isoformat()} {slot.line}"


def _details(slot: SlotView) -> str:
    """What else people read of a slot: how long it is, with whom, in which city or online, and the way there."""
    recruiter = slot.recruiter.name if slot.recruiter else ""
    where = "online" if slot.online else slot.city.name
    return " | ".join((str(slot.duration_minutes), recruiter, where, slot.video_link, *slot.way))


def _clocks(slot: SlotView) -> str:
    """By which a time is told; of an online interview they are the reader's, which no booking knows."""
    return "" if slot.online else slot.city.timezone


def _all_of(slot: SlotView | None) -> str:
    return f"{_when_and_where(slot)} | {_details(slot)} | {_clocks(slot)}" if slot else ""
