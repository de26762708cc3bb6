"""Candidates whom the bot can write to from now on: what said otherwise follows, and they hear what they missed (R4).

Runs in the transaction that stores what shows it; safe to repeat.
"""

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId
from pydantic import ValidationError

from common.mongo import Document, collection, current_session
from messaging import outbox
from messaging.outbox import Outgoing
from scheduling.domain.model import State
from scheduling.services import candidate_news
from scheduling.services.recruiter_cards.cards import Act, show_again
from scheduling.services.serializing import booking_view
from scheduling.services.store import loading
from scheduling.services.store.booking_notes import note
from scheduling.services.waiting_told import tell_missed
from shared_contracts.notification import NotificationCommand
from shared_contracts.transport.topology import NOTIFICATION_COMMAND


def is_out_of_reach(telegram_id: int) -> bool:
    """Whether it is a candidate to whom the bot can't write."""
    unreached = {"telegram_id": telegram_id, "$or": [{"started_at": None}, {"blocked_at": {"$ne": None}}]}
    return collection("users").find_one(unreached, {"_id": 1}, session=current_session()) is not None


def follow_start(telegram_id: int, now: datetime, correlation_id: str, *, anew: bool) -> None:
    """Somebody can be written to: what they are to be told of bookings to come, or of waiting, nobody does by hand.

    Args:
        telegram_id: of a candidate, or of anybody else.
        now: aware UTC.
        correlation_id: of what shows it.
        anew: the bot could not write to them until now, so that all their cards say so.
    """
    tell_missed(telegram_id)
    to_come = {"telegram_id": telegram_id, "live": {"$in": [True, False]}, "starts_at": {"$gt": now}}
    rows = list(collection("bookings").find(to_come, session=current_session()))
    untold = [row for row in rows if row["candidate_by_hand"]]
    shown = [row["_id"] for row in rows if row["candidate_by_hand"] or (anew and row["live"])]
    if not shown:
        return
    note([({"_id": row["_id"]}, {"$set": {"candidate_by_hand": False}}) for row in untold], now)
    missed = _missed(untold, now, correlation_id)
    candidate_news.remember(missed)
    cards = show_again({"_id": {"$in": shown}}, Act(None, "", correlation_id), now, to_holders=True)
    outbox.add([*missed, *cards])


def has_come_since(telegram_id: int, moment: datetime) -> bool:
    """Whether the candidate has started the bot after a moment (aware UTC), and not stopped it."""
    came = {"telegram_id": telegram_id, "started_at": {"$gt": moment}, "blocked_at": None}
    return collection("users").find_one(came, {"_id": 1}, session=current_session()) is not None


def _missed(rows: Sequence[Document], now: datetime, correlation_id: str) -> list[Outgoing]:
    """The last news of each booking, where nothing has become of it since that they did themselves."""
    state = loading.load_around(rows).state
    found = (_news_again(row, state, now, correlation_id) for row in rows)
    return [Outgoing(NOTIFICATION_COMMAND, message) for message in found if message is not None]


def _news_again(row: Document, state: State, now: datetime, correlation_id: str) -> NotificationCommand | None:
    try:
        news = NotificationCommand.model_validate_json(row.get("last_news") or "")
    except ValidationError:  # of an earlier release, or none
        return None
    view = booking_view(state.bookings[str(row["_id"])], state)
    if view is None or view.version != news.booking.version:
        return None
    update = {
        "message_id": candidate_news.derived_id(str(row["_id"]), f"missed/{news.notification_id}"),
        "correlation_id": correlation_id,
        "occurred_at": now,
        "notification_id": str(ObjectId()),  # the bot has given the other one up
        "user_telegram_id": row["telegram_id"],  # two entries of theirs may have become one since
        "booking": view,
        "silent": False,  # they are awake
    }
    return news.model_copy(update=update)
