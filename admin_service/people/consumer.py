"""What chat and deliveries tell about people: who started the bot, who blocked it."""

from collections.abc import Sequence
from datetime import datetime

from common import clock
from common.mongo import Document, collection, current_session
from common.texts.names import full_name
from messaging import caches, outbox
from people.models import LANGUAGE_LENGTH, NAME_LENGTH, name_words
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus, DigestDelivered, NotificationDelivered
from shared_contracts.dialog import ChatStarted, ChatStopped
from shared_contracts.notification import CacheName


def store_report(item: ChatStarted | ChatStopped, now: datetime) -> None:
    """Keep a report of chat. Safe to repeat: one that is not newer changes nothing."""
    seen_at = clock.reported(item.occurred_at, now)
    newer = {"$or": [{"chat_seen_at": None}, {"chat_seen_at": {"$lt": seen_at}}]}
    query = {"telegram_id": item.user_telegram_id, **newer}
    person = collection("users").find_one(query, session=current_session())
    if person is not None:
        facts = {**_facts(item, person, seen_at, now), "chat_seen_at": seen_at, "updated_at": now}
        collection("users").update_one({"_id": person["_id"]}, {"$set": facts}, session=current_session())
        if "listed_at" in facts:
            outbox.add([caches.invalidation(CacheName.ALLOWED_USERS, correlation_id=item.correlation_id)])
    if isinstance(item, ChatStarted):
        _follow_recruiter(item, seen_at, now)
    else:
        _note_recruiter_gone(item, seen_at, now)


def _follow_recruiter(item: ChatStarted, seen_at: datetime, now: datetime) -> None:
    """What Telegram says of a recruiter, who can be reached again.

    One without a link of their own is reached by username, and the old one may be someone else's soon.
    """
    recruiters, person = collection("recruiters"), {"telegram_id": item.user_telegram_id}
    username, code = item.username or "", _language_code(item)

    def change(condition: Document, facts: Document) -> bool:
        changes = {"$set": {**facts, "updated_at": now}}
        return bool(recruiters.update_one({**person, **condition}, changes, session=current_session()).modified_count)

    change({"$or": [{"started_at": None}, {"started_at": {"$lt": seen_at}}]}, {"started_at": seen_at})
    change({"blocked_at": {"$lt": seen_at}}, {"blocked_at": None})
    change({"language_code": {"$ne": code}}, {"language_code": code})
    if change({"username": {"$ne": username}}, {"username": username}):
        outbox.add([caches.invalidation(CacheName.RECRUITERS, correlation_id=item.correlation_id)])


def _note_recruiter_gone(item: ChatStopped, seen_at: datetime, now: datetime) -> None:
    """They have blocked the bot, and not started it again since."""
    theirs = {"telegram_id": item.user_telegram_id, "started_at": {"$lt": seen_at}, "blocked_at": None}
    gone = {"$set": {"blocked_at": seen_at, "updated_at": now}}
    collection("recruiters").update_one(theirs, gone, session=current_session())


def _language_code(item: ChatStarted) -> str:
    return (item.language_code or "")[:LANGUAGE_LENGTH]


def _facts(item: ChatStarted | ChatStopped, person: Document, seen_at: datetime, now: datetime) -> Document:
    if isinstance(item, ChatStopped):
        return {"blocked_at": seen_at}
    facts: Document = {
        "started_at": seen_at,
        "blocked_at": None,
        "language_code": _language_code(item),
    }
    names = _names(item, person)
    is_news = any(person.get(field) != name for field, name in names.items())
    found_by = {"words": name_words({**person, **names})}
    return facts | names | ({"listed_at": now, **found_by} if is_news else {})


def _names(item: ChatStarted, person: Document) -> Document:
    """What the person is called from now on.

    Their @username is Telegram's. Their name is, too, unless staff or they themselves have put down another.
    """
    names: Document = {"username": item.username or "", "telegram_name": full_name(item.first_name, item.last_name)}
    own = full_name(person["first_name"], person["last_name"])
    told = names["telegram_name"]
    if told and own != told and own in {"", person.get("telegram_name") or ""}:
        names["first_name"] = item.first_name[:NAME_LENGTH]
        names["last_name"] = (item.last_name or "")[:NAME_LENGTH]
    return names


def note_blocked(item: NotificationDelivered | CardDelivered | DigestDelivered, now: datetime) -> None:
    """Keep of a report that its reader has blocked the bot."""
    mark_blocked([item.delivery], clock.reported(item.occurred_at, now), now)


def mark_blocked(deliveries: Sequence[Delivery], occurred_at: datetime, now: datetime) -> None:
    """Keep which candidates have blocked the bot, by what came of messages to them; moments are aware UTC.

    Who has never started it has not blocked it, and who has done so since does not any more: Telegram refuses alike.
    """
    blocked = [entry.chat_id for entry in deliveries if entry.status is DeliveryStatus.BLOCKED]
    if blocked:
        collection("users").update_many(
            {"telegram_id": {"$in": blocked}, "started_at": {"$lte": occurred_at}, "blocked_at": None},
            {"$set": {"blocked_at": occurred_at, "updated_at": now}},
            session=current_session(),
        )
