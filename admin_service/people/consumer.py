"""What chat and deliveries tell about people: who started the bot, who blocked it."""

from collections.abc import Sequence
from datetime import datetime

from common import clock
from common.mongo import Document, collection, current_session
from messaging import caches, outbox
from people.models import LANGUAGE_LENGTH
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus, DigestDelivered, NotificationDelivered
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.notification import CacheName


def store_report(item: ChatStarted | ChatStopped, now: datetime) -> None:
    """Keep a report of chat. Safe to repeat: one that is not newer changes nothing."""
    seen_at = clock.reported(item.occurred_at, now)
    newer = {"$or": [{"chat_seen_at": None}, {"chat_seen_at": {"$lt": seen_at}}]}
    collection("users").update_one(
        {"telegram_id": item.user_telegram_id, **newer},
        {"$set": {**_facts(item, seen_at, now), "chat_seen_at": seen_at, "updated_at": now}},
        session=current_session(),
    )
    if isinstance(item, ChatStarted):
        _follow_username(item, now)
        collection("recruiters").update_one(
            {"telegram_id": item.user_telegram_id, "blocked_at": {"$lt": seen_at}},
            {"$set": {"blocked_at": None, "updated_at": now}},
            session=current_session(),
        )


def _follow_username(item: ChatStarted, now: datetime) -> None:
    """A recruiter without a link of their own is reached by username, and the old one may be someone else's soon."""
    username = item.username or ""
    done = collection("recruiters").update_one(
        {"telegram_id": item.user_telegram_id, "username": {"$ne": username}},
        {"$set": {"username": username, "updated_at": now}},
        session=current_session(),
    )
    if done.modified_count:
        outbox.add([caches.invalidation(CacheName.RECRUITERS, correlation_id=item.correlation_id)])


def _facts(item: ChatStarted | ChatStopped, seen_at: datetime, now: datetime) -> Document:
    if isinstance(item, ChatStopped):
        return {"blocked_at": seen_at}
    facts: Document = {
        "started_at": seen_at,
        "blocked_at": None,
        "language_code": (item.language_code or "")[:LANGUAGE_LENGTH],
    }
    if item.username:
        facts |= {"username": item.username, "listed_at": now}
    return facts


def note_blocked(item: NotificationDelivered | CardDelivered | DigestDelivered, now: datetime) -> None:
    """Keep of a report that its reader has blocked the bot."""
    mark_blocked([item.delivery], clock.reported(item.occurred_at, now), now)


def mark_blocked(deliveries: Sequence[Delivery], occurred_at: datetime, now: datetime) -> None:
    """Keep which candidates have blocked the bot, by what came of messages to them; moments are aware UTC.

    Who has never started it has not blocked it: Telegram refuses both alike.
    """
    blocked = [entry.chat_id for entry in deliveries if entry.status is DeliveryStatus.BLOCKED]
    if blocked:
        collection("users").update_many(
            {"telegram_id": {"$in": blocked}, "started_at": {"$ne": None}, "blocked_at": None},
            {"$set": {"blocked_at": occurred_at, "updated_at": now}},
            session=current_session(),
        )
