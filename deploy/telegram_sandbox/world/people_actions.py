"""What people do: write, press buttons, follow links, block the bot."""

import re
import time

from shared_contracts.telegram.text import MAX_TEXT, trim, utf16_length, with_detected
from telegram_sandbox.errors import CannotDo
from telegram_sandbox.world import views
from telegram_sandbox.world.links import start_parameter
from telegram_sandbox.world.records import CallbackQuery, Chat, Json, Message, Person
from telegram_sandbox.world.sandbox import Content, Sandbox

_COMMAND = re.compile(r"/\w+(?:@(\w+))?")


def write(
    sandbox: Sandbox,
    user_id: int,
    text: str,
    chat_id: int | None = None,
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> tuple[Message, int | None]:
    """A person writes; returns the message and the update's id (None when the bot doesn't get to see it).

    Any message opens the private chat; `/start` also unblocks. Raises CannotDo.
    """
    person = sandbox.person(user_id)
    text, _ = trim(text, [])
    if not 1 <= utf16_length(text) <= MAX_TEXT:
        raise CannotDo(422, f"A message has 1 to {MAX_TEXT} characters.")
    chat = chat_of(sandbox, person, chat_id)
    if reply_to is not None and reply_to not in chat.messages:
        raise CannotDo(404, f"Chat {chat.chat_id} has no message {reply_to} to reply to.")
    if chat.kind == "private":
        _open_chat(sandbox, person, text)
    if thread_id is not None and thread_id not in chat.topics:
        raise CannotDo(404, f"Chat {chat.chat_id} has no topic {thread_id}.")
    message = sandbox.add_message(chat, user_id, Content(text, with_detected(text, [])), reply_to, thread_id)
    return message, tell_bot(sandbox, chat, message)


def edit(sandbox: Sandbox, user_id: int, message_id: int, text: str, chat_id: int | None = None) -> int | None:
    """A person edits a message of theirs; returns the update's id as ``write``. Raises CannotDo."""
    chat = chat_of(sandbox, sandbox.person(user_id), chat_id)
    message = chat.messages.get(message_id)
    if message is None or message.sender != user_id:
        raise CannotDo(404, f"Chat {chat.chat_id} has no message {message_id} of person {user_id}.")
    text, _ = trim(text, [])
    if not 1 <= utf16_length(text) <= MAX_TEXT:
        raise CannotDo(422, f"A message has 1 to {MAX_TEXT} characters.")
    sandbox.edit_message(message, Content(text, with_detected(text, [])))
    return tell_bot(sandbox, chat, message, "edited_message")


def tell_bot(sandbox: Sandbox, chat: Chat, message: Message, kind: str = "message") -> int | None:
    """The update about a message, None when the bot doesn't get to see it."""
    if chat.kind != "private" and not _reaches_bot(sandbox, chat, message):
        return None
    return sandbox.updates.add(kind, views.api_message(sandbox, message), f"chat:{chat.chat_id}")


def chat_of(sandbox: Sandbox, person: Person, chat_id: int | None) -> Chat:
    if chat_id is None or chat_id == person.user_id:
        return sandbox.private_chat(person.user_id)
    chat = sandbox.memory.chats.get(chat_id)
    if chat is None:
        raise CannotDo(404, f"There is no chat {chat_id}.")
    if chat.kind == "private":
        raise CannotDo(409, f"Chat {chat_id} is another person's private chat.")
    return chat


def _open_chat(sandbox: Sandbox, person: Person, text: str) -> None:
    if person.blocked:
        if not _COMMAND.match(text) or not text.startswith("/start"):
            raise CannotDo(409, f"Person {person.user_id} has blocked the bot; /start unblocks it.")
        block(sandbox, person.user_id, blocked=False)
    if not person.started:
        person.started = True
        sandbox.publish({"type": "person", "person": person_view(person)})


def _reaches_bot(sandbox: Sandbox, chat: Chat, message: Message) -> bool:
    """Privacy mode: in a group the bot sees commands meant for it, replies to its messages, and service messages."""
    if chat.bot_status in ("kicked", "left"):
        return False
    if message.content and "photo" not in message.content:
        return True
    answered = chat.messages.get(message.reply_to or 0)
    if answered and answered.sender == sandbox.settings.bot_id:
        return True
    command = _COMMAND.match(message.text)
    username = sandbox.settings.username.lower()
    return command is not None and (command[1] or username).lower() == username


def press(
    sandbox: Sandbox, user_id: int, chat_id: int, message_id: int, *, data: str | None, button: str | None
) -> Json:
    """A person presses a button, named by its text or by its data (which may be one no longer shown).

    Returns `{callback_query_id}`; `{followed: url}` for a link; `{copied: text}` of which the bot hears nothing.
    Raises CannotDo.
    """
    person = sandbox.person(user_id)
    chat = chat_of(sandbox, person, chat_id)
    message = chat.messages.get(message_id)
    if message is None:
        raise CannotDo(404, f"Chat {chat_id} has no message {message_id}.")
    if message.sender != sandbox.settings.bot_id:
        raise CannotDo(409, f"Message {message_id} is not the bot's: it has no buttons.")
    if person.blocked and chat.kind == "private":
        raise CannotDo(409, f"Person {user_id} has blocked the bot; /start unblocks it.")
    if data is None:
        found = find_button(message, button or "")
        if "url" in found:
            return follow(sandbox, user_id, found["url"])
        if "copy_text" in found:
            return {"copied": found["copy_text"]["text"]}
        data = str(found["callback_data"])
    return {"callback_query_id": _send_query(sandbox, person, message, data).query_id}


def find_button(message: Message, text: str) -> Json:
    """The button with this text, else the only one that begins with it. Raises CannotDo 404 or 409."""
    buttons = [button for row in message.keyboard or [] for button in row]
    named = [b for b in buttons if b["text"] == text] or [b for b in buttons if text and b["text"].startswith(text)]
    shown = ", ".join(f"“{b['text']}”" for b in buttons) or "none"
    if not named:
        raise CannotDo(404, f"Message {message.message_id} has no button “{text}”. Its buttons: {shown}.")
    if len(named) > 1:
        raise CannotDo(409, f"“{text}” fits several buttons of message {message.message_id}: {shown}.")
    return named[0]


def _send_query(sandbox: Sandbox, person: Person, message: Message, data: str) -> CallbackQuery:
    memory = sandbox.memory
    memory.last_query_id += 1
    query = CallbackQuery(
        str(memory.last_query_id), person.user_id, message.chat_id, message.message_id, data, time.time()
    )
    memory.queries[query.query_id] = query
    payload = {
        "id": query.query_id,
        "from": views.api_user(person),
        "message": views.api_message(sandbox, message),
        "chat_instance": str(abs(message.chat_id) * 7919),
        "data": data,
    }
    sandbox.publish({"type": "press", "press": views.press(query)})
    sandbox.updates.add("callback_query", payload, f"presses:{person.user_id}")
    return query


def follow(sandbox: Sandbox, user_id: int, url: str) -> Json:
    """A person follows a link; one to the bot sends `/start X` in the private chat. Raises CannotDo."""
    parameter = start_parameter(url, sandbox.settings.username)
    if parameter is None:
        return {"followed": url}
    message, _ = write(sandbox, user_id, f"/start {parameter}".strip())
    return {"followed": url, "chat_id": message.chat_id, "message_id": message.message_id}


def block(sandbox: Sandbox, user_id: int, *, blocked: bool) -> Person:
    """Blocks or unblocks the bot; the bot gets `my_chat_member` when something changed."""
    person = sandbox.person(user_id)
    if person.blocked == blocked:
        return person
    person.blocked = blocked
    bot = views.api_bot(sandbox)
    member: Json = {"user": bot, "status": "member"}
    kicked: Json = {"user": bot, "status": "kicked", "until_date": 0}
    payload = {
        "chat": views.api_chat(sandbox, sandbox.private_chat(user_id)),
        "from": views.api_user(person),
        "date": int(time.time()),
        "old_chat_member": member if blocked else kicked,
        "new_chat_member": kicked if blocked else member,
    }
    sandbox.updates.add("my_chat_member", payload, f"member:{user_id}")
    sandbox.publish({"type": "person", "person": person_view(person)})
    return person


def person_view(person: Person) -> Json:
    """A person of `GET /sandbox/people`."""
    state = {"user_id": person.user_id, "started": person.started, "blocked": person.blocked}
    return {**views.api_user(person), **state}
