"""What chat tells about people (``admin.dialog.command``): who started the bot, who blocked it."""

from collections.abc import Sequence

from common import clock
from common.mongo import Document, collection
from shared_contracts.envelope import decode
from shared_contracts.notification import AnyDialogCommand, ChatStarted, dialog_command
from shared_contracts.topology import DIALOG_COMMAND


class DialogCommands:
    """The handler of ``admin.dialog.command``. Safe to repeat: a report that is not newer changes nothing."""

    queue = DIALOG_COMMAND

    def read(self, body: bytes) -> AnyDialogCommand:
        """The report."""
        return decode(dialog_command, body)

    def handle(self, items: Sequence[AnyDialogCommand]) -> list[Document]:
        """Store the reports; nobody is answered."""
        for item in items:
            newer = {"$or": [{"chat_seen_at": None}, {"chat_seen_at": {"$lt": item.occurred_at}}]}
            collection("users").update_one(
                {"telegram_id": item.user_telegram_id, **newer},
                {"$set": {**_facts(item), "chat_seen_at": item.occurred_at, "updated_at": clock.now()}},
            )
        return []

    def give_up(self, body: bytes, reason: str) -> None:
        """Nobody waits for it."""


def _facts(item: AnyDialogCommand) -> Document:
    if not isinstance(item, ChatStarted):
        return {"blocked_at": item.occurred_at}
    facts: Document = {
        "started_at": item.occurred_at,
        "blocked_at": None,
        "language_code": item.language_code or "",
    }
    if item.username:
        facts |= {"username": item.username, "listed_at": clock.now()}
    return facts
