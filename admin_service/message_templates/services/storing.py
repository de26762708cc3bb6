"""How templates and their revisions are written, in the transaction under way."""

from datetime import datetime

from bson import Int64, ObjectId

from common.mongo import collection, current_session
from shared_contracts.notification import NotificationKind


def key_of(kind: NotificationKind, language: str, city_id: ObjectId | None) -> str:
    """What a template is unique by."""
    return f"{kind.value}.{language}.{city_id or 'default'}"


def insert_template(
    kind: NotificationKind, language: str, city_id: ObjectId | None, text: str, version: int, now: datetime
) -> ObjectId:
    """A new text in force.

    Raises:
        DuplicateKeyError: there is one already.
    """
    inserted = collection("message_templates").insert_one(
        {
            "kind": kind.value,
            "language": language,
            "city_id": city_id,
            "key": key_of(kind, language, city_id),
            "text": text,
            "version": Int64(version),
            "created_at": now,
            "updated_at": now,
        },
        session=current_session(),
    )
    return ObjectId(str(inserted.inserted_id))


def keep_revision(
    kind: NotificationKind,
    language: str,
    city_id: ObjectId | None,
    number: int,
    text: str,
    action: str,
    actor: str,
    now: datetime,
    restored_from: int | None = None,
) -> None:
    """Remember a version for good. ``actor`` as the audit trail writes it."""
    collection("template_revisions").insert_one(
        {
            "kind": kind.value,
            "language": language,
            "city_id": city_id,
            "number": Int64(number),
            "text": text,
            "action": action,
            "restored_from": None if restored_from is None else Int64(restored_from),
            "actor": actor,
            "created_at": now,
            "updated_at": now,
        },
        session=current_session(),
    )


def latest_number(kind: NotificationKind, language: str, city_id: ObjectId | None) -> int:
    """The last version's number, of a text that was taken back too; 0 where there was none."""
    row = collection("template_revisions").find_one(
        {"kind": kind.value, "language": language, "city_id": city_id},
        sort=[("number", -1)],
        session=current_session(),
    )
    return int(row["number"]) if row else 0
