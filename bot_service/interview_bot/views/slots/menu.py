"""The slot menu: what can be chosen next on the way to a slot: a city, a recruiter, a day, a slot (FR3, R7, R9).

Where slots are in several cities the city comes first; where the candidate chooses the recruiter, that comes next.
Only screens are made here, so that a press and a late answer show the same.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

from telegram import InlineKeyboardMarkup

from interview_bot.common.dialog_data import ANYONE, DialogData
from interview_bot.views.formatting import (
    CLOCK,
    SHORT,
    booking_card,
    shared_clocks,
    slot_date,
    slot_day,
    slot_start,
    sought,
)
from interview_bot.views.html_text import button_name
from interview_bot.views.keyboards import leave_list
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slots import days, keyboards
from interview_bot.views.slots.cities import Cities, cities_of
from interview_bot.views.slots.keyboards import NOWHERE_ELSE, Ways
from interview_bot.views.slots.labels import LONGEST, Style, slot_labels
from interview_bot.views.slots.pages import slot_page
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingStatus, BookingView, InterviewEvent, SlotView


def slot_menu(
    event: InterviewEvent | None, slots: list[SlotView], reader: Reader, data: DialogData, *, other_events: bool
) -> tuple[Screen, DialogData]:
    """The screen of the first step still open for ``data``, and the data as that screen shows it.

    Args:
        event: the interview event, None where it is not open for sign-up (any more).
        slots: its slots with a free seat.
        other_events: whether other events are open, so that there is a list of them to go back to.
    """
    left_out = {*data.refused, *(_has_already(data.booking) if data.booking else ())}
    slots = [slot for slot in slots if slot.id not in left_out]
    cities = cities_of(None if data.booking else event, slots)  # nobody waits for a seat to move to
    ways = Ways(cities=bool(cities.free) and len(cities.all) > 1, events=other_events)
    if _goes_without_saying(cities, data):
        data = data.model_copy(update=dict.fromkeys(("city_id", "first_city_id"), cities.free[0].id))
    if data.city_id is None and cities.free:
        screen = Screen(
            reader.texts("cities.choose", event=slots[0].event.name),
            keyboards.cities(cities.options(reader.texts), data, reader.texts, ways),
        )
        return _with_list(screen, data, reader.texts), data
    here = [slot for slot in slots if slot.city.id == data.city_id]
    if not here:
        screen, data = _no_slots(reader, data, Ways(cities=bool(cities.free), events=other_events))
        return screen.with_lead(_sought(event, cities, data, reader.texts) if data.booking is None else None), data
    if event is None or not event.chooses_recruiter:
        screen, data = _times(here, reader, data.model_copy(update={"recruiter": None, "first_recruiter": None}), ways)
    else:
        screen, data = _of_recruiters(here, reader, data, ways)
    return _with_list(screen, data, reader.texts), data


def _with_list(screen: Screen, data: DialogData, texts: Texts) -> Screen:
    """The free times of somebody who waits for others still: that they do, and how to stop."""
    if not data.on_list or data.booking is not None:
        return screen
    rows = screen.keyboard.inline_keyboard if screen.keyboard else ()
    keyboard = InlineKeyboardMarkup([*rows, [leave_list(data.event_id, texts)]])
    return replace(screen, keyboard=keyboard).with_lead(texts("slots.on_list"))


def _has_already(booking: BookingView) -> list[str]:
    """Ids of the slots that a booking is in, or asks for."""
    return [slot.id for slot in (booking.slot, booking.requested_slot) if slot]


def slots_screen(
    slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways = NOWHERE_ELSE
) -> tuple[Screen, DialogData]:
    """Three of the slots from ``data.page`` on, or the contact link where there is none."""
    shown = slot_page(slots, data.page)
    data = data.model_copy(update={"page": shown.name, "month": None, "day": None})
    if not shown.slots:
        return _no_slots(reader, data, ways)
    several_cities = len({slot.city.id for slot in slots}) > 1
    labels = slot_labels(shown.slots, reader.zone, reader.texts, Style(with_city=several_cities))
    keyboard = keyboards.slots(shown, labels.buttons, len(slots), data, reader.texts, ways)
    return Screen(_heading(shown.slots[0], reader, data, ways, "slots.choose", *labels.facts), keyboard), data


def move_key(key: str, booking: BookingView) -> str:
    """The text's key for a booking that is to be moved; a request has words of its own, for nothing is booked yet."""
    return f"{key}_request" if booking.status is BookingStatus.PENDING else key


