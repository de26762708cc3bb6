"""The bot's own MongoDB database: collections, indexes, the connection's guarantees."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, AsyncMongoClient, IndexModel, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from structlog.stdlib import get_logger

Document = dict[str, Any]
Database = AsyncDatabase[Document]

_BETWEEN_CLOCKS = timedelta(seconds=2)
"""How far two replicas' clocks may be apart."""
_MONTH = int(timedelta(days=30).total_seconds())
_START_PATIENCE = 30.0
_log = get_logger(__name__)

INDEXES: dict[str, list[IndexModel]] = {
    # _id: the private chat's id, which is the person's; language, chosen_language, reachable, updated_at
    "chats": [],
    # _id: message id; queue, body, correlation_id, created_at, sent_at, left: to the relay, since publishing failed;
    # of a request also: request
    "outbox": [
        IndexModel([("sent_at", ASCENDING), ("created_at", ASCENDING)], name="waiting"),
        IndexModel([("sent_at", ASCENDING)], name="forget", expireAfterSeconds=_MONTH),
    ],
    # _id: queue and message id; attempts, done_at, at
    "inbox": [IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=_MONTH)],
    # _id: chat and booking; version and message_id of the newest state shown in that chat, messages: what each claims,
    # awaits: it says that the recruiter isn't on the bot
    "shown_bookings": [
        IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=12 * _MONTH),
        IndexModel([("messages.awaits", ASCENDING)], name="awaiting", sparse=True),
    ],
    # _id: chat and booking; card and its revision, turn, message_id of the message that shows it, done: what became of
    # each revision and attention
    "shown_cards": [IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=3 * _MONTH)],
    # Messages that are seen once (see inbound.sent_once): attempt, tries, open, uncertain, text, delivery: how the
    # attempt ended.
    # _id: notification id
    "notifications": [IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=12 * _MONTH)],
    # _id: the digest's id; of a recruiter's notice the automatic message's, and the chat
    "automatic_messages": [IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=12 * _MONTH)],
    # _id: chat and calendar UID; sequence, method, content until it is sent, starts_at, state, attempts, due_at,
    # put_off_at; held_until, held_at: of who sends it; told, told_start: the entry that the calendar may have
    "calendar_files": [
        IndexModel([("state", ASCENDING), ("due_at", ASCENDING)], name="waiting"),
        IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=12 * _MONTH),
    ],
    # _id: chat and booking; the booking and its version, newest: the message that tells all, every, attempts, due_at,
    # put_off_at: of earlier messages that are still to be put right
    "corrections": [
        IndexModel([("due_at", ASCENDING)], name="waiting"),
        IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=_MONTH),
    ],
    # _id: broadcast id; the command, state and revision asked of it, paging cursor, the page that is asked for anew,
    # listed_at, lease, leased_at, finished_at
    "broadcasts": [IndexModel([("finished_at", ASCENDING)], name="unfinished")],
    # one row per broadcast and chat; due_at, put_off_at: of one that has to wait for its chat
    "deliveries": [
        IndexModel([("broadcast_id", ASCENDING), ("chat_id", ASCENDING)], name="once", unique=True),
        IndexModel([("broadcast_id", ASCENDING), ("status", ASCENDING), ("attempts", ASCENDING)], name="to_send"),
        IndexModel([("broadcast_id", ASCENDING), ("reported", ASCENDING), ("status", ASCENDING)], name="to_report"),
        IndexModel([("broadcast_id", ASCENDING), ("report", ASCENDING)], name="report"),
        IndexModel([("chat_id", ASCENDING), ("message_id", ASCENDING)], name="pressed"),
    ],
}


def due(field: str, set_at: str, now: datetime) -> Document:
    """Matches rows whose moment in ``field`` has come, or was set (``set_at``) by a clock that was put back since.

    Trusting such a moment would hold the row for as long as the clock went back; taking it early does no harm.
    """
    return {"$or": [{field: {"$lte": now}}, {set_at: {"$gt": now + _BETWEEN_CLOCKS}}]}


class DatabaseNotReadyError(Exception):
    """The database can't be used as it is; the text says what to run."""


def connect(uri: str, name: str) -> tuple[AsyncMongoClient[Document], Database]:
    """A client that waits for the majority's journal: what was told to a person survives a crash of the primary."""
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        uri, tz_aware=True, serverSelectionTimeoutMS=2_000, socketTimeoutMS=10_000, appname="slotdesk-bot"
    )
    return client, client.get_database(name, write_concern=WriteConcern(w="majority", j=True, wtimeout=5_000))


async def migrate(database: Database) -> list[str]:
    """Create the collections and indexes that are missing; it can be repeated. Returns the collections' names."""
    present = await database.list_collection_names()
    for name, indexes in INDEXES.items():
        if name not in present:
            await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(indexes)
    return list(INDEXES)


async def check(database: Database) -> None:
    """Make sure that ``migrate`` has been run on this database.

    Raises:
        DatabaseNotReadyError: an index or collection is missing.
        PyMongoError: no answer.
    """
    present = await database.list_collection_names()
    for name, indexes in INDEXES.items():
        known = set(await database[name].index_information()) if name in present else set()
        wanted = {"_id_"} | {str(index.document["name"]) for index in indexes}
        if missing := wanted - known:
            raise DatabaseNotReadyError(
                f"the bot's database lacks {name}.{sorted(missing)[0]}: run `python -m interview_bot migrate` first"
            )


async def wait_until_ready(database: Database) -> None:
    """Do ``check``, and repeat it for half a minute while MongoDB does not answer: it may be starting as well.

    Raises:
        DatabaseNotReadyError, PyMongoError
    """
    deadline = asyncio.get_running_loop().time() + _START_PATIENCE
    while True:
        try:
            await check(database)
            return
        except PyMongoError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            _log.warning("mongodb_unreachable", error=type(error).__name__)
            await asyncio.sleep(1)
