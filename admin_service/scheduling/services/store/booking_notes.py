"""What a booking's document keeps beside the booking: its card, its news, the slots it has left.

The rules neither read nor decide it, and nobody is shown it as the booking, so to write it makes no version and is no
command. What changes with the booking goes with it in its one write (``saving``); all else is noted here.
"""

from collections.abc import Iterable
from datetime import datetime

from bson import Int64
from pymongo import UpdateMany

from common.mongo import Document, collection, current_session

CARDLESS: Document = {
    "card_revision": Int64(0),
    "card_holders": [],
    "card_readers": [],
    "last_act": None,
    "remind_at": None,
    "reminded": False,
    "asleep": [],
    "ring_at": None,
    "recruiter_by_hand": False,
    "recruiter_told": False,
    "candidate_by_hand": False,
    "last_news": "",
}
"""What a new booking's document keeps of its card, and of what its candidate was told last, as it was sent."""
NOTES = frozenset({*CARDLESS, "notification_ids", "left_slot_ids"})


def note(updates: Iterable[tuple[Document, Document]], now: datetime) -> int:
    """Note something on bookings, in the transaction under way.

    Args:
        updates: which bookings, and MongoDB's operators with the fields of ``NOTES`` they are for.
        now: aware UTC.

    Returns:
        On how many bookings it was noted.

    Raises:
        ValueError: a field that is the booking's own; it changes by a command.
    """
    writes = []
    for query, update in updates:
        if own := {name for fields in update.values() for name in fields} - NOTES:
            raise ValueError(f"bookings: {', '.join(sorted(own))} changes by a command only")
        writes.append(UpdateMany(query, {**update, "$set": {**update.get("$set", {}), "updated_at": now}}))
    return collection("bookings").bulk_write(writes, session=current_session()).modified_count if writes else 0
