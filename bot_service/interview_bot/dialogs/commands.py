"""/start, /help, /contact, the unexpected, and what happens outside private chats."""

import re

from telegram import Chat, ChatMember, ChatMemberUpdated, User

from interview_bot.dialogs.candidate.sign_up import enter_event, show_home
from interview_bot.dialogs.context import DialogContext, Services
from interview_bot.messaging.envelope import envelope
from interview_bot.views import keyboards
from interview_bot.views.screen import Screen
from interview_bot.views.texts import language_of, texts_for
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.topology import DIALOG_COMMAND

EVENT_LINK = "e_"
_EVENT_PAYLOAD = re.compile(r"e_([0-9a-f]{24})")


async def remember_chat(services: Services, user: User) -> None:
    """The person may be written to from now on; the admin service is told, whoever they are."""
    await services.chats.remember(user.id, language_of(user.language_code))
    command = ChatStarted(
        **envelope(),
        user_telegram_id=user.id,
        username=user.username,
        first_name=user.first_name[:256],
        last_name=user.last_name[:256] if user.last_name else None,
        language_code=user.language_code,
    )
    await services.outbox.send(DIALOG_COMMAND, command)


async def forget_chat(services: Services, user_id: int) -> None:
    """The person blocked the bot."""
    await services.chats.unreachable(user_id)
    command = ChatStopped(**envelope(), user_telegram_id=user_id)
    await services.outbox.send(DIALOG_COMMAND, command)


async def on_membership_change(services: Services, change: ChatMemberUpdated) -> None:
    """Someone blocked or unblocked the bot in their private chat."""
    if change.chat.type != Chat.PRIVATE:
        return
    if change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}:
        await forget_chat(services, change.from_user.id)
    elif change.new_chat_member.status == ChatMember.MEMBER:
        await remember_chat(services, change.from_user)


async def start(context: DialogContext, payload: str) -> None:
    """/start, or a deep link into one interview event's slots."""
    await context.services.dialog_states.clear(context.user_id)
    event = _EVENT_PAYLOAD.fullmatch(payload)
    if event is None:
        name = context.person.first_name if context.person else ""
        await show_home(context, context.texts("home.welcome", name=name))
    else:
        await enter_event(context, event[1])


async def show_help(context: DialogContext) -> None:
    """What the bot can do."""
    await context.show(Screen(help_text(context)))


async def show_contact(context: DialogContext) -> None:
    """A link to the responsible person (FR7)."""
    url = await context.contact_url()
    key = "contact.link" if url else "contact.none"
    await context.show(Screen(context.texts(key), keyboards.contact(url, context.texts)))


async def show_unknown(context: DialogContext) -> None:
    """Something was typed that is no command: say what is possible."""
    await context.show(Screen(f"{context.texts('unknown.text')}\n\n{help_text(context)}"))


async def invite_from_group(services: Services, chat_id: int, language_code: str | None) -> None:
    """A command in a group is answered with the way into the private chat."""
    texts = texts_for(language_of(language_code))
    keyboard = keyboards.deep_link(services.bot.username, None, texts.plain("button.private_chat"))
    await services.outgoing.send(chat_id, Screen(texts("group.command"), keyboard))


def help_text(context: DialogContext) -> str:
    """The commands and what they do."""
    lines = (f"/{name}: {context.texts(f'command.{name}')}" for name in context.commands)
    return "\n".join([context.texts("help.title"), *lines])
