"""The audit trail: who changed what, through what, before and after (I7)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from bson import ObjectId

from common import clock, correlation
from common.mongo import Document, collection, current_session

_acting: ContextVar[str] = ContextVar("acting", default="")


@contextmanager
def acting(login: str) -> Iterator[None]:
    """Changes inside are this staff login's, made in the desk; for what is noted by signals, which are told nothing."""
    token = _acting.set(login)
    try:
        yield
    finally:
        _acting.reset(token)


def acting_login() -> str:
    """Whose changes these are; empty outside ``acting``."""
    return _acting.get()


def entry(
    subject: str,
    subject_id: str,
    action: str,
    *,
    actor: str,
    via: str,
    now: datetime,
    correlation_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Document:
    """One entry's document. ``before`` and ``after`` hold the fields that tell the change, JSON values only."""
    return {
        "_id": ObjectId(),
        "subject": subject,
        "subject_id": ObjectId(subject_id),
        "action": action,
        "actor": actor,
        "via": via,
        "reason": reason,
        "before": before,
        "after": after,
        "correlation_id": correlation_id,
        "version": after.get("version") if after else None,
        "created_at": now,
        "updated_at": now,
    }


def add(entries: Sequence[Document]) -> None:
    """Insert entries, in the transaction under way if there is one."""
    if entries:
        collection("audit_entries").insert_many(entries, session=current_session())


def record_staff(
    subject: str,
    subject_id: str,
    action: str,
    actor: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> None:
    """Write one entry for what the member of staff ``actor`` did in the desk, in the transaction under way."""
    written = entry(
        subject,
        subject_id,
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=clock.now(),
        correlation_id=correlation.current(),
        before=before,
        after=after,
        reason=reason,
    )
    add([written])
