"""The rows of a broadcast: who gets it, what became of each message, what the admin service has been told.

A row is ``pending``, then ``claimed`` by the one process that sends it, then one of the contract's final statuses.
One that is ``withdrawn`` is of somebody who is not, or not yet again, known to belong to the audience.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from bson import Int64
from pymongo import ASCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from interview_bot.common import clock
from interview_bot.common.database import Database, Document, due
from shared_contracts.broadcast import ChatTrouble, Delivery, DeliveryStatus

PENDING = "pending"
CLAIMED = "claimed"
WITHDRAWN = "withdrawn"
REPORT_SIZE = 100
_DUPLICATE_KEY = 11_000
_FINAL = [status.value for status in DeliveryStatus]


class Deliveries:
    """The collection ``deliveries``, one row per broadcast and chat."""

    def __init__(self, database: Database) -> None:
        self._rows = database["deliveries"]

    async def add(self, broadcast_id: str, chat_ids: list[int]) -> None:
        """Add recipients; those already there stay as they are, but for ``withdrawn`` ones, which wait again."""
        rows = [
            {
                "broadcast_id": broadcast_id,
                "chat_id": Int64(chat_id),
                "status": PENDING,
                "attempts": 0,
                "reported": False,
            }
            for chat_id in chat_ids
        ]
        if not rows:
            return
        try:
            await self._rows.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            if any(problem["code"] != _DUPLICATE_KEY for problem in error.details["writeErrors"]):
                raise
        named = {"$in": [row["chat_id"] for row in rows]}
        await self._rows.update_many(
            {"broadcast_id": broadcast_id, "chat_id": named, "status": WITHDRAWN}, {"$set": {"status": PENDING}}
        )

    async def withdraw_people(self, broadcast_id: str) -> None:
        """No person who still waits is written to until they are added again; how often each was tried stays known."""
        waiting = {"broadcast_id": broadcast_id, "status": PENDING, "chat_id": {"$gt": 0}}
        await self._rows.update_many(waiting, {"$set": {"status": WITHDRAWN}})

    async def withdraw(self, row: Document) -> None:
        """The same of one row."""
        await self._rows.update_one({"_id": row["_id"], "status": PENDING}, {"$set": {"status": WITHDRAWN}})

    async def next_pending(self, broadcast_id: str) -> Document | None:
        """A row to send now, the least tried first. None as well while all rows left wait for their chats."""
        pending = {"broadcast_id": broadcast_id, "status": PENDING}
        never_put_off = {"due_at": None}
        now = due("due_at", "put_off_at", clock.now())
        return await self._rows.find_one(
            {**pending, "$or": [never_put_off, *now["$or"]]}, sort=[("attempts", ASCENDING)]
        )

    async def has_pending(self, broadcast_id: str) -> bool:
        """Whether any row is still to be sent, now or later."""
        return await self._rows.find_one({"broadcast_id": broadcast_id, "status": PENDING}, {"_id": 1}) is not None

    async def claim(self, row: Document) -> bool:
        """Take a pending row. It is a conditional update, so that one process alone gets it."""
        result = await self._rows.update_one(
            {"_id": row["_id"], "status": PENDING},
            {"$set": {"status": CLAIMED, "at": clock.now()}, "$inc": {"attempts": 1}},
        )
        return result.modified_count == 1

    async def give_up_claims(self, broadcast_id: str) -> int:
        """Give up rows that a broken-off process left claimed: they may have been sent. Returns how many there were."""
        result = await self._rows.update_many(
            {"broadcast_id": broadcast_id, "status": CLAIMED},
            {"$set": {"status": DeliveryStatus.UNCERTAIN.value, "error": "the bot stopped while sending"}},
        )
        return result.modified_count

    async def settle(
        self,
        row: Document,
        status: str,
        message_id: int | None = None,
        error: str | None = None,
        trouble: ChatTrouble | None = None,
    ) -> None:
        """Record what became of a claimed row."""
        told = {"message_id": message_id, "error": error, "trouble": trouble.value if trouble else None}
        values = {"status": status, **told, "at": clock.now()}
        await self._rows.update_one({"_id": row["_id"], "status": CLAIMED}, {"$set": values})

    async def move(self, row: Document, chat_id: int) -> None:
        """The claimed row's chat has another id now: it waits to be sent there, unless that chat has a row already."""
        values = {"chat_id": Int64(chat_id), "moved_from": Int64(row["chat_id"]), "status": PENDING}
        try:
            await self._rows.update_one({"_id": row["_id"], "status": CLAIMED}, {"$set": values})
        except DuplicateKeyError:
            where = f"the group is chat {chat_id} now, which gets it too"
            await self._rows.update_one({"_id": row["_id"]}, {"$set": {"moved_to": Int64(chat_id)}})
            await self.settle(row, DeliveryStatus.FAILED.value, error=where)

    async def put_off(self, row: Document, pause: timedelta) -> None:
        """Telegram takes nothing for this chat now: the claimed row waits, untried."""
        now = clock.now()
        await self._rows.update_one(
            {"_id": row["_id"], "status": CLAIMED},
            {"$set": {"status": PENDING, "due_at": now + pause, "put_off_at": now}, "$inc": {"attempts": -1}},
        )

    async def count_unreported(self, broadcast_id: str) -> int:
        """How many finished rows the admin service has not been told about."""
        return await self._rows.count_documents(
            {"broadcast_id": broadcast_id, "reported": False, "status": {"$in": _FINAL}}
        )

    async def next_report(self, broadcast_id: str) -> tuple[UUID, list[Delivery]] | None:
        """A batch to report, with its message id; the same again until ``mark_reported`` is called for it."""
        done = {"broadcast_id": broadcast_id, "reported": False, "status": {"$in": _FINAL}}
        begun = await self._rows.find_one(done | {"report": {"$exists": True}}, {"report": 1})
        if begun is None:
            ids = [row["_id"] async for row in self._rows.find(done, {"_id": 1}).limit(REPORT_SIZE)]
            if not ids:
                return None
            report = str(uuid4())
            await self._rows.update_many({"_id": {"$in": ids}}, {"$set": {"report": report}})
        else:
            report = begun["report"]
        rows = await self._rows.find({"broadcast_id": broadcast_id, "report": report}).to_list()
        return UUID(report), [_delivery(row) for row in rows]

    async def unpressed(self, chat_id: int, message_id: int) -> str | None:
        """The broadcast that this message is of; None where it is of none, or its button was pressed before."""
        sent = {"chat_id": Int64(chat_id), "message_id": message_id, "pressed_at": None}
        row = await self._rows.find_one(sent, {"broadcast_id": 1})
        return None if row is None else str(row["broadcast_id"])

    async def mark_pressed(self, chat_id: int, message_id: int) -> None:
        """Remember that the admin service has been told of the press."""
        sent = {"chat_id": Int64(chat_id), "message_id": message_id}
        await self._rows.update_one(sent, {"$set": {"pressed_at": clock.now()}})

    async def mark_reported(self, broadcast_id: str, report: UUID) -> None:
        """Remember that the batch is in the outbox."""
        await self._rows.update_many(
            {"broadcast_id": broadcast_id, "report": str(report)}, {"$set": {"reported": True}}
        )


def _delivery(row: Document) -> Delivery:
    return Delivery(
        chat_id=int(row["chat_id"]),
        status=DeliveryStatus(row["status"]),
        telegram_message_id=row.get("message_id"),
        error=row.get("error"),
        moved_from=int(row["moved_from"]) if row.get("moved_from") else None,
        trouble=ChatTrouble(row["trouble"]) if row.get("trouble") else None,
        moved_to=int(row["moved_to"]) if row.get("moved_to") else None,
    )