def slot_gone(happened: str, slots: list[SlotView], texts: Texts) -> str:
    """Below what became of a slot (FR5), where others are free: that they follow."""
    return f"{happened} {texts('slots.still_free')}" if slots else happened


def _goes_without_saying(cities: Cities, data: DialogData) -> bool:
    """Whether the only city with a free seat is meant: there is no other one, or the person's is none of the event's.

    Whoever is of a city where no seat is free may rather wait for one there.
    """
    if len(cities.free) != 1 or data.city_chosen:
        return False
    return not cities.full or (data.city_id is not None and all(city.id != data.city_id for city in cities.full))


def recruiter_of(slot: SlotView) -> str:
    """The id by which the slot's recruiter is chosen."""
    return slot.recruiter.id if slot.recruiter else ANYONE


def recruiter_name(slot: SlotView, reader: Reader) -> str:
    """The name by which the slot's recruiter is chosen."""
    return slot.recruiter.name if slot.recruiter else reader.texts.plain("recruiters.any")


def _times(slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways) -> tuple[Screen, DialogData]:
    """The times as they are looked at: the next ones, a month's days, or one day's times."""
    if data.day is not None:
        of_day = [slot for slot in slots if slot_date(slot, reader.zone) == data.day]
        if of_day:
            return _day_screen(of_day, reader, data, ways), data
        data = data.model_copy(update={"month": data.day, "day": None})
        screen, data = _days_screen(slots, reader, data, ways)
        return screen.with_lead(reader.texts("days.gone")), data
    if data.month is not None:
        return _days_screen(slots, reader, data, ways)
    return slots_screen(slots, reader, data, ways)


def _days_screen(slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways) -> tuple[Screen, DialogData]:
    with_slots = days.days_of(slots, reader.zone)
    month = days.month_of(with_slots, data.month or with_slots[0])
    data = data.model_copy(update={"month": month, "menu": 0})
    title = reader.texts("days.month", month=days.month_title(month, reader.texts))
    text = _heading(slots[0], reader, data, ways, "days.choose", title)
    return Screen(text, days.days_keyboard(with_slots, month, data, reader.texts)), data


def _day_screen(slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways) -> Screen:
    lines = [reader.texts("days.day", day=days.day_title(data.day, reader.texts))] if data.day else []
    place = days.shared_place(slots, reader.texts)
    if place:
        lines.append(reader.texts("slot.place", place=place))
    labels = slot_labels(slots, reader.zone, reader.texts, Style(CLOCK, with_place=place is None))
    text = _heading(slots[0], reader, data, ways, "slots.choose", *lines, *labels.facts)
    return Screen(text, days.day_keyboard(slots, labels.buttons, data, reader.texts))


def _heading(slot: SlotView, reader: Reader, data: DialogData, ways: Ways, choose: str, *more: str) -> str:
    """What is chosen and what for, above the slots, one of which is ``slot``, or their days."""
    texts = reader.texts
    if data.booking:
        parts = [texts(move_key("slots.move", data.booking)), booking_card(data.booking, reader.zone, texts)]
    else:
        parts = [texts(choose, event=slot.event.name)]
    moved = data.booking.slot if data.booking else None
    facts = []
    if ways.cities and not (moved and moved.city.id == slot.city.id):
        facts.append(texts("slot.city", city=slot.city.name))
    if data.recruiter and not (moved and recruiter_of(moved) == data.recruiter):
        facts.append(texts("slot.recruiter", name=recruiter_name(slot, reader)))
    facts += more
    return "\n\n".join([*parts, *(["\n".join(facts)] if facts else []), texts("slots.contact_hint")])


