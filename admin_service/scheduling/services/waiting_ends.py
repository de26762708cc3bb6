"""The end of waiting for a seat (R7) where none can come any more: the city, or sign-up for the event, is closed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from common import audit, clock, correlation
from common.mongo import Document, collection, current_session, update_all
from common.quiet_hours import next_allowed_time
from common.zones import MOSCOW
from messaging import outbox
from scheduling.models import WaitingState
from scheduling.services.candidate_news import derived_id
from scheduling.services.store.slots import cities_by_id
from shared_contracts.directory import NamedRef
from shared_contracts.notification import WaitingEnded
from shared_contracts.transport.topology import NOTIFICATION_COMMAND

_CLOSED = {"cities": ("city_id", {"is_active": False}), "interview_events": ("event_id", {"is_open": False})}
"""What is closed, and what an entry on the waiting list calls it."""


def end_hopeless(*, actor: str, via: str, reason: str = "") -> int:
    """End the entries of those who wait for a seat in a closed city or event, and tell each of it, once.

    In the transaction under way. They hear of it outside their quiet hours.

    Args:
        actor: as the audit trail has it.
        via: through what.
        reason: of the closing, for the audit trail.

    Returns:
        How many entries there were.
    """
    rows = _hopeless()
    if not rows:
        return 0
    now, ids = clock.now(), [row["_id"] for row in rows]
    ended = {"$set": {"state": WaitingState.CLOSED.value, "updated_at": now}}
    collection("waiting_list").update_many({"_id": {"$in": ids}}, ended, session=current_session())
    facts: dict[str, Any] = {
        "actor": actor,
        "via": via,
        "reason": reason,
        "now": now,
        "correlation_id": correlation.current(),
    }
    audit.add([audit.entry("waiting", str(item), "waiting_closed", **facts) for item in ids])
    tell(rows)
    return len(rows)


def pause(candidate_ids: Iterable[str], *, actor: str) -> None:
    """Who is taken off the allow list waits for nothing meanwhile, and is told so; in the transaction under way."""
    rows = _set_state(candidate_ids, WaitingState.WAITING, WaitingState.OFF_LIST, "waiting_paused", actor)
    zones = {row["_id"]: row["timezone"] for row in cities_by_id({row["city_id"] for row in rows})}
    now = clock.now()
    told = [(_message(row, None, off_list=True), zones.get(row["city_id"]) or MOSCOW) for row in rows]
    outbox.add([outbox.Outgoing(NOTIFICATION_COMMAND, it, next_allowed_time(now, zone)) for it, zone in told])


def go_on(candidate_ids: Iterable[str], *, actor: str) -> None:
    """Who is back on the list waits again, in their old place; in the transaction under way.

    Where no seat can come any more, they are told so now.
    """
    _set_state(candidate_ids, WaitingState.OFF_LIST, WaitingState.WAITING, "waiting_again", actor)
    end_hopeless(actor=f"staff:{actor}", via="desk")


def _set_state(
    candidate_ids: Iterable[str], was: WaitingState, state: WaitingState, action: str, actor: str
) -> list[Document]:
    query = {"user_id": {"$in": [ObjectId(item) for item in candidate_ids]}, "state": was.value}
    rows = list(collection("waiting_list").find(query, session=current_session()))
    ids = [row["_id"] for row in rows]
    change = {"$set": {"state": state.value, "updated_at": clock.now()}}
    collection("waiting_list").update_many({"_id": {"$in": ids}}, change, session=current_session())
    for entry_id in ids:
        audit.record_staff("waiting", str(entry_id), action, actor, None, None)
    return rows


def tell(rows: Sequence[Document]) -> None:
    """Tell those of ended entries that they wait no longer, and note on each entry by which message."""
    news, noted = _news(rows), []
    for entry_id, (message, _not_before) in news.items():
        by = {"notification_id": ObjectId(message.notification_id), "updated_at": clock.now()}
        noted.append(UpdateOne({"_id": entry_id}, {"$set": by}))
    outbox.add([outbox.Outgoing(NOTIFICATION_COMMAND, *told) for told in news.values()])
    update_all("waiting_list", noted)


def _hopeless() -> list[Document]:
    """Entries that wait, by whatever of theirs is closed; served by ``waiting_state``."""
    either = [
        {field: {"$in": [row["_id"] for row in collection(name).find(query, {"_id": 1}, session=current_session())]}}
        for name, (field, query) in _CLOSED.items()
    ]
    waiting = {"state": WaitingState.WAITING.value, "$or": either}
    return list(collection("waiting_list").find(waiting, session=current_session()))


def _news(rows: Sequence[Document]) -> dict[ObjectId, tuple[WaitingEnded, datetime]]:
    """By entry, the news for those who are let in, with when it may be sent.

    For whom a seat is held may take it still, and hears of the rest then.
    """
    people = {row["_id"]: row for row in _find("users", {row["user_id"] for row in rows}) if row["is_allowed"]}
    open_events = {row["_id"] for row in _find("interview_events", {row["event_id"] for row in rows}) if row["is_open"]}
    cities = [*(row["city_id"] for row in rows), *(row["city_id"] for row in people.values())]
    zones = {row["_id"]: row["timezone"] for row in cities_by_id(set(cities))}
    held = collection("bookings").find(
        {"user_id": {"$in": list(people)}, "live": True}, {"user_id": 1, "event_id": 1}, session=current_session()
    )
    settled = {(row["user_id"], row["event_id"]) for row in held}
    news = {}
    for row in rows:
        person = people.get(row["user_id"])
        if person is None or (row["user_id"], row["event_id"]) in settled:
            continue
        zone = zones.get(person["city_id"]) or zones.get(row["city_id"]) or MOSCOW
        message = _message(row, row["city"] if row["event_id"] in open_events else None)
        news[row["_id"]] = message, next_allowed_time(clock.now(), zone)
    return news


def _message(entry: Document, city: str | None, *, off_list: bool = False) -> WaitingEnded:
    notification_id = str(ObjectId())
    return WaitingEnded(
        message_id=derived_id(str(entry["_id"]), f"waiting_ended/{notification_id}"),
        correlation_id=correlation.current(),
        occurred_at=clock.now(),
        notification_id=notification_id,
        user_telegram_id=entry["telegram_id"],
        event=NamedRef(id=str(entry["event_id"]), name=entry["event"]),
        city=city,
        off_list=off_list,
    )


def _find(name: str, ids: set[ObjectId]) -> list[Document]:
    return list(collection(name).find({"_id": {"$in": list(ids)}}, session=current_session()))
