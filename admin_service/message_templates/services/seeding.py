"""The texts an installation starts with, from the catalogue of message kinds."""

from typing import Any

from bson import Int64
from django.db import connection

from common import clock
from common.mongo import Document, collection, current_session, in_transaction
from message_templates.domain.catalogue import MESSAGE_KINDS
from message_templates.services.storing import insert_template, keep_revision, key_of
from messaging import caches
from shared_contracts.notification import CacheName, NotificationKind
from shared_contracts.texts.message_templates import LANGUAGES

ACTOR = "system"


def default_texts() -> dict[tuple[NotificationKind, str], str]:
    """Every kind's text in each language."""
    return {
        (kind, language): spec.default_text(language) for language in LANGUAGES for kind, spec in MESSAGE_KINDS.items()
    }


def seed_defaults(**_kwargs: Any) -> None:
    """Put in the defaults that are not there yet, and the newer words of those that nobody ever changed.

    What staff have worded themselves, or have gone back to, is left alone.
    """
    if {"message_templates", "outbox"} - set(connection.introspection.table_names()):
        return  # another app alone was migrated
    in_transaction(_seed)


def _seed() -> None:
    rows = collection("message_templates").find({"city_id": None}, session=current_session())
    there = {row["key"]: row for row in rows}
    changed = [_seed_text(there.get(key_of(*of, None)), *of, text) for of, text in default_texts().items()]
    if any(changed):
        caches.invalidate(CacheName.TEMPLATES)


def _seed_text(row: Document | None, kind: NotificationKind, language: str, text: str) -> bool:
    """Whether the default had to be written; ``row`` is the one in force."""
    now = clock.now()
    if row is None:
        insert_template(kind, language, None, text, 1, now)
        keep_revision(kind, language, None, 1, text, "seeded", ACTOR, now)
        return True
    if row["text"] == text or not _came_with_the_product(kind, language):
        return False
    number = row["version"] + 1
    collection("message_templates").update_one(
        {"_id": row["_id"]},
        {"$set": {"text": text, "version": Int64(number), "updated_at": now}},
        session=current_session(),
    )
    keep_revision(kind, language, None, number, text, "seeded", ACTOR, now)
    return True


def _came_with_the_product(kind: NotificationKind, language: str) -> bool:
    """Whether staff never touched the default."""
    others = {"kind": kind.value, "language": language, "city_id": None, "action": {"$ne": "seeded"}}
    return collection("template_revisions").find_one(others, session=current_session()) is None
