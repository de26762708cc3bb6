"""Presses of the button under a broadcast's message: staff see who was reached by it."""

from pymongo.errors import PyMongoError
from structlog.stdlib import get_logger

from interview_bot.dialogs.context import DialogContext
from interview_bot.messaging.envelope import envelope
from shared_contracts.broadcast import BroadcastDelivered
from shared_contracts.transport.topology import DELIVERY_EVENT

_log = get_logger(__name__)


async def note_press(context: DialogContext) -> None:
    """Tell the admin service once that the person has pressed it, after they were shown what they asked for.

    A count for staff is worth nobody's answer: without MongoDB it is left out.
    """
    if context.message_id is None:
        return
    deliveries = context.services.deliveries
    try:
        broadcast_id = await deliveries.unpressed(context.chat_id, context.message_id)
        if broadcast_id is None:
            return
        told = BroadcastDelivered(**envelope(), broadcast_id=broadcast_id, deliveries=[], pressed=[context.user_id])
        await context.services.outbox.send(DELIVERY_EVENT, told)
        await deliveries.mark_pressed(context.chat_id, context.message_id)
    except PyMongoError as error:
        _log.warning("press_not_counted", error=type(error).__name__)
