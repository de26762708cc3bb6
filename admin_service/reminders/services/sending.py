"""Putting what is due on its way: into the outbox, in the transaction that notes it in the ledger.

Safe at any time, twice at once, and killed anywhere: a message is claimed by a conditional update, and claim and outbox
row are committed together or not at all.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from bson import Int64, ObjectId
from pymongo import UpdateOne
from pymongo.errors import ConnectionFailure

from common.mongo import Document, collection, current_session, in_transaction, update_all
from messaging import outbox
from messaging.outbox import Outgoing
from reminders.domain.judging import Hold, Send, Suppress, judge
from reminders.domain.kinds import SPECS, TO_CANDIDATES, ReminderKind
from reminders.domain.states import MessageState, SuppressionReason
from reminders.services.dispatching import dispatch, notices
from reminders.services.message_context import MessageContext, load_message_context, message_from
from reminders.services.message_writes import suppression
from scheduling.services import candidate_news

log = structlog.get_logger(__name__)

BATCH = 100
MOST_PER_SCAN = 2_000
AGAIN_AFTER = timedelta(minutes=1)
"""A message that can't be made is tried again, without standing in the way of the others."""
UNREPORTED = timedelta(minutes=15)
"""After so long without a report the bot has given a command up, or it was lost with the broker's disk."""


@dataclass(slots=True)
class BatchResult:
    """What a batch comes to: writes to the ledger, and messages. ``closed``: ids of what is decided."""

    writes: list[UpdateOne] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)


def due(now: datetime) -> Document:
    """The MongoDB condition of messages that are due; served by ``auto_due``."""
    return {"state": MessageState.SCHEDULED.value, "due_at": {"$lte": now}}


def send_all_due(now: datetime) -> int:
    """Put on its way what is due at ``now`` (aware UTC); the answer is how many messages went.

    Raises:
        pymongo.errors.ConnectionFailure: the database is away; what was not committed is still due.
    """
    rows = collection("auto_messages").find(due(now), {"_id": 1}).sort("due_at", 1).limit(MOST_PER_SCAN)
    ids = [row["_id"] for row in rows]
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    random.shuffle(batches)  # two scans at once would wait for each other at every batch
    return sum(_send_or_split(batch, now) for batch in batches)


def send_unreported_again(now: datetime) -> int:
    """Judge candidates' messages anew that were put on their way long before ``now`` and never reported; how many.

    Safe while the first command still waits somewhere: the bot sends the newest attempt only, and nothing twice.
    """
    lost = {
        "state": MessageState.QUEUED.value,
        "kind": {"$in": [kind.value for kind in TO_CANDIDATES]},
        "queued_at": {"$lte": now - UNREPORTED},
        "stale_at": {"$gt": now},
    }
    again = {"$set": {"state": MessageState.SCHEDULED.value, "due_at": now, "updated_at": now}}
    return collection("auto_messages").update_many(lost, again).modified_count


def send(ids: Sequence[ObjectId], now: datetime) -> int:
    """Put messages on their way in one transaction, those that are due and still true; how many went.

    Raises:
        GuardFailedError: someone else claimed one meanwhile; nothing was written.
    """

    def work() -> int:
        result = judge_due(ids, now)
        save(result)
        return len(result.messages)

    return in_transaction(work)


def judge_due(ids: Sequence[ObjectId], now: datetime) -> BatchResult:
    """Judge each message by its booking as it is at this moment, and make what is to be sent."""
    found = collection("auto_messages").find({"_id": {"$in": list(ids)}, **due(now)}, session=current_session())
    rows = list(found.sort("due_at", 1))
    context, result = load_message_context(rows), BatchResult()
    for row in rows:
        if str(row["_id"]) not in result.closed:
            _judge_one(row, context, result, now)
    return result


def save(result: BatchResult) -> None:
    """Store what a batch came to. Every claim must find its message as it was judged.

    Raises:
        GuardFailedError: one did not.
    """
    update_all("auto_messages", result.writes)
    outbox.add(result.messages)
    candidate_news.remember(result.messages)


def _judge_one(row: Document, context: MessageContext, result: BatchResult, now: datetime) -> None:
    verdict = judge(
        message_from(row), context.booking_facts(row), context.siblings_of(row), context.reader_timezone(row), now
    )
    if isinstance(verdict, Hold):
        result.writes.append(_update(row["_id"], {"$set": {"due_at": verdict.until, "updated_at": now}}))
        return
    result.closed.add(str(row["_id"]))
    if isinstance(verdict, Suppress):
        result.writes.append(_update(row["_id"], suppression(verdict.reason, now)))
        return
    messages, reason, again_at = dispatch(row, verdict, context, now)
    result.messages += messages
    if again_at:
        result.writes.append(_update(row["_id"], {"$set": {"due_at": again_at, "updated_at": now}}))
        return
    if reason:
        result.writes.append(_update(row["_id"], suppression(reason, now)))
        return
    result.writes.append(_update(row["_id"], _claim(verdict, messages, now)))
    _suppress_others(verdict.absorbs, SuppressionReason.MERGED, result, now)
    if SPECS[ReminderKind(row["kind"])].once_per_event:
        # Written with the claim, so that of two scans at once only one can offer.
        _suppress_others(context.other_second_chances(row), SuppressionReason.SECOND_CHANCE_GIVEN, result, now)


def _suppress_others(message_ids: Sequence[str], reason: SuppressionReason, result: BatchResult, now: datetime) -> None:
    """End messages that one which goes makes needless."""
    for message_id in message_ids:
        if message_id not in result.closed:
            result.closed.add(message_id)
            result.writes.append(_update(ObjectId(message_id), suppression(reason, now)))


def _claim(verdict: Send, messages: Sequence[Outgoing], now: datetime) -> Document:
    fields: Document = {"state": MessageState.QUEUED.value, "queued_at": now, "updated_at": now}
    fields["asks_attendance"] = verdict.asks_attendance
    if cards := notices(messages):
        fields["target_chat_id"] = Int64(cards[0].recruiter_telegram_id)
    return {"$set": {**fields, "error": ""}, "$inc": {"attempts": Int64(1)}}


def _update(message_id: ObjectId, update: Document) -> UpdateOne:
    """Guarded: what is not waiting any more is someone else's."""
    return UpdateOne({"_id": message_id, "state": MessageState.SCHEDULED.value}, update)


def _send_or_split(ids: Sequence[ObjectId], now: datetime) -> int:
    """One that can't be sent is put off alone, and its neighbours go."""
    try:
        return send(ids, now)
    except ConnectionFailure:
        raise
    except Exception as error:
        if len(ids) > 1:
            log.warning("batch_split", size=len(ids), error=type(error).__name__)
            return sum(_send_or_split([item], now) for item in ids)
        log.error("auto_message_put_off", auto_message=str(ids[0]), exc_info=error)
        _put_off(ids[0], type(error).__name__, now)
        return 0


def _put_off(message_id: ObjectId, error: str, now: datetime) -> None:
    again = {"due_at": now + AGAIN_AFTER, "error": error, "updated_at": now}
    collection("auto_messages").update_one({"_id": message_id, "state": MessageState.SCHEDULED.value}, {"$set": again})
