"""What chat tells about people (``admin.dialog.command``): who started the bot, who blocked it."""

from datetime import datetime

from common.mongo import Document, collection, current_session
from messaging import caches, outbox
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.notification import CacheName


def store_report(item: ChatStarted | ChatStopped, now: datetime) -> None:
    """Keep a report of chat. Safe to repeat: one that is not newer changes nothing."""
    newer = {"$or": [{"chat_seen_at": None}, {"chat_seen_at": {"$lt": item.occurred_at}}]}
    collection("users").update_one(
        {"telegram_id": item.user_telegram_id, **newer},
        {"$set": {**_facts(item, now), "chat_seen_at": item.occurred_at, "updated_at": now}},
        session=current_session(),
    )
    if isinstance(item, ChatStarted):
        _follow_username(item, now)
        collection("recruiters").update_one(
            {"telegram_id": item.user_telegram_id, "blocked_at": {"$lt": item.occurred_at}},
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
        outbox.add([caches.stale(CacheName.RECRUITERS, correlation_id=item.correlation_id)])


def _facts(item: ChatStarted | ChatStopped, now: datetime) -> Document:
    if isinstance(item, ChatStopped):
        return {"blocked_at": item.occurred_at}
    facts: Document = {
        "started_at": item.occurred_at,
        "blocked_at": None,
        "language_code": item.language_code or "",
    }
    if item.username:
        facts |= {"username": item.username, "listed_at": now}
    return facts
