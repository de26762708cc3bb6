"""Which chat or message a call is about, and whether the bot may touch it."""

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.errors import bad_request, forbidden, upgraded
from telegram_sandbox.world.records import Chat, Message
from telegram_sandbox.world.sandbox import Sandbox


def find_chat(sandbox: Sandbox, params: Params) -> Chat:
    """The chat of `chat_id`. A person the bot can see has a private chat, opened or not."""
    raw = params.text("chat_id").strip()
    if not raw:
        raise bad_request("chat_id is empty")
    chat_id = params.integer("chat_id")
    chat = sandbox.memory.chats.get(chat_id)
    if chat is None and chat_id in sandbox.memory.people:
        chat = sandbox.private_chat(chat_id)
    if chat is None:
        raise bad_request("chat not found")
    return chat


def writable_chat(sandbox: Sandbox, params: Params) -> Chat:
    """The chat of `chat_id`, if the person, or the group, lets the bot write there."""
    chat = find_chat(sandbox, params)
    if chat.kind != "private":
        _check_group(chat)
    person = sandbox.memory.people.get(chat.chat_id)
    if person and person.blocked:
        raise forbidden("bot was blocked by the user")
    if person and not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


def _check_group(chat: Chat) -> None:
    if chat.moved_to is not None:
        raise upgraded(chat.moved_to)
    kind = "supergroup chat" if chat.kind == "supergroup" else "group chat"
    if chat.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {kind}")
    if chat.bot_status == "left":
        raise forbidden(f"bot is not a member of the {kind}")
    if chat.bot_status == "restricted":
        raise bad_request("not enough rights to send text messages to the chat")


def find_topic(chat: Chat, params: Params) -> int | None:
    """The topic of `message_thread_id`, None for the chat itself. A closed one takes no messages."""
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        return None
    topic = chat.topics.get(thread_id)
    if topic is None or topic.state == "deleted":
        raise bad_request("message thread not found")
    if topic.state == "closed":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def find_message(chat: Chat, params: Params, purpose: str) -> Message:
    """The message of `message_id`; `purpose` as in "message to edit"."""
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"{purpose} not found")
    return message


def own_message_to_edit(sandbox: Sandbox, chat: Chat, params: Params) -> Message:
    """The bot's own message of `message_id`: nobody else's can be edited."""
    message = find_message(chat, params, "message to edit")
    if message.sender != sandbox.settings.bot_id:
        raise bad_request("message can't be edited")
    return message
