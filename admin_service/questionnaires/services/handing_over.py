"""A person's answers go over to another entry of theirs, and back. Joins the transaction of the merge."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import Int64, ObjectId

from common.mongo import Document, collection, current_session


def hand_over(gone: Document, kept: Document, now: datetime) -> dict[str, list[str]]:
    """Give the answers of one entry to another; of two that count for one event the newer goes on to.

    Returns:
        ``answers``: ids of what went over; ``outdated``: of what counts no more; for ``hand_back``.
    """
    theirs = _find({"candidate_id": {"$in": [gone["_id"], kept["_id"]]}})
    newest: dict[Any, Document] = {}
    for row in sorted((row for row in theirs if row["current"]), key=lambda row: row["answered_at"]):
        newest[row["event_id"]] = row
    outdated = [row["_id"] for row in theirs if row["current"] and newest[row["event_id"]]["_id"] != row["_id"]]
    moved = [row["_id"] for row in theirs if row["candidate_id"] == gone["_id"]]
    _set(outdated, {"current": False}, now)
    _set(moved, _owner(kept), now)
    return {"answers": [str(item) for item in moved], "outdated": [str(item) for item in outdated]}


def hand_back(record: dict[str, Any], gone: Document, now: datetime) -> None:
    """Undo it; what was answered since stays, and goes on to count."""
    _set([ObjectId(item) for item in record.get("answers", ())], _owner(gone), now)
    for row in _find({"_id": {"$in": [ObjectId(item) for item in record.get("outdated", ())]}}):
        same = {"candidate_id": row["candidate_id"], "event_id": row["event_id"], "current": True}
        if not _find(same):
            _set([row["_id"]], {"current": True}, now)


def _owner(person: Document) -> Document:
    number = person["telegram_id"]
    return {"candidate_id": person["_id"], **({} if number is None else {"telegram_id": Int64(number)})}


def _find(query: Document) -> list[Document]:
    return list(collection("questionnaire_answers").find(query, session=current_session()))


def _set(ids: Sequence[ObjectId], values: Document, now: datetime) -> None:
    if ids:
        change = {"$set": {**values, "updated_at": now}}
        collection("questionnaire_answers").update_many({"_id": {"$in": list(ids)}}, change, session=current_session())
