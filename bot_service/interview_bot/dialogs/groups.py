"""Groups: what Telegram says of them goes to the admin service, which keeps where announcements go."""

from telegram import Chat, ChatMember, ChatMemberUpdated, Message

from interview_bot.dialogs.context import ALL_COMMANDS, Services
from interview_bot.messaging.envelope import envelope
from shared_contracts.broadcast import ChatTrouble
from shared_contracts.dialog import GroupChanged
from shared_contracts.transport.topology import DIALOG_COMMAND

_OUT = frozenset({ChatMember.BANNED, ChatMember.LEFT})


def is_meant_for_us(message: Message, command: str, username: str) -> bool:
    """Whether a command in a group is for this bot: by name, or one of ours that names nobody."""
    addressed = (message.text or "").split()[0].partition("@")[2].lower()
    return addressed == username.lower() if addressed else command in ALL_COMMANDS


async def on_service_message(services: Services, message: Message) -> None:
    """The group has become a supergroup, or a topic of it was closed or opened again."""
    if message.migrate_to_chat_id:
        await _tell(services, message.migrate_to_chat_id, moved_from=message.chat_id)
    elif message.migrate_from_chat_id:
        await _tell(services, message.chat_id, moved_from=message.migrate_from_chat_id)
    else:
        trouble = ChatTrouble.TOPIC_CLOSED if message.forum_topic_closed else None
        await _tell(services, message.chat_id, trouble=trouble, thread_id=message.message_thread_id)


async def on_membership_change(services: Services, change: ChatMemberUpdated) -> None:
    """The bot was put into a group or out of it, or what it may do there has changed."""
    await _tell(services, change.chat.id, trouble=_trouble(change.chat, change.new_chat_member))


def _trouble(chat: Chat, member: ChatMember) -> ChatTrouble | None:
    if member.status in _OUT:
        return ChatTrouble.KICKED
    if chat.type == Chat.CHANNEL:
        may_write = getattr(member, "can_post_messages", False)
    else:
        may_write = getattr(member, "can_send_messages", True)  # only who is restricted has it
    return None if may_write else ChatTrouble.NO_RIGHTS


async def _tell(
    services: Services,
    chat_id: int,
    *,
    moved_from: int | None = None,
    trouble: ChatTrouble | None = None,
    thread_id: int | None = None,
) -> None:
    command = GroupChanged(**envelope(), chat_id=chat_id, moved_from=moved_from, trouble=trouble, thread_id=thread_id)
    await services.outbox.send(DIALOG_COMMAND, command)
