"""Changing message templates (R5): text, version, audit entry and the bot's stale cache, in one transaction."""

from bson import Int64, ObjectId
from django.utils.translation import gettext as _
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common import clock
from common.audit import record_staff
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from message_templates.services.rules import check_text
from message_templates.services.storing import insert_template, keep_revision, latest_number
from messaging import caches
from shared_contracts.notification import CacheName, NotificationKind


def save_text(template_id: str, text: str, *, seen_version: int, actor: str) -> None:
    """Change a text that was seen in ``seen_version``; the same text again changes nothing.

    Raises:
        RefusedError: the text can't be a template, or someone changed it meanwhile. Nothing was changed.
    """
    row = _found(template_id)
    if row["text"] != text or row["version"] != seen_version:
        _replace(row, text, seen_version, "changed", actor)


def restore_text(template_id: str, *, number: int, seen_version: int, actor: str) -> None:
    """Make an earlier version the newest one.

    Raises:
        RefusedError: there is no such text, today's rules refuse it, or someone changed it meanwhile.
    """
    row = _found(template_id)
    wanted = {"kind": row["kind"], "language": row["language"], "city_id": row["city_id"], "number": number}
    earlier = collection("template_revisions").find_one(wanted)
    if earlier is None or not earlier["text"]:
        raise RefusedError({"": _("There is no such version.")})
    _replace(row, earlier["text"], seen_version, "restored", actor, restored_from=number)


def make_own_text(kind: NotificationKind, language: str, city_id: ObjectId, text: str, *, actor: str) -> ObjectId:
    """Give a city a text of its own.

    Returns:
        The new template's id.

    Raises:
        RefusedError: the text can't be a template, or the city has one already.
    """
    check_text(kind, text)

    def work() -> ObjectId:
        now, number = clock.now(), latest_number(kind, language, city_id) + 1
        made = insert_template(kind, language, city_id, text, number, now)
        keep_revision(kind, language, city_id, number, text, "created", f"staff:{actor}", now)
        after = _facts(kind.value, language, city_id, number)
        record_staff("template", str(made), "created", actor, None, after)
        caches.invalidate(CacheName.TEMPLATES)
        return made

    try:
        return in_transaction(work)
    except DuplicateKeyError:
        raise RefusedError({"city": _("This city has a text of its own already. Change that one.")}) from None


def back_to_default(template_id: str, *, seen_version: int, actor: str) -> None:
    """Take a city's own text away; its versions are kept.

    Raises:
        RefusedError: it is a default, which always stays, or someone changed it meanwhile.
    """
    row = _found(template_id)
    if row["city_id"] is None:
        raise RefusedError({"": _("A default always stays: cities without a text of their own use it.")})

    def work() -> None:
        condition = {"_id": row["_id"], "version": seen_version}
        if not collection("message_templates").delete_one(condition, session=current_session()).deleted_count:
            raise _changed_meanwhile()
        _remember(row, seen_version + 1, "", "deleted", actor)

    in_transaction(work)


def _replace(
    row: Document, text: str, seen_version: int, action: str, actor: str, restored_from: int | None = None
) -> None:
    check_text(NotificationKind(row["kind"]), text)

    def work() -> None:
        changes = {"text": text, "version": Int64(seen_version + 1), "updated_at": clock.now()}
        changed = collection("message_templates").find_one_and_update(
            {"_id": row["_id"], "version": seen_version},
            {"$set": changes},
            return_document=ReturnDocument.AFTER,
            session=current_session(),
        )
        if changed is None:
            raise _changed_meanwhile()
        _remember(row, changed["version"], text, action, actor, restored_from)

    in_transaction(work)


def _remember(row: Document, number: int, text: str, action: str, actor: str, restored_from: int | None = None) -> None:
    """The revision, the audit entry and the stale cache that go with a change of ``row``."""
    kind, language, city_id = NotificationKind(row["kind"]), row["language"], row["city_id"]
    keep_revision(kind, language, city_id, number, text, action, f"staff:{actor}", clock.now(), restored_from)
    before = _facts(kind.value, language, city_id, number - 1)
    after = _facts(kind.value, language, city_id, number)
    record_staff("template", str(row["_id"]), action, actor, before, after)
    caches.invalidate(CacheName.TEMPLATES)


def _found(template_id: str) -> Document:
    row = collection("message_templates").find_one({"_id": ObjectId(template_id)})
    if row is None:
        raise RefusedError({"": _("This text is not there any more.")})
    return row


def _changed_meanwhile() -> RefusedError:
    return RefusedError({"": _("Someone has changed this text meanwhile. Open it again to see how it is now.")})


def _facts(kind: str, language: str, city_id: ObjectId | None, number: int) -> dict[str, str | int | None]:
    return {
        "kind": kind,
        "language": language,
        "city_id": str(city_id) if city_id else None,
        "text_version": number,
    }
