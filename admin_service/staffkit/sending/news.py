"""What someone else changed while a page was open, as it is said beside the field."""

from datetime import date, datetime, time
from typing import Any

from bson import ObjectId
from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.mongo import Document, collection
from common.zones import MOSCOW
from staffkit.audit_trail import actor_label
from staffkit.clocks import format_moment

_MOST_ENTRIES = 50


def note(
    bound: forms.BoundField, value: Any, trail_of: ObjectId, since: datetime | None, *, untouched: bool
) -> SafeString:
    """The stored value, with who put it there.

    Args:
        bound: the field.
        value: what is stored.
        trail_of: the document whose audit trail tells who.
        since: when the page was shown, aware; None where that is not known.
        untouched: this person had left the field alone, so it shows the stored value now.
    """
    now = _("Changed meanwhile, now: {value}") if untouched else _("Now: {value}")
    told = format_html(now, value=format_html('<b class="desk-lines">{}</b>', _said(bound, value)))
    next_step = "" if untouched else _("save again to replace it with yours")
    parts = [part for part in (told, _who(bound.name, trail_of, since), next_step) if part]
    kept = " desk-kept" if untouched else ""  # theirs is no mistake to mark in red
    said_so = format_html_join(" · ", "{}", ((part,) for part in parts))
    return format_html('<span class="desk-news{}">{}</span>', kept, said_so)


def _said(bound: forms.BoundField, value: Any) -> str:
    field = bound.field
    if isinstance(value, list):
        return ", ".join(_said(bound, item) for item in value) or "—"
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ModelChoiceField):
        return str(field.queryset.model._default_manager.filter(pk=value).first() or value)  # type: ignore[union-attr]
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    for kind, form in ((datetime, "%d.%m.%Y, %H:%M"), (date, "%d.%m.%Y"), (time, "%H:%M")):
        if isinstance(value, kind):
            return value.strftime(form)
    return str(value)


def _who(name: str, trail_of: ObjectId, since: datetime | None) -> str:
    """Who changed the field last since then, or who changed anything; nothing where the audit trail does not say."""
    query: Document = {"subject_id": trail_of, **({"created_at": {"$gt": since}} if since else {})}
    entries = list(collection("audit_entries").find(query).sort("created_at", -1).limit(_MOST_ENTRIES))
    found = next((entry for entry in entries if _tells(entry, name)), entries[0] if entries else None)
    return f"{actor_label(found['actor'])}, {format_moment(found['created_at'], MOSCOW)}" if found else ""


def _tells(entry: Document, name: str) -> bool:
    before, after = entry["before"] or {}, entry["after"] or {}
    return any(before.get(key) != after.get(key) for key in (name, f"{name}_id"))
