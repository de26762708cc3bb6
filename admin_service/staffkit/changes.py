"""Whether anything has happened since a page that looks for news by itself was last told."""

from common.mongo import collection
from staffkit.clocks import today


def mark_of_changes() -> str:
    """Changes with the day, and when anything does: that leaves an entry in the audit trail, or came as a message.

    So a page that asks every few seconds costs nothing while nothing happens.
    """
    counts = [collection(name).estimated_document_count() for name in ("audit_entries", "inbox", "users")]
    return "-".join(map(str, [today().toordinal(), *counts]))
