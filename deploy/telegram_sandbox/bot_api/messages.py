"""Sending, editing and deleting messages."""

import base64
from typing import Any

from telegram_sandbox.bot_api.keyboards import parse_markup
from telegram_sandbox.bot_api.params import Params, Upload
from telegram_sandbox.bot_api.registry import method
from telegram_sandbox.bot_api.targets import find_chat, find_message, find_topic, own_message_to_edit, writable_chat
from telegram_sandbox.bot_api.texts import read_caption, read_link_preview, read_text
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world import views
from telegram_sandbox.world.records import Chat, Json, Message, StoredFile
from telegram_sandbox.world.sandbox import Content, Sandbox

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)


@method("sendMessage")
def send_message(sandbox: Sandbox, params: Params) -> Json:
    return _send(sandbox, params, _text_content(sandbox, params))


@method("sendDocument")
def send_document(sandbox: Sandbox, params: Params) -> Json:
    text, entities = read_caption(sandbox, params)
    keyboard = parse_markup(params.values.get("reply_markup"))
    writable_chat(sandbox, params)
    return _send(sandbox, params, Content(text, entities, keyboard, _document(sandbox, params)))


def _text_content(sandbox: Sandbox, params: Params) -> Content:
    link_preview = read_link_preview(params)
    text, entities = read_text(sandbox, params)
    return Content(text, entities, parse_markup(params.values.get("reply_markup")), link_preview=link_preview)


def _send(sandbox: Sandbox, params: Params, content: Content) -> Json:
    chat = writable_chat(sandbox, params)
    thread_id = find_topic(chat, params)
    reply_to = _reply_to(chat, params)
    sandbox.limits.pass_message(chat.chat_id, new=True)
    message = sandbox.add_message(chat, sandbox.settings.bot_id, content, reply_to, thread_id)
    return views.api_message(sandbox, message)


def _reply_to(chat: Chat, params: Params) -> int | None:
    reply: Any = params.structure("reply_parameters", "reply parameters") or {}
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    message_id = int(reply.get("message_id") or params.integer("reply_to_message_id"))
    if not message_id or message_id in chat.messages:
        return message_id or None
    if reply.get("allow_sending_without_reply") or params.boolean("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _document(sandbox: Sandbox, params: Params) -> Json:
    given = params.text("document")
    upload = params.files.get(given.removeprefix("attach://") if given else "document")
    if upload is None:
        known = sandbox.memory.files.get(given)
        if known is None:
            reason = "wrong file identifier/HTTP URL specified" if given else "there is no document in the request"
            raise bad_request(reason)
        return _document_view(known)
    if not upload.content:
        raise bad_request("file must be non-empty")
    return _document_view(_store(sandbox, upload))


def _store(sandbox: Sandbox, upload: Upload) -> StoredFile:
    file_id = f"BQACAgIAAxk{len(sandbox.memory.files) + 1:09d}"
    content = base64.b64encode(upload.content).decode()
    return sandbox.memory.files.setdefault(file_id, StoredFile(file_id, upload.name, upload.mime_type, content))


def _document_view(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_id[-12:],
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_size": len(base64.b64decode(file.content)),
    }


@method("editMessageText")
def edit_message_text(sandbox: Sandbox, params: Params) -> Json:
    content = _text_content(sandbox, params)
    message = _message_to_edit(sandbox, params)
    if message.document:
        raise bad_request("there is no text in the message to edit")
    return _edit(sandbox, message, content)


@method("editMessageReplyMarkup")
def edit_message_reply_markup(sandbox: Sandbox, params: Params) -> Json:
    keyboard = parse_markup(params.values.get("reply_markup"))
    message = _message_to_edit(sandbox, params)
    content = Content(message.text, message.entities, keyboard, link_preview=message.link_preview)
    return _edit(sandbox, message, content)


def _message_to_edit(sandbox: Sandbox, params: Params) -> Message:
    if not params.text("chat_id") and not params.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat = writable_chat(sandbox, params)
    # Telegram counts an edit before it looks at the message: edits that change nothing cost too.
    sandbox.limits.pass_message(chat.chat_id, new=False)
    return own_message_to_edit(sandbox, chat, params)


def _edit(sandbox: Sandbox, message: Message, content: Content) -> Json:
    shown = (message.text, message.entities, message.keyboard)
    if shown == (content.text, content.entities, content.keyboard):
        raise bad_request(_NOT_MODIFIED)
    sandbox.edit_message(message, content)
    return views.api_message(sandbox, message)


@method("deleteMessage")
def delete_message(sandbox: Sandbox, params: Params) -> bool:
    """In a private chat the bot may delete both sides' messages, in a group (no admin there) its own."""
    if not params.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if not params.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat = writable_chat(sandbox, params)
    message = find_message(chat, params, "message to delete")
    if chat.kind != "private" and message.sender != sandbox.settings.bot_id:
        raise bad_request("message can't be deleted")
    sandbox.delete_message(message)
    return True


@method("sendChatAction")
def send_chat_action(sandbox: Sandbox, params: Params) -> bool:
    find_chat(sandbox, params)
    if params.text("action").lower() not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = writable_chat(sandbox, params)
    sandbox.publish({"type": "action", "chat_id": chat.chat_id, "action": params.text("action").lower()})
    return True
