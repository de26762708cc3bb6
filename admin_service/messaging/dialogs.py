"""Working ``admin.dialog.command``: each command once, one ``bot.dialog.result`` for each that asks for it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from messaging import inbox, outbox
from messaging.receiving import ANY_SENDER, Receiver
from shared_contracts.booking import RequestEssentials
from shared_contracts.dialog import AnyDialogCommand, DialogOutcome, DialogRequest, DialogResult, Role, dialog_command
from shared_contracts.fields import Bilingual
from shared_contracts.transport.envelope import BadMessageError, decode, read_json_object
from shared_contracts.transport.topology import DIALOG_COMMAND, DIALOG_RESULT

_NAMESPACE = uuid.UUID("2b8f9d0e-7a41-4c53-8f0a-61d2f7b7c3a4")


@dataclass(frozen=True, slots=True)
class DialogAnswer:
    """How a command ended, for the person who sent it; see ``DialogResult``."""

    outcome: DialogOutcome
    role: Role | None = None
    name: str | None = None
    event_id: str | None = None
    reason: Bilingual | None = None
    closed: Literal["event", "city"] | None = None


Handling = Callable[[Any, datetime], DialogAnswer | None]
"""Stores one command, in the transaction under way, at a moment (aware UTC); None where nobody waits for an answer."""


class DialogCommands:
    """The handler of ``admin.dialog.command``; ``handlers`` says who stores which command."""

    queue = DIALOG_COMMAND

    def __init__(self, handlers: Mapping[type, Handling], receiver: Receiver = ANY_SENDER) -> None:
        self._handlers, self._receiver = handlers, receiver

    def read(self, body: bytes) -> AnyDialogCommand:
        """The command."""
        return decode(dialog_command, self._receiver.open(body, self.queue))

    def handle(self, items: Sequence[AnyDialogCommand]) -> list[Document]:
        """Store the commands in one transaction; the rows are their answers."""
        return in_transaction(lambda: [row for item in items for row in self._handle_one(item)])

    def give_up(self, body: bytes, reason: str) -> None:
        """Answer ``failed`` to who waits for it (a dead letter may be replayed later)."""
        try:
            opened = self._receiver.open(body, self.queue)
            read_json_object(opened)
            command = _essentials.validate_json(opened)
        except (BadMessageError, ValidationError):
            return  # not the bot's, nobody waits, or it does not say who
        if inbox.is_decided(command.message_id):
            return  # its answer stands
        answer = DialogAnswer(DialogOutcome.FAILED)
        result = _result(command, command.action, answer, clock.now(), "failed")
        outbox.add_once(outbox.Outgoing(DIALOG_RESULT, result))

    def _handle_one(self, item: AnyDialogCommand) -> list[Document]:
        now = clock.now()
        handler = self._handlers[type(item)]
        if not isinstance(item, DialogRequest):
            handler(item, now)
            return []
        if inbox.is_decided(item.message_id):  # its answer went out with that decision
            return []
        answer = handler(item, now)
        if answer is None:
            raise TypeError(f"{item.action} is answered, its handler gave no answer")
        result = _result(item, item.action, answer, now, "result")
        _remember(item, result, now)
        return outbox.add([outbox.Outgoing(DIALOG_RESULT, result)], published_by_writer=True)


def _remember(item: DialogRequest, result: DialogResult, now: datetime) -> None:
    collection("inbox").insert_one(
        {
            "_id": str(item.message_id),
            "queue": DIALOG_COMMAND.name,
            "fingerprint": "",
            "answer": result.model_dump_json(),
            "created_at": now,
            "updated_at": now,
        },
        session=current_session(),
    )


class _Essentials(RequestEssentials):
    """What it takes to answer a command that can't be read as a whole. ``action`` stands where requests have a type."""

    event_type: str = ""
    action: str = Field(max_length=64)


_essentials: TypeAdapter[_Essentials] = TypeAdapter(_Essentials)


def _result(
    item: DialogRequest | _Essentials, action: str, answer: DialogAnswer, now: datetime, purpose: str
) -> DialogResult:
    return DialogResult(
        message_id=uuid.uuid5(_NAMESPACE, f"{item.message_id}/{purpose}"),
        correlation_id=item.correlation_id,
        occurred_at=now,
        request_id=item.message_id,
        action=action,
        outcome=answer.outcome,
        decided_at=now,
        user_telegram_id=item.user_telegram_id,
        reply=item.reply,
        role=answer.role,
        name=answer.name,
        event_id=answer.event_id,
        reason=answer.reason,
        closed=answer.closed,
    )
