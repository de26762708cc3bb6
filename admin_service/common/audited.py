"""Documents that staff save: with their audit entry, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from common import audit, clock
from common.models import StampedModel
from common.mongo import in_transaction


def facts(document: StampedModel, fields: Sequence[str]) -> dict[str, Any]:
    """The fields of a document that the audit trail keeps, as JSON values."""
    values = {name: getattr(document, name) for name in fields}
    return {name: str(value) if isinstance(value, ObjectId) else value for name, value in values.items()}


def save_audited(
    document: StampedModel,
    subject: str,
    fields: Sequence[str],
    actor: str,
    *,
    prepare: Callable[[StampedModel | None, datetime], Iterable[str]] | None = None,
    then: Callable[[datetime], None] | None = None,
    reason: str = "",
) -> None:
    """Save a new or changed document and its audit entry.

    Only what staff may edit is written of a changed one: the rest belongs to chat and to decisions, which may be
    writing it at this moment.

    Args:
        subject: what the audit trail calls it.
        fields: the fields that the audit trail keeps.
        actor: the staff login.
        prepare: checks and completes the document before it is saved; gets what is stored (None: nothing yet) and the
            moment, and names the fields, besides those that staff edit, to be written too.
        reason: why, for the audit trail.
        then: more to do in the same transaction; gets its moment.
    """
    adding = document._state.adding

    def work() -> None:
        now = clock.now()
        stored = None if adding else type(document).objects.filter(pk=document.pk).first()
        also = prepare(stored, now) if prepare else ()
        document._state.adding = adding  # the driver may run this again after a conflict
        document.save(update_fields=None if adding else [*_edited_by_staff(document), *also])
        if then:
            then(now)
        action, before = ("changed", facts(stored, fields)) if stored else ("created", None)
        audit.record_staff(subject, str(document.pk), action, actor, before, facts(document, fields), reason)

    in_transaction(work)


def _edited_by_staff(document: StampedModel) -> list[str]:
    return [field.name for field in document._meta.concrete_fields if field.editable and not field.primary_key]
