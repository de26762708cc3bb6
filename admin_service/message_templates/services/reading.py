"""Templates as they are in force."""

from common import wire
from common.mongo import Document, collection
from shared_contracts.texts.message_templates import TemplateView


def in_force() -> list[TemplateView]:
    """All of them, defaults first, in the order of their keys."""
    rows = collection("message_templates").find({}).sort([("city_id", 1), ("key", 1)])
    return wire.views("message_templates", list(rows), lambda rows: [_view(row) for row in rows])


def _view(row: Document) -> TemplateView:
    return TemplateView.model_validate(
        {
            "kind": row["kind"],
            "language": row["language"],
            "city_id": str(row["city_id"]) if row["city_id"] else None,
            "version": row["version"],
            "text": row["text"],
        },
        strict=False,
    )
