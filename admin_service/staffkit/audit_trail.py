"""The audit trail as people read it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from bson import ObjectId
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from common.mongo import Document, collection
from common.zones import MOSCOW
from staffkit.audit_labels import EVERY
from staffkit.clocks import format_done, format_moment

MOST_ENTRIES = 100

NOTHING = "—"
"""How a field without a value is told, where it had one."""
_WAYS: dict[str, Any] = {
    "chat": _("chat"),
    "api": "API",
    "desk": _("desk"),
    "job": _("schedule"),
    "console": _("command line"),
}
_KINDS: dict[str, Any] = {
    "candidate": _("candidate"),
    "recruiter": _("recruiter"),
    "staff": _("staff"),
    "system": _("system"),
    "stranger": _("somebody unknown"),
}
ACTORS = tuple(_KINDS)
"""Kinds of those who do things; an entry's ``actor`` begins with one."""
CLOCKS = "zone"
"""In an entry: on whose clocks its times were."""
UNTOLD = {"version", "person_id", CLOCKS, "slots", "record"}
"""A number that rises with every change; whom the page names; what other fields are told by; what undoes a merge."""


def trail(
    subject_id: str,
    zone: str = MOSCOW,
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
    most: int = MOST_ENTRIES,
) -> list[dict[str, Any]]:
    """A document's entries, latest first.

    Args:
        subject_id: the document's id.
        zone: on whose clocks the times in them are told.
        only: the actions that are asked for; None: all.
        but: actions to leave out, unless ``only`` is given.
        most: how many at most.
    """
    actions = {"$nin": sorted(but)} if only is None else {"$in": sorted(only)}
    query = {"subject_id": ObjectId(subject_id), "action": actions}
    rows = collection("audit_entries").find(query).sort("created_at", -1)
    return [told(row, zone) for row in rows.limit(most)]


def told(row: Document, zone: str) -> dict[str, Any]:
    """An entry as people read it; ``zone``: on whose clocks the times in it are told."""
    return {
        "when": format_done(row["created_at"]),
        "who": actor_label(row["actor"]),
        "way": _WAYS.get(row["via"], row["via"]),
        "action": action_label(row["action"]),
        "changes": changes(row["before"], row["after"], zone, subject=row["subject"]),
        "reason": row["reason"],
    }


def subject_label(subject: str) -> str:
    """What kind of thing."""
    return str(EVERY.subjects.get(subject, subject))


def action_label(action: str) -> str:
    """What was done."""
    return str(EVERY.actions.get(action, action))


def actor_label(actor: str) -> str:
    """Who did it: ``staff:anna`` → “staff anna”. A job has a name for developers only.

    A recruiter who acts in chat is kept by their Telegram id, and called by their name while there is one.
    """
    kind, _colon, name = actor.partition(":")
    if kind == "system":
        return str(_KINDS[kind])
    if kind == "recruiter" and name.isdecimal():
        found = collection("recruiters").find_one({"telegram_id": int(name)}, {"name": 1})
        name = found["name"] if found else name
    return f"{_KINDS.get(kind, kind)} {name}".strip()


def changes(
    before: dict[str, Any] | None, after: dict[str, Any] | None, zone: str = MOSCOW, *, subject: str = ""
) -> list[str]:
    """Lines such as “capacity: 2 → 3”.

    Args:
        zone: on whose clocks times are told, where the entry does not keep on whose they were.
        subject: of what kind of thing, which may call a field otherwise.
    """
    old, new = before or {}, after or {}
    lines = []
    for name in [*new, *(name for name in old if name not in new)]:
        if name in UNTOLD:
            continue
        was, is_now = _value(name, old, zone), _value(name, new, zone)
        if was == is_now and (old.get(name) == new.get(name) or is_now == NOTHING):
            continue
        if name not in old and is_now == NOTHING:  # what begins empty is no news
            continue
        label = EVERY.fields_of.get((subject, name)) or EVERY.fields.get(name) or name.replace("_", " ")
        lines.append(f"{label}: {was} → {is_now}" if name in old else f"{label}: {is_now}")
    return lines


def _value(name: str, facts: dict[str, Any], zone: str) -> str:
    value = facts.get(name)
    if value and name in EVERY.names_then:
        return EVERY.names_then[name](value, facts)
    return _told_value(name, value, facts.get(CLOCKS) or zone)


def _told_value(name: str, value: Any, zone: str) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if name in EVERY.choices and not isinstance(value, list):
        return str(EVERY.choices[name].get(value, value))
    if name == "list":
        return str(apps.get_model(value)._meta.verbose_name_plural)
    if isinstance(value, list):
        return ", ".join(_told_value(name.removesuffix("s"), item, zone) for item in value)
    if name in EVERY.moments:
        return format_moment(datetime.fromisoformat(value), zone)
    if name in EVERY.names and ObjectId.is_valid(value):
        return EVERY.names[name](ObjectId(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value)
