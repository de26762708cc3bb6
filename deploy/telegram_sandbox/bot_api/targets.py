"""Which chat or message a call is about, and whether the bot may touch it."""

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.errors import bad_request, forbidden
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
    """The chat of `chat_id`, if the person lets the bot write."""
    chat = find_chat(sandbox, params)
    person = sandbox.memory.people.get(chat.chat_id)
    if person and person.blocked:
        raise forbidden("bot was blocked by the user")
    if person and not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    return chat


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
