"""The texts an installation starts with, from the catalogue of message kinds."""

from typing import Any

from django.db import connection

from common import clock
from common.mongo import collection, current_session, in_transaction
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
    """Put in the defaults that are not there yet. One that is there, changed by staff or not, is left alone."""
    if {"message_templates", "outbox"} - set(connection.introspection.table_names()):
        return  # another app alone was migrated
    in_transaction(_seed)


def _seed() -> None:
    there = set(collection("message_templates").distinct("key", session=current_session()))
    now, made = clock.now(), False
    for (kind, language), text in default_texts().items():
        if key_of(kind, language, None) in there:
            continue
        insert_template(kind, language, None, text, 1, now)
        keep_revision(kind, language, None, 1, text, "seeded", ACTOR, now)
        made = True
    if made:
        caches.invalidate(CacheName.TEMPLATES)
