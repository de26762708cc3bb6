"""A booking's automatic messages, as its page shows them."""

from typing import Any

from bson import ObjectId
from django.urls import reverse

from common.mongo import Document, collection
from reminders.models import KIND_LABELS, STATE_LABELS, WHY_LABELS
from staffkit.clocks import said

_KINDS, _STATES, _WHYS = dict(KIND_LABELS), dict(STATE_LABELS), dict(WHY_LABELS)
_IN_ORDER = [("due_at", 1)]
MOST_MESSAGES = 200


def messages_of(booking_id: ObjectId, zone: str) -> list[dict[str, Any]]:
    """The booking's messages in the order of their times, which are told in ``zone``; by index ``auto_booking``."""
    rows = collection("auto_messages").find({"booking_id": booking_id}).sort(_IN_ORDER).limit(MOST_MESSAGES)
    return [_shown(row, zone) for row in rows]


def _shown(row: Document, zone: str) -> dict[str, Any]:
    return {
        "due": said(row["due_at"], zone),
        "what": _KINDS.get(row["kind"], row["kind"]),
        "state": _STATES.get(row["state"], row["state"]),
        "why": _WHYS.get(row["why"], row["why"]),
        "failed": row["state"] == "failed",
        "attempts": row["attempts"],
        "text": row["text"],
        "link": reverse("admin:reminders_automessage_change", args=[row["_id"]]),
    }
