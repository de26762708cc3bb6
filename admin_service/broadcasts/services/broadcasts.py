"""Starting a broadcast, and whom it reaches (FR1)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast

from bson import ObjectId
from django.utils.translation import gettext as _

from broadcasts.models import AnnouncementChat, Audience, Broadcast
from common import audit, clock, correlation
from common.audited import save_audited
from common.models import StampedModel
from common.mongo import Document, collection, in_transaction
from common.refusals import RefusedError
from messaging import outbox
from scheduling.models import InterviewEvent
from shared_contracts.broadcast import BroadcastCommand, ChatTopic
from shared_contracts.fields import is_text
from shared_contracts.telegram.text import utf16_length
from shared_contracts.transport.topology import BROADCAST_COMMAND

MAX_TEXT = 3_500
"""UTF-16 units, as Telegram counts; it takes 4,096."""


def start_broadcast(
    event_id: str, *, text: str, chat_ids: Sequence[int], audience: str, city_id: str | None, actor: str
) -> Broadcast:
    """Store a broadcast and the command that makes the bot send it.

    Args:
        text: plain text; the bot escapes it.
        chat_ids: announcement chats, by Telegram's chat id.
        audience: a value of ``Audience``, or empty for chats only.
        city_id: for the audience ``city``.
        actor: the staff login.

    Raises:
        RefusedError: naming the field.
    """
    event = InterviewEvent.objects.filter(pk=ObjectId(event_id)).first()
    _check(event, text, chat_ids, audience, city_id)
    broadcast = Broadcast(
        event_id=ObjectId(event_id),
        message_text=text.strip(),
        chat_ids=list(chat_ids),
        audience=audience,
        audience_city_id=ObjectId(city_id) if city_id else None,
        started_by=actor,
    )

    def work() -> None:
        broadcast._state.adding = True  # the driver may run this again after a conflict
        broadcast.save()
        now, correlation_id = clock.now(), correlation.current()
        outbox.add([outbox.Outgoing(BROADCAST_COMMAND, _command(broadcast, correlation_id))])
        facts = {"event_id": event_id, "chats": list(chat_ids), "audience": audience, "city_id": city_id}
        audit.add(
            [
                audit.entry(
                    "broadcast",
                    str(broadcast.pk),
                    "started",
                    actor=f"staff:{actor}",
                    via="desk",
                    now=now,
                    correlation_id=correlation_id,
                    after=facts,
                )
            ]
        )

    in_transaction(work)
    return broadcast


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


def audience_query(audience: str, city_id: str | ObjectId | None) -> Document:
    """Allowed people the bot can write to: they have started it and not blocked it."""
    query: Document = {"is_allowed": True, "started_at": {"$ne": None}, "blocked_at": None}
    if audience == Audience.CITY:
        query["city_id"] = ObjectId(city_id) if city_id else None
    return query


def count_recipients(audience: str, city_id: str | None) -> int:
    """How many people a broadcast to this audience would reach now."""
    return collection("users").count_documents(audience_query(audience, city_id)) if audience else 0


def recipients(broadcast: Broadcast, after_id: str | None, limit: int) -> list[Document]:
    """The next people of a broadcast's audience (``_id`` and ``telegram_id``), by id."""
    if not broadcast.audience:
        return []
    query = audience_query(broadcast.audience, broadcast.audience_city_id)
    if after_id:
        query["_id"] = {"$gt": ObjectId(after_id)}
    return list(collection("users").find(query, {"telegram_id": 1}).sort("_id", 1).limit(limit))


def _check(
    event: InterviewEvent | None, text: str, chat_ids: Sequence[int], audience: str, city_id: str | None
) -> None:
    errors: dict[str, str] = {}
    if event is None or not event.is_open:
        errors[""] = _("This interview event is not open for sign-up. Open it first.")
    if not text.strip() or utf16_length(text) > MAX_TEXT or not is_text(text):
        errors["text"] = _("Write 1 to %(most)s characters.") % {"most": MAX_TEXT}
    if not chat_ids and not audience:
        errors["chats"] = _("Choose at least one chat, or an audience.")
    known = set(AnnouncementChat.objects.filter(is_active=True).values_list("chat_id", flat=True))
    if unknown := set(chat_ids) - known:
        errors["chats"] = _("Not an active announcement chat: %(ids)s.") % {"ids": ", ".join(map(str, unknown))}
    if audience and audience not in Audience.values:
        errors["audience"] = _("Choose one of the audiences.")
    if audience == Audience.CITY and not city_id:
        errors["city"] = _("Choose the city.")
    if errors:
        raise RefusedError(errors)


def _command(broadcast: Broadcast, correlation_id: str) -> BroadcastCommand:
    chats = AnnouncementChat.objects.filter(chat_id__in=broadcast.chat_ids)
    topics = chats.values_list("chat_id", "thread_id")
    return BroadcastCommand(
        message_id=uuid.uuid4(),
        correlation_id=correlation_id,
        occurred_at=clock.now(),
        broadcast_id=str(broadcast.pk),
        event_id=str(broadcast.event_id),
        message_text=broadcast.message_text,
        chat_ids=broadcast.chat_ids,
        topics=[ChatTopic(chat_id=chat_id, thread_id=thread_id) for chat_id, thread_id in topics if thread_id],
        audience=cast(Literal["all", "city"] | None, broadcast.audience or None),
    )
