"""Records as the Bot API and the control API show them."""

import base64

from shared_contracts.telegram.text import to_html
from telegram_sandbox.world.records import CallbackQuery, Chat, Json, Message, Person, World

SMALL_TEXT = 16_384
"""Bytes of a file that are shown with its message."""


def _given(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def in_language(texts: dict[str, str], code: str) -> str:
    """The text that readers of a language see: theirs, else the one for everybody."""
    return texts.get(code) or texts.get("", "")


def api_user(person: Person) -> Json:
    """A `User`."""
    return _given(
        id=person.user_id,
        is_bot=False,
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
        language_code=person.language_code,
    )


def api_bot(world: World) -> Json:
    """The bot as a `User`."""
    settings = world.settings
    return {
        "id": settings.bot_id,
        "is_bot": True,
        "first_name": settings.bot_name,
        "username": settings.username,
    }


def api_chat(world: World, chat: Chat) -> Json:
    """A `Chat`."""
    if chat.kind != "private":
        return _given(id=chat.chat_id, type=chat.kind, title=chat.title, is_forum=chat.is_forum or None)
    person = world.memory.people[chat.chat_id]
    return _given(
        id=chat.chat_id,
        type=chat.kind,
        first_name=person.first_name,
        last_name=person.last_name,
        username=person.username,
    )


def api_message(world: World, message: Message, *, with_reply: bool = True) -> Json:
    """A `Message`; the message it replies to is included once, as Telegram does."""
    chat = world.memory.chats[message.chat_id]
    is_bot = message.sender == world.settings.bot_id
    answered = chat.messages.get(message.reply_to or 0) if with_reply else None
    captioned = message.document or message.content
    text_field, entity_field = ("caption", "caption_entities") if captioned else ("text", "entities")
    view = _given(
        message_id=message.message_id,
        **{"from": api_bot(world) if is_bot else api_user(world.memory.people[message.sender])},
        chat=api_chat(world, chat),
        date=message.date,
        message_thread_id=message.thread_id or (message.reply_to if chat.kind == "supergroup" else None),
        is_topic_message=True if message.thread_id else None,
        edit_date=message.edit_date,
        reply_to_message=api_message(world, answered, with_reply=False) if answered else None,
        document=message.document,
        link_preview_options=message.link_preview,
        reply_markup={"inline_keyboard": message.keyboard} if message.keyboard else None,
        **message.content,
    )
    if message.text:
        view[text_field] = message.text
    if message.entities:
        view[entity_field] = message.entities
    return view


def transcript_message(world: World, message: Message) -> Json:
    """A message of `GET /sandbox/chats/{chat_id}/messages`."""
    is_bot = message.sender == world.settings.bot_id
    return {
        "message_id": message.message_id,
        "chat_id": message.chat_id,
        "from": "bot" if is_bot else message.sender,
        "text": message.text,
        "html": to_html(message.text, message.entities),
        "entities": message.entities,
        "buttons": message.keyboard or [],
        "link_preview_options": message.link_preview,
        "document": _document(world, message.document),
        "reply_to_message_id": message.reply_to,
        "message_thread_id": message.thread_id,
        "content": sorted(message.content),
        "edits": message.edits,
        "date": message.date,
        "edit_date": message.edit_date,
    }


def _document(world: World, document: Json | None) -> Json | None:
    """A document with its ``content``, where that is a small text."""
    if document is None or not document["mime_type"].startswith("text/") or document["file_size"] > SMALL_TEXT:
        return document
    stored = world.memory.files[document["file_id"]]
    return {**document, "content": base64.b64decode(stored.content).decode(errors="replace")}


def press(query: CallbackQuery) -> Json:
    """A press with its answer; times are seconds since the epoch, `latency_ms` from press to answer."""
    latency = None if query.answered_at is None else round((query.answered_at - query.pressed_at) * 1000, 1)
    return {
        "callback_query_id": query.query_id,
        "user_id": query.user_id,
        "chat_id": query.chat_id,
        "message_id": query.message_id,
        "data": query.data,
        "text": query.text,
        "show_alert": query.show_alert,
        "url": query.url,
        "pressed_at": query.pressed_at,
        "answered_at": query.answered_at,
        "latency_ms": latency,
    }
