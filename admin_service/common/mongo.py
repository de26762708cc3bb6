"""MongoDB beneath Django: transactions that retry, and collections read with aware times."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from pymongo import WriteConcern
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import PyMongoError
from pymongo.mongo_client import MongoClient
from pymongo.read_concern import ReadConcern

T = TypeVar("T")
Document = dict[str, Any]

_AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)


def client() -> "MongoClient[Document]":
    """The process's one client, the same that the ORM uses."""
    connection.ensure_connection()
    return connection.connection  # type: ignore[no-any-return]


def collection(name: str) -> "Collection[Document]":
    """A collection of the service's database. Times come back aware, in UTC.

    Inside ``in_transaction`` pass ``session=current_session()``.
    """
    return connection.database.get_collection(name, codec_options=_AWARE)  # type: ignore[attr-defined,no-any-return]


def current_session() -> ClientSession | None:
    """The session of the transaction under way in this thread, or None."""
    return connection.session  # type: ignore[attr-defined,no-any-return]


def in_transaction(work: Callable[[], T]) -> T:
    """Run ``work`` in one majority-committed transaction, which both the ORM and raw calls join.

    The driver runs ``work`` again on a write conflict, so it must read what it decides on inside, and do nothing
    that a rollback can't undo. A ``DuplicateKeyError`` must leave it: swallowed inside, it loops. Nested calls join
    the outer transaction.
    """
    if connection.in_atomic_block_mongo:  # type: ignore[attr-defined]
        return work()
    with client().start_session() as session:
        return session.with_transaction(
            lambda joined: _joined(work, joined),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
        )


def _joined(work: Callable[[], T], session: ClientSession) -> T:
    connection.session = session  # type: ignore[attr-defined]
    connection.in_atomic_block_mongo = True  # type: ignore[attr-defined]
    try:
        return work()
    except DatabaseError as error:
        # The ORM wraps what the driver raised; the driver must see its own error to know that it may try again.
        cause = error.__cause__
        if isinstance(cause, PyMongoError) and cause.has_error_label("TransientTransactionError"):
            raise cause from None
        raise
    finally:
        connection.session = None  # type: ignore[attr-defined]
        connection.in_atomic_block_mongo = False  # type: ignore[attr-defined]


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
