"""The command that has the bot send a broadcast, and its repeats that say what else is to become of it."""

import uuid

from broadcasts.models import AnnouncementChat, Broadcast
from common import clock, correlation
from messaging import outbox
from shared_contracts.broadcast import BroadcastCommand, BroadcastState, ChatTopic
from shared_contracts.fields import Language
from shared_contracts.transport.topology import BROADCAST_COMMAND


def send_command(
    broadcast: Broadcast, state: BroadcastState = BroadcastState.SENDING, *, language: Language | None = None
) -> None:
    """Write the command, in the transaction under way. ``broadcast.revision`` has risen with each that repeats it.

    ``language``: of a test, whoever reads it; None: each reader's.
    """
    chats = AnnouncementChat.objects.filter(chat_id__in=broadcast.chat_ids)
    topics = chats.values_list("chat_id", "thread_id")
    command = BroadcastCommand(
        message_id=uuid.uuid4(),
        correlation_id=correlation.current(),
        occurred_at=clock.now(),
        broadcast_id=str(broadcast.pk),
        event_id=str(broadcast.event_id),
        message_text=broadcast.message_text,
        chat_ids=broadcast.chat_ids,
        topics=[ChatTopic(chat_id=chat_id, thread_id=thread_id) for chat_id, thread_id in topics if thread_id],
        audience=("city" if broadcast.audience_city_id else "all") if broadcast.audience else None,
        texts={"en": broadcast.text_en} if broadcast.text_en else {},
        state=state,
        revision=broadcast.revision,
        language=language,
    )
    outbox.add([outbox.Outgoing(BROADCAST_COMMAND, command)])
