"""What the audit trail calls things. Each app registers its own words; those of all apps are here."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.mongo import collection


@dataclass(frozen=True, slots=True)
class AuditLabels:
    """An app's words for its audit entries; lazy texts.

    Args:
        subjects: kinds of things.
        actions: what was done.
        fields: what changed.
        fields_of: by subject and field, where a subject's field is called something else.
        choices: by field, its values in words.
        moments: fields that hold a time.
        names: by field that holds an id, what the document of that id is called.
        names_then: the same from the id and what the entry keeps beside it: what the document was like then.
    """

    subjects: dict[str, Any] = field(default_factory=dict)
    actions: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    fields_of: dict[tuple[str, str], Any] = field(default_factory=dict)
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    moments: set[str] = field(default_factory=set)
    names: dict[str, Callable[[ObjectId], str]] = field(default_factory=dict)
    names_then: dict[str, Callable[[str, dict[str, Any]], str]] = field(default_factory=dict)


EVERY = AuditLabels(
    actions={
        "created": _("made"),
        "changed": _("changed"),
        "deleted": _("deleted"),
    },
    fields={
        "title": _("title"),
        "name": _("name"),
        "city_id": _("city"),
        "recruiter_id": _("recruiter"),
        "event_id": _("interview event"),
        "is_active": _("active"),
        "kind": _("message"),
        "language": _("language"),
        "status": _("status"),
        "username": _("username"),
        "first_name": pgettext_lazy("a person's", "name"),
        "role": _("role"),
    },
)
"""The words of all apps whose pages are imported, by ``register``."""


def register(labels: AuditLabels) -> None:
    """Add an app's words; choices of a field that several apps have stand side by side."""
    for name, values in labels.choices.items():
        EVERY.choices.setdefault(name, {}).update(values)
    for part in fields(labels):
        if part.name != "choices":
            getattr(EVERY, part.name).update(getattr(labels, part.name))


def named_in(name: str, field: str = "name") -> Callable[[ObjectId], str]:
    """What documents of the collection ``name`` are called, by id."""

    def look_up(document_id: ObjectId) -> str:
        found = collection(name).find_one({"_id": document_id}, {field: 1})
        return str(found[field]) if found else str(document_id)

    return look_up
