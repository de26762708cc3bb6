"""MongoDB beneath Django: transactions that retry, and collections read with aware times."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from django import db
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError
from pymongo import UpdateOne, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError
from pymongo.mongo_client import MongoClient
from pymongo.read_concern import ReadConcern

T = TypeVar("T")
Document = dict[str, Any]


class GuardFailedError(Exception):
    """A conditional update met no document: what it rests on has changed. Leave the transaction; decide again."""


connection: Any = db.connection
"""Django's, with what MongoDB's backend has added, which carries no types."""

TRIES = 3
_DUPLICATE_KEY = 11_000
"""MongoDB's error code."""
_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


def client() -> "MongoClient[Document]":
    """The process's one client, the same that the ORM uses."""
    connection.ensure_connection()
    found: MongoClient[Document] = connection.connection
    return found


def collection(name: str) -> "Collection[Document]":
    """A collection of the service's database. Times come back aware, in UTC.

    Inside ``in_transaction`` pass ``session=current_session()``.
    """
    found: Collection[Document] = connection.database.get_collection(name, codec_options=_AWARE)
    return found


def current_session() -> ClientSession | None:
    """The session of the transaction under way in this thread, or None."""
    session: ClientSession | None = connection.session
    return session


def in_transaction(work: Callable[[], T]) -> T:
    """Run ``work`` in one majority-committed transaction, which both the ORM and raw calls join.

    The driver runs ``work`` again on a write conflict, so it must read what it decides on inside, and do nothing
    that a rollback can't undo. A ``DuplicateKeyError`` must leave it: swallowed inside, it loops. Nested calls join
    the outer transaction.
    """
    if connection.in_atomic_block_mongo:
        return work()
    with client().start_session() as session:
        return session.with_transaction(
            lambda joined: _joined(work, joined),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
        )


def tried_again(work: Callable[[], T]) -> T:
    """The result of ``work``, a whole transaction, which is done again where something has changed meanwhile.

    Within another transaction, which still sees what it saw and may have lost its ground, only that as a whole can be
    done again: its own caller does so.
    """
    if current_session() is not None:
        return work()
    for _ in range(TRIES - 1):
        try:
            return work()
        except (GuardFailedError, DuplicateKeyError, IntegrityError):
            continue  # it changed meanwhile: read it again
    return work()


def _joined(work: Callable[[], T], session: ClientSession) -> T:
    connection.session = session
    connection.in_atomic_block_mongo = True
    try:
        return work()
    except DatabaseError as error:
        # The ORM wraps what the driver raised; the driver must see its own error to know that it may try again.
        cause = error.__cause__
        if isinstance(cause, PyMongoError) and cause.has_error_label("TransientTransactionError"):
            raise cause from None
        raise
    finally:
        connection.session = None
        connection.in_atomic_block_mongo = False


def update_all(name: str, updates: Sequence[UpdateOne]) -> None:
    """Make conditional updates in a collection, in the transaction under way.

    Raises:
        GuardFailedError: one of them met no document.
    """
    if not updates:
        return
    missing = len(updates) - collection(name).bulk_write(list(updates), session=current_session()).matched_count
    if missing:
        raise GuardFailedError(f"{name}: {missing} of {len(updates)} changed meanwhile")


def insert_all(name: str, rows: Sequence[Document]) -> None:
    """Insert documents into a collection, in the transaction under way.

    Raises:
        DuplicateKeyError: a unique index holds one of them already; as for a single insert.
    """
    if not rows:
        return
    try:
        collection(name).insert_many(rows, session=current_session())
    except BulkWriteError as error:
        (first, *_) = error.details["writeErrors"]
        if first["code"] != _DUPLICATE_KEY:
            raise
        raise DuplicateKeyError(first["errmsg"], first["code"], first) from error


def assert_safe() -> None:
    """Refuse a server or a URI on which a confirmed booking could be lost or half written.

    Raises:
        ImproperlyConfigured: no replica set (no transactions), or a write concern below majority.
    """
    hello = client().admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise ImproperlyConfigured("MONGODB_URI: the server is not a replica set; one node is enough, see the README")
    asked = client().write_concern.document.get("w", "majority")
    if asked != "majority":
        raise ImproperlyConfigured(f"MONGODB_URI: write concern is {asked!r}, must be majority")
