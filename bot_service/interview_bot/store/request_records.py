"""What the bot has to remember of the requests it made, so that it can show their answers."""

from datetime import datetime
from typing import Literal

from bson import Int64
from pydantic import BaseModel

from interview_bot.common.database import Database, Document
from interview_bot.views.attendance_screens import AnswerKind

RequestKind = Literal[
    AnswerKind,
    "book",
    "move",
    "cancel",
    "withdraw_move",
    "approve",
    "reschedule",
    "reject",
    "take",
    "pass",
    "wait",
    "leave",
    "offer_time",
    "mark",
    "unmark",
    "move_interview",
    "cancel_interview",
    "agree",
    "calendar",
]
"""What is asked for. ``request.<kind>`` is the key of the text that is shown until the answer comes."""


class RequestRecord(BaseModel):
    """One request.

    ``timezone``: the reader's own zone, None where the slot's city decides. ``city_id``, ``recruiter`` and ``day``
    (YYYY-MM-DD): those chosen on the way (see ``DialogData``). ``asked_at``: UTC.
    """

    kind: RequestKind
    user_id: int
    chat_id: int
    message_id: int
    language: str
    timezone: str | None
    event_id: str | None
    booking_id: str | None
    city_id: str | None = None
    recruiter: str | None = None
    day: str | None = None
    asked_at: datetime

    def as_document(self) -> Document:
        """The record as it is kept beside its message; ids are Telegram's, so 64-bit integers."""
        return self.model_dump() | {name: Int64(getattr(self, name)) for name in ("user_id", "chat_id", "message_id")}


class RequestRecords:
    """Reads the records, which the outbox keeps with the messages."""

    def __init__(self, database: Database) -> None:
        self._rows = database["outbox"]

    async def find(self, request_id: str) -> RequestRecord | None:
        """What is known about a request; None when this bot never made it."""
        row = await self._rows.find_one({"_id": request_id, "request": {"$exists": True}}, {"request": 1})
        return None if row is None else RequestRecord.model_validate(row["request"])
