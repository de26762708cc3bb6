"""What a list is narrowed by, shown above it: each with a way to take it away again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Chip:
    """One of the things a list is narrowed by. ``without``: the address of the same list without it."""

    what: str
    value: str
    without: str


def chips_of(listed: Any) -> Iterator[Chip]:
    """Of a list as it is asked for: its search, its filters in their order, then what a link has carried."""
    if listed.query:
        yield Chip(_("Search"), listed.query, listed.get_query_string({SEARCH_VAR: None}))
    for spec in listed.filter_specs:
        yield from _of_filter(listed, spec)
    for name, label in listed.model_admin.link_labels.items():
        if name in listed.params:
            yield Chip(capfirst(str(label)), "", listed.get_query_string({name: None}))


def _of_filter(listed: Any, spec: Any) -> Iterator[Chip]:
    whole = getattr(spec, "whole", None)  # the value that leaves nothing out, where that is not to be asked for nothing
    form = next(iter(spec.choices(listed)))["form"]
    for name, field in form.fields.items():
        value = form.data.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if value and value != whole:
            ends = f" ({field.label.lower()})" if len(form.fields) > 1 else ""
            what = f"{capfirst(str(spec.title))}{ends}"
            yield Chip(what, _in_words(field, value), listed.get_query_string({name: whole}))


def _in_words(field: Any, value: Any) -> str:
    """As the filter's own form calls the value; what is none of its choices as it was typed."""
    for known, label in getattr(field, "choices", ()):
        if str(known) == str(value):
            return str(label)
    try:
        day = parse_date(str(value))
    except ValueError:
        day = None
    return date_format(day, "SHORT_DATE_FORMAT") if day else str(value)
