"""Reading what happened: chats, transcripts, calls, files, live events."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import StreamingResponse

from telegram_sandbox.control.people import Current
from telegram_sandbox.control.schemas import BotOut, Call, ChatOut, TranscriptMessage
from telegram_sandbox.world import views
from telegram_sandbox.world.records import Chat, Json
from telegram_sandbox.world.sandbox import Sandbox

router = APIRouter(tags=["reading"])
_HEARTBEAT_SECONDS = 15.0


def _chat_view(sandbox: Sandbox, chat: Chat) -> Json:
    last = next(reversed(chat.messages.values()), None)
    person = sandbox.memory.people.get(chat.chat_id)
    names = [person.first_name, person.last_name or ""] if person else [chat.title or ""]
    return {
        "chat_id": chat.chat_id,
        "type": chat.kind,
        "title": " ".join(names).strip(),
        "messages": len(chat.messages),
        "last_message": views.transcript_message(sandbox, last) if last else None,
    }


@router.get("/chats", response_model=list[ChatOut])
async def list_chats(sandbox: Current) -> Any:
    """The group and every private chat."""
    return [_chat_view(sandbox, chat) for chat in sandbox.memory.chats.values()]


@router.get("/chats/{chat_id}/messages", response_model=list[TranscriptMessage])
async def list_messages(chat_id: int, sandbox: Current, after: int = 0) -> Any:
    """A chat's messages as they look now, oldest first; a private chat not yet opened is empty."""
    chat = sandbox.memory.chats.get(chat_id)
    if chat is None and chat_id < 0:
        raise HTTPException(404, f"There is no chat {chat_id}.")
    messages = chat.messages.values() if chat else ()
    return [views.transcript_message(sandbox, message) for message in messages if message.message_id > after]


@router.get("/calls", response_model=list[Call])
async def list_calls(sandbox: Current, method: str | None = None, chat_id: int | None = None) -> Any:
    """The bot's calls with their results or errors, oldest first (polls that found nothing are left out)."""
    return [
        call
        for call in sandbox.calls
        if (method is None or call["method"].lower() == method.lower()) and chat_id in (None, call["chat_id"])
    ]


@router.get("/bot", response_model=BotOut)
async def show_bot(sandbox: Current, user_id: int | None = None) -> Any:
    """The bot as a person sees it, in their language: descriptions, commands of private chats."""
    person = sandbox.memory.people.get(user_id or 0)
    language = ((person and person.language_code) or "")[:2]
    settings, profile = sandbox.settings, sandbox.memory.profile
    scopes = (f"chat:{user_id}", "all_private_chats", "default")
    keys = [f"{scope}|{code}" for scope in scopes for code in (language, "")]
    return {
        "user_id": settings.bot_id,
        "first_name": settings.bot_name,
        "username": settings.username,
        "group_chat_id": settings.group_chat_id,
        "group_title": settings.group_title,
        "description": views.in_language(profile.descriptions, language),
        "short_description": views.in_language(profile.short_descriptions, language),
        "commands": next((profile.commands[key] for key in keys if profile.commands.get(key)), []),
        "updates": "webhook" if sandbox.memory.webhook.url else "polling",
        "poller_waiting": sandbox.updates.poller_waiting,
        "pending_updates": len(sandbox.memory.pending),
    }


@router.get("/files/{file_id}", response_class=Response)
async def download_file(file_id: str, sandbox: Current) -> Response:
    """A document the bot sent, as a download."""
    file = sandbox.memory.files.get(file_id)
    if file is None:
        raise HTTPException(404, f"There is no file {file_id}.")
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(base64.b64decode(file.content), media_type="application/octet-stream", headers=headers)


@router.get("/events", response_class=StreamingResponse)
async def stream_events(sandbox: Current) -> StreamingResponse:
    """Server-sent events: `{type: message | deleted | press | answer | person | action | bot | reset, …}`."""

    async def lines() -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        async for event in sandbox.events.watch(_HEARTBEAT_SECONDS):
            yield (": still here\n\n" if event is None else f"data: {json.dumps(event, ensure_ascii=False)}\n\n")

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)
