"""Groups, and what people do besides writing: edits, albums, pins, timers, topics, the bot's place."""

from typing import Any

from fastapi import APIRouter, Response

from telegram_sandbox.control.people import Current
from telegram_sandbox.control.schemas import (
    AlbumIn,
    BotStatusIn,
    EditIn,
    GroupIn,
    MessageSent,
    ServiceMessageIn,
    TopicIn,
    TopicStateIn,
    UpgradeIn,
)
from telegram_sandbox.world import group_actions, people_actions

router = APIRouter(tags=["groups"])


@router.post("/edits", response_model=MessageSent)
async def edit_message(body: EditIn, sandbox: Current) -> Any:
    """A person edits a message of theirs; the bot gets `edited_message` where it would have got the message."""
    update_id = people_actions.edit(sandbox, body.user_id, body.message_id, body.text, body.chat_id)
    return {"chat_id": body.chat_id or body.user_id, "message_id": body.message_id, "update_id": update_id}


@router.post("/albums")
async def send_album(body: AlbumIn, sandbox: Current) -> list[int]:
    """A person sends photos: several are one album, a message each. Returns the messages' ids."""
    sent = group_actions.send_photos(sandbox, body.user_id, body.photos, body.caption, body.chat_id, body.captioned)
    return [message.message_id for message in sent]


@router.post("/service-messages")
async def say_service_message(body: ServiceMessageIn, sandbox: Current) -> int:
    """A message is pinned, or the timer for deleting messages is set. Returns the service message's id."""
    return group_actions.say_in(
        sandbox, body.user_id, body.chat_id, body.kind, body.message_id, body.seconds
    ).message_id


@router.post("/groups", status_code=204, response_class=Response)
async def make_group(body: GroupIn, sandbox: Current) -> None:
    """Makes a group with the bot in it."""
    group_actions.make(sandbox, body.chat_id, body.title, body.type, is_forum=body.is_forum)


@router.post("/groups/{chat_id}/upgrade", status_code=204, response_class=Response)
async def upgrade_group(chat_id: int, body: UpgradeIn, sandbox: Current) -> None:
    """The group becomes a supergroup with another id."""
    group_actions.upgrade(sandbox, body.user_id, chat_id, body.new_chat_id)


@router.post("/groups/{chat_id}/bot", status_code=204, response_class=Response)
async def set_bot_status(chat_id: int, body: BotStatusIn, sandbox: Current) -> None:
    """The bot is removed from the group, let in again, or may not write there."""
    group_actions.set_bot_status(sandbox, body.user_id, chat_id, body.status)


@router.post("/groups/{chat_id}/topics")
async def open_topic(chat_id: int, body: TopicIn, sandbox: Current) -> int:
    """A new topic in a forum. Returns its `message_thread_id`."""
    return group_actions.open_topic(sandbox, body.user_id, chat_id, body.name)


@router.put("/groups/{chat_id}/topics/{thread_id}", status_code=204, response_class=Response)
async def set_topic_state(chat_id: int, thread_id: int, body: TopicStateIn, sandbox: Current) -> None:
    """A topic is closed, opened again or deleted."""
    group_actions.set_topic_state(sandbox, body.user_id, chat_id, thread_id, body.state)
