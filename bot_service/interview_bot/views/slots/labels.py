"""Slots on buttons (FR3): date, weekday, time, location and room, no longer than a phone shows.

What would make a button longer stands in the message's text instead: by which clocks the times are, and the whole of a
location that is shortened. A time and a room are never shortened.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_timedelta

from interview_bot.views.formatting import SHORT, place, shared_clocks, slot_day, slot_start
from interview_bot.views.html_text import clip
from interview_bot.views.texts import Texts
from shared_contracts.directory import SlotView

LONGEST = 40
"""Characters of a button in a row of its own that a phone shows."""
_LEAST_OF_LOCATION, _LEAST_OF_WORD = 6, 3


@dataclass(frozen=True)
class SlotLabels:
    """``buttons``: the slots, in their order. ``facts``: what is not on them, as HTML lines for the text above."""

    buttons: list[str]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """What buttons say, and how long they may be.

    ``with_city``, ``with_place``: where that is not said above. ``room``: characters that there are for a slot.
    """

    pattern: str = SHORT
    with_city: bool = False
    with_place: bool = True
    room: int = LONGEST


def slot_labels(slots: Sequence[SlotView], own_zone: str | None, texts: Texts, style: Style = Style()) -> SlotLabels:
    """Slots on buttons, all in full where all are short enough; those that would read the same are told apart."""

    def in_full(slot: SlotView, besides: str) -> str:
        when = slot_start(slot, own_zone, texts, style.pattern)
        return _joined(when, besides, ", ".join(filter(None, _place_of(slot, when, texts, style))))

    labels = _told_apart(slots, texts, in_full)
    if all(len(label) <= style.room for label in labels):
        return SlotLabels(labels)
    clocks, shortened = shared_clocks(slots, own_zone, texts), dict[str, None]()

    def short(slot: SlotView, besides: str) -> str:
        whole = slot_start(slot, own_zone, texts, style.pattern)
        when = whole if clocks is None else slot_day(slot, own_zone, texts, style.pattern)
        location, room = _place_of(slot, when, texts, style)
        left = style.room - len(_joined(when, besides, f"{room}, " if location and room else room)) - len(" · ")
        clipped = _clipped(location, max(left, _LEAST_OF_LOCATION))
        if clipped != location:
            shortened[location] = None
        return _joined(when, besides, ", ".join(filter(None, (clipped, room))))

    buttons = _told_apart(slots, texts, short)
    doubled = {label for label, number in Counter(buttons).items() if number > 1}  # of offices that begin alike
    buttons = [whole if label in doubled else label for label, whole in zip(buttons, labels, strict=True)]
    facts = [clocks] if clocks else []
    return SlotLabels(buttons, (*facts, *(texts("slot.place", place=location) for location in shortened)))


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _place_of(slot: SlotView, when: str, texts: Texts, style: Style) -> tuple[str, str]:
    """Location, with its city where that is not said before, and room; empty where they are not to be said."""
    if not style.with_place:
        return "", ""
    if slot.online:
        return place(slot, texts), ""
    says_city = style.with_city and f"({slot.city.name}" not in when
    location, room = slot.parts(texts.language)
    return ", ".join(filter(None, (slot.city.name if says_city else "", location))), room


def _clipped(location: str, room: int) -> str:
    """Its beginning, without a letter or two of a word that is cut."""
    if len(location) <= room:
        return location
    whole, _, begun = clip(location, room)[:-1].rpartition(" ")
    kept = whole if whole and len(begun) < _LEAST_OF_WORD else f"{whole} {begun}"
    return f"{kept.strip(' ,.')}…"


def _told_apart(slots: Sequence[SlotView], texts: Texts, label: Callable[[SlotView, str], str]) -> list[str]:
    """Labels; those that would read the same say with whom, or how long, if that differs.

    ``label`` makes one of a slot and of what tells it apart; that stands early, since phones cut long buttons off.
    """
    labels = [label(slot, "") for slot in slots]
    for differs in (_recruiter_of, _length_of):
        told: dict[str, set[str]] = defaultdict(set)
        for text, slot in zip(labels, slots, strict=True):
            told[text].add(differs(slot, texts))
        labels = [
            label(slot, differs(slot, texts)) if len(told[text]) > 1 else text
            for text, slot in zip(labels, slots, strict=True)
        ]
    return labels


def _recruiter_of(slot: SlotView, texts: Texts) -> str:
    return slot.recruiter.name if slot.recruiter else ""


def _length_of(slot: SlotView, texts: Texts) -> str:
    return format_timedelta(
        timedelta(minutes=slot.duration_minutes), granularity="minute", threshold=60, locale=texts.locale
    )
