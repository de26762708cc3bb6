"""The automatic messages that a person got, as they were sent, for their timelines."""

from collections.abc import Sequence

from django.urls import reverse

from common.mongo import Document
from people.staff.reaching import telegram_words
from reminders.domain.kinds import TO_CANDIDATES
from reminders.domain.states import MessageState
from reminders.models import KIND_LABELS, STATE_LABELS
from scheduling.staff.timeline import bookings_of
from staffkit.timeline import Happening, Source, Whose, register

_KINDS, _STATES = dict(KIND_LABELS), dict(STATE_LABELS)
_TRIED = [MessageState.SENT.value, MessageState.FAILED.value, MessageState.QUEUED.value]


def _theirs(whose: Whose) -> Document:
    seen = [row["_id"] for row in bookings_of(whose, {"_id": 1})]
    kinds = [kind.value for kind in TO_CANDIDATES]
    return {"booking_id": {"$in": seen}, "kind": {"$in": kinds}, "state": {"$in": _TRIED}}


def _messages(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    return [_shown(row) for row in rows]


def _shown(row: Document) -> Happening:
    sent = row["state"] == MessageState.SENT.value
    lines = [] if sent else [str(_STATES[row["state"]]), telegram_words(row["error"])]
    return Happening(
        row["_id"],
        row["due_at"],
        str(_KINDS.get(row["kind"], row["kind"])),
        "schedule_send",
        text=row["text"],
        lines=[line for line in lines if line],
        link=reverse("admin:reminders_automessage_change", args=[row["_id"]]),
        trouble=row["state"] == MessageState.FAILED.value,
    )


register(Source("messages", "auto_messages", "due_at", _theirs, _messages))
