"""A field's value as a browser would send it, so that what was sent, seen and stored can be held against each other."""

from typing import Any

from django import forms
from django.http import QueryDict


def as_sent(bound: forms.BoundField) -> str:
    """What came with the form."""
    return _plain(bound.data, bound)


def as_shown(bound: forms.BoundField, value: Any) -> str:
    """What would come if the page showed ``value`` and nobody touched it."""
    return _plain(_parts(bound, value), bound)


def put(data: Any, bound: forms.BoundField, value: Any) -> QueryDict:
    """The form's data with ``value`` in place of what came."""
    changed: QueryDict = data.copy()
    widget, parts = bound.field.widget, _parts(bound, value)
    if isinstance(widget, forms.MultiWidget):
        for suffix, part in zip(widget.widgets_names, parts, strict=True):  # type: ignore[attr-defined]
            changed[bound.html_name + suffix] = part or ""
    elif isinstance(parts, bool):
        changed.pop(bound.html_name, None)
        if parts:
            changed[bound.html_name] = "on"
    else:
        changed.setlist(bound.html_name, parts if isinstance(parts, list) else [parts or ""])
    return changed


def _parts(bound: forms.BoundField, value: Any) -> Any:
    """As the widget writes it: text, a list of texts, or whether the box is ticked."""
    widget = bound.field.widget
    value = bound.field.prepare_value(value)
    if isinstance(widget, forms.MultiWidget):
        pairs = zip(widget.widgets, widget.decompress(value) or [], strict=True)
        return [part.format_value(item) for part, item in pairs]
    if isinstance(widget, forms.CheckboxInput):
        return bool(widget.check_test(value))
    return widget.format_value(value)


def _plain(value: Any, bound: forms.BoundField) -> str:
    if isinstance(value, list | tuple):
        texts = [_plain(item, bound) for item in value]
        # What is ticked comes in the order of the page.
        return "\0".join(sorted(texts) if getattr(bound.field.widget, "allow_multiple_selected", False) else texts)
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
