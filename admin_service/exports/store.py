"""Where exports are kept while they are made, and their files for a day: in MongoDB, which every process can reach.

A worker holds an export for a minute at a time and renews that with each piece that it stores; where it is killed, the
next one goes on after the last piece. Whatever is written of an export asks whether it is still held: one that was
cancelled, or taken up by another, is left alone.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument

from common import audit, clock
from common.mongo import Document, collection, current_session, in_transaction
from exports.journal import export_entry
from exports.models import UNDER_WAY, Export, ExportStatus

HOLD = timedelta(seconds=60)
LIFE = timedelta(hours=24)
"""Of a file, from when it is ready."""
AT_MOST = timedelta(days=2)
"""Of what is half made, should nobody go on with it."""
MOST_TRIES = 3
IDS, FILE = "ids", "file"
_PARTS = "export_parts"


class NotHeldError(Exception):
    """The export was cancelled, or another worker has it."""


def take_next(now: datetime) -> Export | None:
    """Hold the export whose turn it is, the one that has waited longest; None where there is none.

    One workbook at a time: it is made in one go, and two would have all workers while reminders wait.
    """
    free: Document = {"status": {"$in": UNDER_WAY}, "held_until": {"$lte": now}}
    held_book = {"status": ExportStatus.MAKING.value, "kind": "xlsx", "held_until": {"$gt": now}}
    if collection("exports").find_one(held_book, {"_id": 1}):
        free["kind"] = {"$ne": "xlsx"}
    taken = {"status": ExportStatus.MAKING.value, "held_until": now + HOLD, "hold": uuid.uuid4().hex}
    found = collection("exports").find_one_and_update(
        free,
        {"$set": {**taken, "updated_at": now}, "$inc": {"tries": 1}},
        sort=[("updated_at", 1)],
        return_document=ReturnDocument.AFTER,
    )
    return None if found is None else Export.objects.get(pk=found["_id"])


def change_held(export: Export, **values: Any) -> None:
    """Write down how far it is, and hold it on.

    Raises:
        NotHeldError: it is not ours any more.
    """
    now = clock.now()
    ours = {"_id": export.pk, "hold": export.hold, "status": ExportStatus.MAKING.value}
    change = {"held_until": now + HOLD, **values, "updated_at": now}
    if not collection("exports").update_one(ours, {"$set": change}, session=current_session()).matched_count:
        raise NotHeldError
    for name, value in change.items():
        setattr(export, name, value)


def begin_anew(export: Export, of: str) -> None:
    """Drop what a worker before may have left."""
    collection(_PARTS).delete_many({"export_id": export.pk, "of": of})


def add_ids(export: Export, number: int, ids: Sequence[ObjectId]) -> None:
    """Keep the ids of some of the rows, in their order."""
    _add(export, IDS, number, {"ids": list(ids)})


def ids_of(export: Export, number: int) -> list[ObjectId]:
    """Those of one piece; empty where there are no more."""
    found = collection(_PARTS).find_one({"export_id": export.pk, "of": IDS, "number": number})
    return list(found["ids"]) if found else []


def add_piece(export: Export, content: bytes, rows: int) -> None:
    """Store the next piece of the file, and that these rows are in it.

    Raises:
        NotHeldError: see ``change_held``; nothing is stored.
    """
    number, done = export.parts, export.done

    def work() -> None:
        change_held(export, parts=number + 1, done=done + rows, tries=0)
        _add(export, FILE, number, {"content": content})

    in_transaction(work)


def pieces_of(export: Export) -> Iterator[bytes]:
    """The file."""
    rows = collection(_PARTS).find({"export_id": export.pk, "of": FILE, "number": {"$lt": export.parts}})
    return (row["content"] for row in rows.sort("number", 1))


def finish(export: Export) -> None:
    """The file is whole: from now on it can be downloaded, for a day."""

    def work() -> None:
        now = clock.now()
        change_held(export, status=ExportStatus.READY.value, ends_at=now + LIFE, total=export.done)
        mine = {"export_id": export.pk}
        collection(_PARTS).delete_many({**mine, "of": IDS}, session=current_session())
        collection(_PARTS).update_many(mine, {"$set": {"ends_at": export.ends_at}}, session=current_session())
        note(export, "exported", via="job")

    in_transaction(work)


def give_up(export: Export) -> None:
    """It can't be made; what there is of it goes."""
    change_held(export, status=ExportStatus.FAILED.value)
    collection(_PARTS).delete_many({"export_id": export.pk})


def cancel(export_id: ObjectId, *, actor: str) -> None:
    """End an export, made or not: its file is gone at once, and a worker that is at it stops. Twice is as once."""

    def work() -> None:
        living = {"_id": export_id, "status": {"$in": [*UNDER_WAY, ExportStatus.READY.value]}}
        change = {"$set": {"status": ExportStatus.CANCELLED.value, "updated_at": clock.now()}}
        session = current_session()
        if collection("exports").update_one(living, change, session=session).matched_count:
            collection(_PARTS).delete_many({"export_id": export_id}, session=session)
            export = Export.objects.get(pk=export_id)
            audit.record_staff("export", str(export.user_id), "cancelled", actor, None, {"list": export.list_name})

    in_transaction(work)


def note(export: Export, action: str, *, via: str) -> None:
    """Write into the audit trail who has which list, filtered by what, and how many rows of it."""
    facts = {"list": export.list_name, "filter": export.narrowed, "rows": export.done}
    audit.add([export_entry(export.login, export.user_id, action, facts, via=via)])


def _add(export: Export, of: str, number: int, content: Document) -> None:
    now = clock.now()
    key = {"export_id": export.pk, "of": of, "number": number}
    stamps = {"ends_at": now + AT_MOST, "created_at": now, "updated_at": now}
    collection(_PARTS).insert_one({**key, **content, **stamps}, session=current_session())
