"""Groups that announcements can go to."""

from datetime import datetime
from typing import cast

from broadcasts.models import AnnouncementChat
from common.audited import save_audited
from common.models import StampedModel


def save_chat(chat: AnnouncementChat, *, actor: str) -> None:
    """Save a group that announcements can go to. Another group or topic is not in the trouble of the one before."""

    def prepare(stored: StampedModel | None, now: datetime) -> list[str]:
        before = cast(AnnouncementChat | None, stored)
        if before is None or (before.chat_id, before.thread_id) == (chat.chat_id, chat.thread_id):
            return []
        chat.trouble, chat.heard_at = "", now
        return ["trouble", "heard_at"]

    save_audited(chat, "chat", ("title", "chat_id", "thread_id", "is_active"), actor, prepare=prepare)


def current_ids() -> dict[int, int]:
    """By each id that a group once had, the one it has now: a page may have been opened before it moved."""
    chats = AnnouncementChat.objects.filter(is_active=True)
    return {former: chat.chat_id for chat in chats for former in chat.former_ids}
