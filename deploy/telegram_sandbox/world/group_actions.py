"""What happens in groups besides talk, and what else people send: service messages, topics, the bot's place, albums."""

import time
from typing import Literal

from telegram_sandbox.errors import CannotDo
from telegram_sandbox.world import views
from telegram_sandbox.world.people_actions import chat_of, tell_bot
from telegram_sandbox.world.records import Chat, Json, Message, Topic
from telegram_sandbox.world.sandbox import Content, Sandbox


def make(sandbox: Sandbox, chat_id: int, title: str, kind: Literal["group", "supergroup"], *, is_forum: bool) -> Chat:
    """A group with the bot in it. Raises CannotDo when there is one with this id."""
    if chat_id in sandbox.memory.chats:
        raise CannotDo(409, f"There is a chat {chat_id} already.")
    chat = sandbox.memory.chats[chat_id] = Chat(chat_id, kind, title, is_forum=is_forum)
    if is_forum:
        chat.last_message_id = 1  # General's number, which no topic of one's own has
    sandbox.changed = True
    return chat


def find(sandbox: Sandbox, chat_id: int) -> Chat:
    """The group. Raises CannotDo."""
    chat = sandbox.memory.chats.get(chat_id)
    if chat is None or chat.kind == "private":
        raise CannotDo(404, f"There is no group {chat_id}.")
    return chat


def say(sandbox: Sandbox, user_id: int, chat: Chat, content: Json, thread_id: int | None = None) -> Message:
    """A service message, which the bot sees in every chat it is in."""
    sandbox.person(user_id)
    message = sandbox.add_message(chat, user_id, Content("", [], more=content), thread_id=thread_id)
    tell_bot(sandbox, chat, message)
    return message


def say_in(
    sandbox: Sandbox, user_id: int, chat_id: int | None, kind: str, message_id: int | None, seconds: int
) -> Message:
    """A message was pinned, or the timer set by which messages are deleted. Raises CannotDo."""
    chat = chat_of(sandbox, sandbox.person(user_id), chat_id)
    if kind == "message_auto_delete_timer_changed":
        return say(sandbox, user_id, chat, {kind: {"message_auto_delete_time": seconds}})
    pinned = chat.messages.get(message_id or 0)
    if pinned is None:
        raise CannotDo(404, f"Chat {chat.chat_id} has no message {message_id} to pin.")
    return say(sandbox, user_id, chat, {kind: views.api_message(sandbox, pinned, with_reply=False)})


def send_photos(
    sandbox: Sandbox, user_id: int, count: int, caption: str, chat_id: int | None, captioned: int = 1
) -> list[Message]:
    """Photos, several as an album: one message each, the caption under number ``captioned``. Raises CannotDo."""
    chat = chat_of(sandbox, sandbox.person(user_id), chat_id)
    album = {"media_group_id": str(time.time_ns())} if count > 1 else {}
    sent = []
    for number in range(1, count + 1):
        size = {"file_id": f"AgACAgIAAxk{number:09d}", "file_unique_id": f"photo{number}", "width": 90, "height": 90}
        content = Content(caption if number == captioned else "", [], more={"photo": [size], **album})
        sent.append(sandbox.add_message(chat, user_id, content))
        tell_bot(sandbox, chat, sent[-1])
    return sent


def upgrade(sandbox: Sandbox, user_id: int, chat_id: int, new_chat_id: int) -> Chat:
    """The group becomes a supergroup: Telegram says so in both, and answers calls about the old one with an error."""
    old = find(sandbox, chat_id)
    new = make(sandbox, new_chat_id, old.title or "", "supergroup", is_forum=False)
    say(sandbox, user_id, old, {"migrate_to_chat_id": new_chat_id})
    old.moved_to = new_chat_id
    say(sandbox, user_id, new, {"migrate_from_chat_id": chat_id})
    return new


def set_bot_status(sandbox: Sandbox, user_id: int, chat_id: int, status: str) -> Chat:
    """The bot is removed, let in again, or may not write any more; it gets `my_chat_member`."""
    chat = find(sandbox, chat_id)
    before = _member(sandbox, chat)
    chat.bot_status = status  # type: ignore[assignment]
    payload = {
        "chat": views.api_chat(sandbox, chat),
        "from": views.api_user(sandbox.person(user_id)),
        "date": int(time.time()),
        "old_chat_member": before,
        "new_chat_member": _member(sandbox, chat),
    }
    sandbox.updates.add("my_chat_member", payload, f"member:{chat_id}")
    sandbox.changed = True
    return chat


def open_topic(sandbox: Sandbox, user_id: int, chat_id: int, name: str) -> int:
    """A new topic of a forum; returns its id. Raises CannotDo."""
    chat = find(sandbox, chat_id)
    if not chat.is_forum:
        raise CannotDo(409, f"Group {chat_id} has no topics.")
    thread_id = chat.last_message_id + 1  # the service message's own
    chat.topics[thread_id] = Topic(name)
    say(sandbox, user_id, chat, {"forum_topic_created": {"name": name, "icon_color": 7322096}}, thread_id)
    return thread_id


def set_topic_state(sandbox: Sandbox, user_id: int, chat_id: int, thread_id: int, state: str) -> None:
    """A topic is closed or opened again, which a service message says, or deleted, which none says. Raises CannotDo."""
    chat = find(sandbox, chat_id)
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise CannotDo(404, f"Group {chat_id} has no topic {thread_id}.")
    topic.state = state  # type: ignore[assignment]
    if state != "deleted":
        kind = "forum_topic_closed" if state == "closed" else "forum_topic_reopened"
        say(sandbox, user_id, chat, {kind: {}}, thread_id)


def _member(sandbox: Sandbox, chat: Chat) -> Json:
    member: Json = {"user": views.api_bot(sandbox), "status": chat.bot_status}
    if chat.bot_status == "kicked":
        member["until_date"] = 0
    if chat.bot_status == "restricted":
        rights = (
            *("is_member", "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos"),
            *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls"),
            *("can_send_other_messages", "can_add_web_page_previews", "can_change_info", "can_invite_users"),
            *("can_pin_messages", "can_manage_topics", "can_edit_tag", "can_react_to_messages"),
        )
        member |= {name: name == "is_member" for name in rights} | {"until_date": 0}
    return member
