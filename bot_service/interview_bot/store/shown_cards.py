"""Which card of a request a recruiter's chat shows, and in which message: an older one never overwrites a newer."""

from dataclasses import dataclass
from typing import Any, Literal

from bson import Int64
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from interview_bot.common import clock
from interview_bot.common.database import Database, Document
from shared_contracts.broadcast import Delivery
from shared_contracts.card import CardAttention, RecruiterCard

CardList = Literal["requests", "day"]
"""Where a card can be opened: in the list of what waits, or in that of a day's interviews."""


@dataclass(frozen=True)
class ShownCard:
    """The newest known card of a booking in a chat.

    ``message_id``: the message that shows it, None before the first came. ``turn`` counts the answers shown to the
    recruiter's presses and is part of the buttons, so that a request can be made again after it failed. ``done``: what
    became of each revision and attention. ``told``: the card as a message of its own, or an answer to a press, last
    showed it; what changed since is news to the recruiter, though an edit shows it already. ``opened_from``: the list
    whose place the message takes, None where it takes none's.
    """

    card: RecruiterCard
    message_id: int | None
    turn: int
    done: dict[str, Any]
    told: RecruiterCard | None = None
    opened_from: CardList | None = None


@dataclass(frozen=True)
class ShownCards:
    """The collection ``shown_cards``."""

    database: Database

    async def get(self, chat_id: int, booking_id: str) -> ShownCard | None:
        """The booking's card in that chat; None if it was never shown there."""
        row = await self.database["shown_cards"].find_one({"_id": _key(chat_id, booking_id)})
        return None if row is None else _read(row)

    async def claim(self, chat_id: int, card: RecruiterCard, *, turns: int = 0) -> ShownCard | None:
        """Record that ``card`` is about to be shown; None if a newer one is. One conditional update decides."""
        key = _key(chat_id, card.booking.id)
        try:
            row = await self.database["shown_cards"].find_one_and_update(
                {"_id": key, "revision": {"$lte": card.revision}},
                {
                    "$set": {"revision": card.revision, "card": card.model_dump_json(), "at": clock.now()},
                    "$setOnInsert": {"message_id": None, "done": {}},
                    "$inc": {"turn": turns},
                },
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None
        return None if row is None else _read(row)

    async def set_message(
        self, chat_id: int, card: RecruiterCard, message_id: int, opened_from: CardList | None = None
    ) -> None:
        """This message tells of the card from now on. ``opened_from``: the list whose place it takes."""
        shown: Document = {"message_id": Int64(message_id), "opened_from": opened_from}
        values = shown | {"told": card.model_dump_json()}
        await self.database["shown_cards"].update_one({"_id": _key(chat_id, card.booking.id)}, {"$set": values})

    async def forget_message(self, chat_id: int, booking_id: str, message_id: int) -> None:
        """This message shows something else from now on; the card is nowhere, unless it is in another by now."""
        shown_here = {"_id": _key(chat_id, booking_id), "message_id": Int64(message_id)}
        await self.database["shown_cards"].update_one(shown_here, {"$set": {"message_id": None}})

    async def record_end(
        self, chat_id: int, card: RecruiterCard, attention: CardAttention, end: Delivery | None
    ) -> None:
        """Record that this revision was shown with this attention. ``end``: how its message ended, None for an edit."""
        kept = None if end is None else end.model_dump(mode="json") | {"chat_id": Int64(end.chat_id)}
        await self.database["shown_cards"].update_one(
            {"_id": _key(chat_id, card.booking.id)}, {"$set": {f"done.{done_key(card, attention)}": kept}}
        )


def done_key(card: RecruiterCard, attention: CardAttention) -> str:
    """The key of a revision and attention in ``ShownCard.done``."""
    return f"{card.revision}-{attention.value}"


def _key(chat_id: int, booking_id: str) -> str:
    return f"{chat_id}:{booking_id}"


def _read(row: Document) -> ShownCard:
    return ShownCard(
        card=RecruiterCard.model_validate_json(row["card"]),
        message_id=row["message_id"],
        turn=row["turn"],
        done=row["done"],
        told=RecruiterCard.model_validate_json(row["told"]) if row.get("told") else None,
        opened_from=row.get("opened_from"),
    )
