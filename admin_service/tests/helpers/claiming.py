"""What the bot sends when someone opens an invitation's link, or comes for the first time; and the answers."""

import uuid
from typing import Any

from common import clock
from config.consumers import DIALOGS
from messaging.dialogs import DialogCommands
from people.models import Invitation, Person
from people.services.invitations import invite
from shared_contracts.dialog import AnyDialogCommand, ChatStarted, DialogResult, InvitationClaimed, UsernameClaimed
from shared_contracts.requests import ReplyTo


def _base(telegram_id: int, **fields: Any) -> dict[str, Any]:
    return {
        "message_id": uuid.uuid4(),
        "correlation_id": uuid.uuid4().hex,
        "occurred_at": clock.now(),
        "user_telegram_id": telegram_id,
        "reply": ReplyTo(chat_id=telegram_id, message_id=7),
        "first_name": "Маша",
        "last_name": "П.",
        "language_code": "en",
        **fields,
    }


def link(person: Person, days: int = 14) -> str:
    """The token of a new link for a person, which is known now and never again."""
    made = invite([person], days=days, actor="anna")
    return made.tokens.of(Invitation.objects.get(batch=made.batch).pk)


def opens(token: str, telegram_id: int, username: str | None = None) -> InvitationClaimed:
    """Someone opens an invitation's link."""
    return InvitationClaimed(**_base(telegram_id, username=username), token=token)


def comes(telegram_id: int, username: str) -> UsernameClaimed:
    """Someone whose username is awaited writes for the first time."""
    return UsernameClaimed(**_base(telegram_id), username=username)


def starts(telegram_id: int, username: str | None) -> ChatStarted:
    """Someone presses Start; nobody waits for an answer."""
    fields = _base(telegram_id, username=username)
    return ChatStarted(**{name: value for name, value in fields.items() if name != "reply"})


def results(*commands: AnyDialogCommand) -> list[DialogResult]:
    """The answers to commands that come together."""
    return [DialogResult.model_validate_json(row["body"]) for row in DialogCommands(DIALOGS).handle(commands)]


def result(command: AnyDialogCommand) -> DialogResult:
    """The answer to one command."""
    (answer,) = results(command)
    return answer