def _of_recruiters(slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways) -> tuple[Screen, DialogData]:
    """The chosen recruiter's slots, or those of the only one who has some; else the menu of recruiters (R9)."""
    with_time = {recruiter_of(slot) for slot in slots}
    several = len(with_time) > 1
    if data.recruiter in with_time:
        theirs = [slot for slot in slots if recruiter_of(slot) == data.recruiter]
        return _times(theirs, reader, data, replace(ways, recruiters=several))
    has_chosen = data.recruiter is not None
    if has_chosen:
        data = data.model_copy(update={"recruiter": None, "page": None, "month": None, "day": None, "menu": 0})
    if several:
        screen = _recruiter_menu(slots, reader, data, ways)
    else:
        screen, data = _times(slots, reader, data.model_copy(update={"recruiter": with_time.pop()}), ways)
    return screen.with_lead(reader.texts("recruiters.no_time_left") if has_chosen else None), data


def _recruiter_menu(slots: list[SlotView], reader: Reader, data: DialogData, ways: Ways) -> Screen:
    """The recruiters with their next free time and number of slots, the soonest first; slots of nobody come last."""
    texts = reader.texts
    ordered = sorted(slots, key=lambda slot: (recruiter_of(slot), slot.starts_at))
    groups = [list(group) for _, group in groupby(ordered, recruiter_of)]
    groups.sort(key=lambda group: (group[0].recruiter is None, group[0].starts_at, recruiter_name(group[0], reader)))
    options, clocks = _recruiter_options(groups, reader)
    parts = [texts("recruiters.choose", event=slots[0].event.name, city=slots[0].city.name)]
    if data.booking:
        parts = [texts(move_key("recruiters.move", data.booking)), booking_card(data.booking, reader.zone, texts)]
    keyboard = keyboards.recruiters(options, data, texts, ways)
    return Screen("\n\n".join([*parts, *clocks, texts("slots.contact_hint")]), keyboard)


def _recruiter_options(groups: list[list[SlotView]], reader: Reader) -> tuple[list[tuple[str, str]], list[str]]:
    """The recruiters of these groups of slots as (id, label), and on which clocks, if that makes a label too long."""
    texts, first = reader.texts, [group[0] for group in groups]

    def options(start: Callable[[SlotView, str | None, Texts, str], str]) -> list[tuple[str, str]]:
        return [
            (
                recruiter_of(slot),
                f"{start(slot, reader.zone, texts, SHORT)} · {button_name(recruiter_name(slot, reader))}"
                f" · {texts.counted('recruiters.slots', len(group))}",
            )
            for slot, group in zip(first, groups, strict=True)
        ]

    clocks = shared_clocks(first, reader.zone, texts)
    if not clocks or all(len(label) <= LONGEST for _, label in options(slot_start)):
        return options(slot_start), []
    return options(slot_day), [clocks]


def _sought(event: InterviewEvent | None, cities: Cities, data: DialogData, texts: Texts) -> str | None:
    """What there is no free seat for: the interview event and, where it is in several, the city."""
    if event is None:
        return None
    city = next((city for city in cities.all if city.id == data.city_id), None) if len(cities.all) > 1 else None
    return sought(event.title, city.name if city else None, texts)


def _no_slots(reader: Reader, data: DialogData, ways: Ways) -> tuple[Screen, DialogData]:
    """There is no slot to choose (R7); where other cities have some, it is this one that is looked at."""
    if ways.cities:
        data = data.model_copy(update={"city_chosen": True})
    keyboard = keyboards.no_slots(reader.contact_url, data, reader.texts, ways)
    if data.booking:
        return Screen(reader.texts(move_key("slots.none_to_move", data.booking)), keyboard), data
    none = "slots.none_in_city" if ways.cities else "slots.none"
    if data.waits:
        none = "slots.waiting_for_others" if data.turned_down else "slots.waiting"
    return Screen(reader.texts(none), keyboard), data
