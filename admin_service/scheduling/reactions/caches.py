"""What the bot has cached of slots (R6)."""

from messaging import caches
from scheduling.domain.events import SlotEdited, SlotFilled, SlotReopened
from scheduling.services.reacting import Batch, Effects
from shared_contracts.notification import CacheName


def invalidate_slots(batch: Batch) -> Effects:
    """The bot reads slots again where one has been edited, or has become full, or free again.

    An edit may also change in which cities an interview event is held.
    """
    turned: set[str] = set()
    for _request, event in batch.events(SlotFilled, SlotReopened):
        turned ^= {event.after.id}  # who fills a slot that somebody has just left changes nothing to see
    edited = any(True for _edit in batch.events(SlotEdited))
    if not turned and not edited:
        return Effects()
    stale = (CacheName.SLOTS, CacheName.EVENTS) if edited else (CacheName.SLOTS,)
    return Effects(messages=[caches.invalidation(*stale, correlation_id=batch.decided[0][0].correlation_id)])
