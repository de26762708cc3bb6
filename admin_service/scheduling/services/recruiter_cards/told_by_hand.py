"""Staff have told somebody of a booking whom the bot could not (R4)."""

from bson import ObjectId

from common import audit, clock, correlation
from common.mongo import collection, current_session, in_transaction
from messaging import outbox
from scheduling.services.recruiter_cards.cards import Act, show_again
from scheduling.services.recruiter_cards.request_reminders import to_tell_by_hand
from scheduling.services.store.booking_notes import note


def note_told(booking_id: str, *, actor: str) -> bool:
    """Take a booking from those to tell of by hand, until there is something new to tell.

    A recruiter who comes into chat later is still brought the request, and a candidate's card no longer asks to write
    to them.

    Args:
        actor: the staff login.

    Returns:
        Whether anybody was to be told of it.
    """

    def work() -> bool:
        now, correlation_id = clock.now(), correlation.current()
        query = {"_id": ObjectId(booking_id), **to_tell_by_hand(now)}
        row = collection("bookings").find_one(query, session=current_session())
        if row is None:
            return False
        note([({"_id": row["_id"]}, {"$set": {"candidate_by_hand": False, "recruiter_told": True}})], now)
        if row["candidate_by_hand"]:
            outbox.add(show_again({"_id": row["_id"]}, Act(None, "", correlation_id), now, to_holders=True))
        entry = audit.entry(
            "booking",
            booking_id,
            "told_by_hand",
            actor=f"staff:{actor}",
            via="desk",
            now=now,
            correlation_id=correlation_id,
        )
        audit.add([entry])
        return True

    return in_transaction(work)
