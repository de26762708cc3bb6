"""Groups that announcements can go to."""

from datetime import datetime
from typing import cast

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from broadcasts.models import AnnouncementChat
from common.audited import save_audited
from common.group_chats import SAME_GROUP
from common.models import StampedModel
from common.refusals import RefusedError


def save_chat(chat: AnnouncementChat, *, actor: str) -> None:
    """Save a group that announcements can go to. Another group or topic is not in the trouble of the one before.

    Raises:
        RefusedError: the entry is another's group by its old id, and is not used again.
    """

    def prepare(stored: StampedModel | None, now: datetime) -> list[str]:
        before = cast(AnnouncementChat | None, stored)
        if before is None:
            return []
        if (before.chat_id, before.thread_id) != (chat.chat_id, chat.thread_id) and not _still_replaced(before, chat):
            chat.trouble, chat.heard_at = "", now
            return ["trouble", "heard_at"]
        if before.trouble == SAME_GROUP and chat.is_active:
            raise RefusedError({"is_active": replaced_text(before)})
        return []

    save_audited(chat, "chat", ("title", "chat_id", "thread_id", "is_active"), actor, prepare=prepare)


def _still_replaced(before: AnnouncementChat, chat: AnnouncementChat) -> bool:
    """Whether it is written down by an id that its group has no more, whatever its topic."""
    return before.trouble == SAME_GROUP and before.chat_id == chat.chat_id


def written_to() -> QuerySet[AnnouncementChat]:
    """The entries to which announcements go: not those whose group is another's by now."""
    return AnnouncementChat.objects.filter(is_active=True).exclude(trouble=SAME_GROUP)


def known_as(chat_id: int) -> AnnouncementChat | None:
    """The entry of a group by an id that it has, or had before it moved."""
    now, former = Q(chat_id=chat_id), Q(former_ids__contains=[chat_id])
    return AnnouncementChat.objects.filter(now).first() or AnnouncementChat.objects.filter(former).first()


def replacement_of(chat: AnnouncementChat) -> AnnouncementChat | None:
    """The entry that stands for the same group by its new id."""
    if chat.trouble != SAME_GROUP:
        return None
    return AnnouncementChat.objects.filter(former_ids__contains=[chat.chat_id]).exclude(pk=chat.pk).first()


def replaced_text(chat: AnnouncementChat) -> str:
    """Why an entry is not written to whose group is another's."""
    other = replacement_of(chat)
    if other is None:
        return str(chat.get_trouble_display())
    text = _("the group has another id by now: “%(title)s” (%(chat_id)s) stands for it, this entry is not written to")
    return text % {"title": other.title, "chat_id": other.chat_id}


def current_ids() -> dict[int, int]:
    """By each id that a group once had, the one it has now: a page may have been opened before it moved."""
    return {former: chat.chat_id for chat in written_to() for former in chat.former_ids}
