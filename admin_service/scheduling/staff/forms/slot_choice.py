"""Choosing a slot by search: a part of a day, a recruiter or a place is typed. Nothing is chosen beforehand."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common import clock
from scheduling.domain.model import Slot


class _Suggesting(UnfoldAdminTextInputWidget):
    """A text with suggestions, each with a word on it."""

    suggestions: Mapping[str, str] = {}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """With the list beside it."""
        key = f"{name}-choices"
        text = super().render(name, value, {**(attrs or {}), "list": key, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions.items())
        return format_html('{}<datalist id="{}">{}</datalist>', text, key, options)


class SlotField(forms.CharField):
    """A slot, by the name under which it is found; its value is the slot's id."""

    def __init__(self, label: Any) -> None:
        hint = _("Type a part of a day, a recruiter or a place, then choose. Times past the limits come last.")
        super().__init__(label=label, max_length=400, widget=_Suggesting(), help_text=hint)
        self._ids: dict[str, str] = {}

    def offer(self, named: Iterable[tuple[str, Slot]]) -> None:
        """What there is to choose from, each by its name: open ones first, each group in the order given."""
        now, ids, words = clock.now(), dict[str, str](), dict[str, str]()
        for name, slot in sorted(named, key=lambda one: not one[1].is_open(now)):
            key = _free_name(name if slot.is_open(now) else f"{name} · {_limit(slot)}", ids)
            ids[key] = slot.id
            words[key] = _now("free: %(free)s of %(seats)s") % {"free": slot.free, "seats": slot.capacity}
        self._ids = ids
        self.widget.suggestions = words

    def clean(self, value: Any) -> str:
        """The slot's id; a form that gives the id itself is read, too."""
        typed = str(super().clean(value))
        found = typed if typed in self._ids.values() else self._ids.get(typed)
        if found is None:
            raise ValidationError(_("Choose a slot from the list."))
        return found


def _limit(slot: Slot) -> str:
    """Which limit one goes past with a slot that candidates can't book."""
    if not slot.is_active:
        return _now("past the limits: not active")
    if not slot.recruiter_active:
        return _now("past the limits: its recruiter is not active")
    if not slot.city_active:
        return _now("past the limits: its city is closed")
    return _now("past the limits: closed for booking")


def _free_name(name: str, taken: Mapping[str, str]) -> str:
    """The name, with a number where another slot has it already."""
    return next(one for number in count(1) if (one := name if number == 1 else f"{name} ({number})") not in taken)
