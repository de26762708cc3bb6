"""Candidates' answers to questionnaires, in the language of the reader."""

from typing import Any

from bson import ObjectId
from django.urls import reverse

from common.mongo import Document, collection
from common.texts.language import desk_language
from common.zones import MOSCOW
from questionnaires.models import STATUS_LABELS
from staffkit.clocks import format_moment

_STATUSES = dict(STATUS_LABELS)
_LATEST_FIRST = [("answered_at", -1)]


def answers_of(candidate_id: ObjectId, event_id: ObjectId | None = None) -> list[dict[str, Any]]:
    """What counts of a person's answers, latest first: to every questionnaire, or only for one interview event."""
    query: Document = {"candidate_id": candidate_id, "current": True}
    if event_id:
        query["event_id"] = event_id
    return [shown(row) for row in collection("questionnaire_answers").find(query).sort(_LATEST_FIRST)]


def shown(row: Document) -> dict[str, Any]:
    """One person's answers to one questionnaire, for a page."""
    language = desk_language()
    return {
        "event": row["event"],
        "when": format_moment(row["answered_at"], MOSCOW),
        "version": row["version"],
        "status": _STATUSES.get(row["status"], row["status"]),
        "reason": row["reason"][language] if row["reason"] else "",
        "link": reverse("admin:questionnaires_questionnaireanswers_change", args=[row["_id"]]),
        "rows": [(item["question"][language], item["answer"][language]) for item in row["answers"]],
    }
