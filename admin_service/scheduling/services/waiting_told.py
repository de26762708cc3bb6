"""Whether people whose waiting has ended know of it: by the bot, or by hand where it can't write to them (R4, R7)."""

from datetime import UTC, datetime

from bson import ObjectId

from common import audit, clock
from common.mongo import Document, collection, current_session, in_transaction
from scheduling.services.waiting_ends import tell
from shared_contracts.broadcast import NotificationDelivered

UNTOLD: Document = {"by_hand": True, "joined_at": {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}}
"""The MongoDB condition of entries that have ended without their people knowing; served by ``waiting_by_hand``.

``joined_at`` is named so that the partial index is looked at.
"""


def note_arrival(item: NotificationDelivered, arrived: bool, now: datetime) -> None:
    """Flag who did not get the news that they wait no longer, or take the flag back; in the transaction under way."""
    entry = {"notification_id": ObjectId(item.notification_id), "by_hand": {"$ne": not arrived}}
    change = {"$set": {"by_hand": not arrived, "updated_at": now}}
    collection("waiting_list").update_many(entry, change, session=current_session())


def tell_missed(telegram_id: int) -> None:
    """Somebody can be written to again: they hear now that they wait no longer; in the transaction under way."""
    people = collection("users").distinct("_id", {"telegram_id": telegram_id}, session=current_session())
    theirs = {"user_id": {"$in": people}, "by_hand": True}
    rows = list(collection("waiting_list").find(theirs, session=current_session()))
    if rows:
        change = {"$set": {"by_hand": False, "updated_at": clock.now()}}
        collection("waiting_list").update_many(theirs, change, session=current_session())
        tell(rows)


def note_told(entry_id: ObjectId, *, actor: str) -> bool:
    """Staff (their login: ``actor``) have told somebody by hand; False where nobody was to be told."""

    def work() -> bool:
        entry = {"_id": entry_id, "by_hand": True}
        change = {"$set": {"by_hand": False, "updated_at": clock.now()}}
        if not collection("waiting_list").update_one(entry, change, session=current_session()).modified_count:
            return False
        audit.record_staff("waiting", str(entry_id), "told_by_hand", actor, None, None)
        return True

    return in_transaction(work)
