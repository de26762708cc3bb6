"""What MongoDB reads for one request of the desk: documents and keys of indexes, which no other load changes.

Its profiler writes down every operation while it is on; so nothing else may use the database then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

_LOG_BYTES = 64 * 1024 * 1024
Json = dict[str, Any]


@dataclass(frozen=True)
class Examined:
    """In all, and by the operation that read most: its collection, what it did, how much and by which plan."""

    documents: int
    keys: int
    operations: int
    most: str


def examined(database: Database[Json], act: Callable[[], object]) -> Examined:
    """What ``act`` has MongoDB read."""
    database.command("profile", 0)
    database.drop_collection("system.profile")
    database.create_collection("system.profile", capped=True, size=_LOG_BYTES)
    database.command("profile", 2)
    try:
        act()
    finally:
        database.command("profile", 0)
    found = [row for row in database["system.profile"].find() if not row["ns"].endswith(".system.profile")]
    most = max(found, key=_read, default=None)
    return Examined(
        documents=sum(row.get("docsExamined", 0) for row in found),
        keys=sum(row.get("keysExamined", 0) for row in found),
        operations=len(found),
        most=_told(most) if most else "",
    )


def unused_indexes(database: Database[Json]) -> list[str]:
    """Those that no operation has used since the server started, or they were made."""
    return [
        f"{name}.{index['name']}"
        for name in sorted(database.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}}))
        for index in database[name].aggregate([{"$indexStats": {}}])
        if index["name"] != "_id_" and not index["accesses"]["ops"]
    ]


def _read(row: Json) -> int:
    return int(row.get("docsExamined", 0) + row.get("keysExamined", 0))


def _told(row: Json) -> str:
    name = row["ns"].partition(".")[2]
    read = f"{row.get('docsExamined', 0)} documents, {row.get('keysExamined', 0)} keys, {row.get('millis', 0)} ms"
    return f"{row['op']} {name}: {read}, {row.get('planSummary', '')[:160]}"
