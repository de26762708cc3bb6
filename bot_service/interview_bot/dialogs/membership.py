"""Whom the bot may write to: people who started a chat with it, and those who blocked it."""

import json
from hashlib import sha256
from typing import TypedDict

from telegram import ChatMember, ChatMemberUpdated, User

from interview_bot.dialogs.context import Services
from interview_bot.messaging.envelope import envelope
from interview_bot.views.texts import language_of
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.transport.topology import DIALOG_COMMAND

_LONGEST_NAME = 256


class TelegramNames(TypedDict):
    """What Telegram says of a person besides their @username, as the commands to the admin service carry it."""

    first_name: str
    last_name: str | None
    language_code: str | None


def telegram_names(user: User) -> TelegramNames:
    """The person's names, cut to what a message takes, and their language."""
    return TelegramNames(
        first_name=user.first_name[:_LONGEST_NAME],
        last_name=user.last_name[:_LONGEST_NAME] if user.last_name else None,
        language_code=user.language_code,
    )


async def remember_chat(services: Services, user: User) -> None:
    """The person may be written to from now on; the admin service is told, whoever they are."""
    await services.chats.remember(user.id, language_of(user.language_code))
    await _tell_of(services, user)


async def follow_names(services: Services, user: User) -> None:
    """Tell the admin service of a new name or language in Telegram."""
    if await services.chats.told_names(user.id) != _names_digest(user):
        await _tell_of(services, user)


async def _tell_of(services: Services, user: User) -> None:
    command = ChatStarted(**envelope(), **telegram_names(user), user_telegram_id=user.id, username=user.username)
    await services.outbox.send(DIALOG_COMMAND, command)
    await services.chats.mark_told_names(user.id, _names_digest(user))


def _names_digest(user: User) -> str:
    """Tells one set of names, and their language, from another, without keeping them."""
    names = (user.username, user.first_name, user.last_name, user.language_code)
    return sha256(json.dumps(names).encode()).hexdigest()[:16]


async def forget_chat(services: Services, user_id: int) -> None:
    """The person blocked the bot."""
    await services.chats.mark_unreachable(user_id)
    command = ChatStopped(**envelope(), user_telegram_id=user_id)
    await services.outbox.send(DIALOG_COMMAND, command)


async def on_membership_change(services: Services, change: ChatMemberUpdated) -> None:
    """Someone blocked or unblocked the bot in their private chat."""
    if change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}:
        await forget_chat(services, change.from_user.id)
    elif change.new_chat_member.status == ChatMember.MEMBER:
        await remember_chat(services, change.from_user)
