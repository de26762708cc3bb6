"""The versions of a text, and what each changed."""

from dataclasses import dataclass
from datetime import datetime
from difflib import ndiff

from common.mongo import collection
from message_templates.models import ACTION_LABELS, MessageTemplate

MOST_VERSIONS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text: ``sign`` is “+” where it came, “-” where it went, empty where it stayed."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version. ``at`` is UTC; ``actor`` as the audit trail writes it; no ``text`` where the default came back."""

    number: int
    at: datetime
    actor: str
    action: str
    restored_from: int | None
    text: str
    lines: list[Line]


def versions(template: MessageTemplate) -> list[Version]:
    """A text's latest versions, newest first, each with what it changed; earlier lives of a city's own text too."""
    wanted = {"kind": template.kind, "language": template.language, "city_id": template.city_id}
    rows = list(collection("template_revisions").find(wanted).sort("number", -1).limit(MOST_VERSIONS))
    labels = dict(ACTION_LABELS)
    before = [row["text"] for row in rows[1:]] + [""]
    return [
        Version(
            number=row["number"],
            at=row["created_at"],
            actor=row["actor"],
            action=str(labels.get(row["action"], row["action"])),
            restored_from=row["restored_from"],
            text=row["text"],
            lines=_compared(earlier, row["text"]),
        )
        for row, earlier in zip(rows, before, strict=True)
    ]


def _compared(before: str, after: str) -> list[Line]:
    lines = ndiff(before.splitlines(), after.splitlines())
    return [Line(line[0].strip(), line[2:]) for line in lines if line[0] != "?"]
