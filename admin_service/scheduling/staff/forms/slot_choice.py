"""Choosing a slot by search: the list narrows down as a part of a day, a recruiter or a place is typed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from common import clock
from common.texts.names import fold
from common.zones import MOSCOW, local
from scheduling.domain.model import Slot
from staffkit.clocks import today

MOST_LISTED = 10
LONGER = 3
"""From so many digits on a number may be the beginning of one: of a room's, or a street's."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A slot to choose. ``words``: how many seats are free; ``also``: by what it is found besides its name."""

    id: str
    name: str
    words: str
    also: str = ""


def found_among(offered: Iterable[Offered], typed: str) -> list[Offered]:
    """Those by whose names, or what else they are found by, each of the words stands; a number only as a whole."""
    words = fold(typed).split()
    return [one for one in offered if _has_all(words, fold(f"{one.name} {one.also}"))]


def _has_all(words: Sequence[str], text: str) -> bool:
    """Of the 1 of a month nobody means 10:00 or the 21st."""
    numbers = set(re.findall(r"\d+", text))
    return all(word in numbers if len(word) < LONGER and word.isdecimal() else word in text for word in words)


def searched_by(slot: Slot) -> str:
    """What else a slot is found by: weekday and day in full words, today and tomorrow; on the clocks of its name."""
    zone = MOSCOW if slot.place.venue.video_link else slot.place.timezone
    day = local(slot.starts_at, zone).date()
    near = {0: _now("today"), 1: _now("tomorrow")}.get((day - today(zone)).days, "")
    return f"{date_format(day, 'l, j E')} {near}"


def meant(offered: Iterable[Offered], given: str) -> str | None:
    """The id of the slot that was chosen, or whose whole name was typed."""
    return next((one.id for one in offered if given in {one.id, one.name}), None)


class SlotPicker(UnfoldAdminTextInputWidget):
    """A search with what it finds beneath it, to be chosen from: by the server, as it is typed or when it is sent."""

    class Media:
        css: ClassVar[dict[str, Sequence[str]]] = {"all": ("scheduling/slot_choice.css",)}

    offered: Sequence[Offered] = ()
    asks: Mapping[str, str] = {"hx-get": ""}
    """Where it asks what is found."""
    waits = False
    """It lists nothing before something is typed: on a page that has many of them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What is chosen, else what is typed."""
        return data.get(name) or data.get(typed_name(name))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Both."""
        chosen = next((one for one in self.offered if one.id == value), None)
        typed = "" if chosen else str(value or "")
        trigger = f"input changed delay:200ms{', focus once' if self.waits else ''}"
        asks = {**self.asks, "hx-trigger": trigger, "hx-target": f"#{name}-found"}
        text = super().render(typed_name(name), typed, {**(attrs or {}), **asks, "autocomplete": "off"}, renderer)
        found = [chosen] if chosen else found_among(self.offered, typed)
        rows = "" if self.waits and not (chosen or typed) else listed(name, found, value)
        return format_html('{}<div id="{}-found" class="slot-found">{}</div>', text, name, rows)


def listed(name: str, found: Sequence[Offered], value: Any = "") -> SafeString:
    """The first of those found, to choose from in the field of this name, and how many there are more."""
    rows = ((name, one.id, "checked" if one.id == value else "", one.name, one.words) for one in found[:MOST_LISTED])
    row = '<label><input type="radio" name="{}" value="{}" {}><span>{} <small>{}</small></span></label>'
    more = len(found) - MOST_LISTED
    note = _now("And %(count)s more: type a day, a recruiter or a place.") % {"count": more} if more > 0 else ""
    note = note or ("" if found else f"{_now('There is no such slot with a free seat.')} {_hint()}")
    return format_html('<div role="radiogroup" aria-label="{}">{}</div><p role="status">{}</p>',
                       _now("Slots found"), format_html_join("", row, rows), note)  # fmt: skip


def _hint() -> str:
    return _now("Type, for example, “tomorrow”, “Tuesday”, “1 December”, a recruiter or a place.")


class SlotField(forms.CharField):
    """A slot, found by its name; its value is the slot's id. Nothing is chosen beforehand."""

    widget: SlotPicker

    def __init__(self, label: Any) -> None:
        hint = _("Type a part of a day, a recruiter or a place, then choose. Times past the limits come last.")
        super().__init__(label=label, max_length=400, widget=SlotPicker(), help_text=hint)

    def offer(self, named: Iterable[tuple[str, Slot]]) -> None:
        """What there is to choose from, each by its name: open ones first, each group in the order given."""
        now, offered = clock.now(), dict[str, Offered]()
        for name, slot in sorted(named, key=lambda one: not one[1].is_open(now)):
            key = free_name(name if slot.is_open(now) else f"{name} · {_limit(slot)}", offered)
            words = _now("free: %(free)s of %(seats)s") % {"free": slot.free, "seats": slot.capacity}
            offered[key] = Offered(slot.id, key, words, searched_by(slot))
        self.widget.offered = list(offered.values())

    def clean(self, value: Any) -> str:
        """The slot's id; its whole name means it, too."""
        found = meant(self.widget.offered, str(super().clean(value)))
        if found is None:
            raise ValidationError(_("Choose a slot from the list."))
        return found


def found_slots(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """What the page's search for a slot finds, if that is what the page asks."""
    name = "slot"
    if typed_name(name) not in request.GET:
        return None
    field = form.fields[name]
    assert isinstance(field, SlotField)
    return HttpResponse(listed(name, found_among(field.widget.offered, request.GET[typed_name(name)])))


def typed_name(name: str) -> str:
    """The name of the text beside a choice of this name."""
    return f"{name}_called"


def _limit(slot: Slot) -> str:
    """Which limit one goes past with a slot that candidates can't book."""
    if not slot.is_active:
        return _now("past the limits: not active")
    if not slot.recruiter_active:
        return _now("past the limits: its recruiter is not active")
    if not slot.city_active:
        return _now("past the limits: its city is closed")
    return _now("past the limits: closed for booking")


def free_name(name: str, taken: Mapping[str, object]) -> str:
    """The name, with a number where another slot has it already."""
    return next(one for number in count(1) if (one := name if number == 1 else f"{name} ({number})") not in taken)
