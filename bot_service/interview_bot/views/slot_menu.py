"""The slot menu: what can be chosen next on the way to a slot: a city, a recruiter, one of three slots (FR3, R7, R9).

The quick flow goes straight to the slots of all; where the candidate chooses the recruiter, the same slots are shown by
city and recruiter. Only screens are made here, so that a press and a late answer show the same.
"""

from itertools import groupby

from interview_bot.common.dialog_data import ANYONE, DialogData
from interview_bot.views import keyboards
from interview_bot.views.formatting import SHORT, booking_card, slot_start
from interview_bot.views.html_text import button_name
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slot_pages import slot_page
from shared_contracts.directory import CityRef, InterviewEvent, SlotView


def slot_menu(
    event: InterviewEvent | None, slots: list[SlotView], reader: Reader, data: DialogData
) -> tuple[Screen, DialogData]:
    """The screen of the first step still open for ``data``, and the data as that screen shows it.

    Args:
        event: the interview event, None where it is not open for sign-up (any more).
        slots: its slots with a free seat.
    """
    own = data.booking.slot.id if data.booking else None
    slots = [slot for slot in slots if slot.id != own]
    if event is None or not event.chooses_recruiter:
        return slots_screen(slots, reader, data.model_copy(update={"city_id": None, "recruiter": None}))
    cities = cities_of(slots)
    if data.city_id is None and len(cities) == 1:
        data = data.model_copy(update={"city_id": cities[0].id})
    if data.city_id is None and cities:
        screen = Screen(reader.texts("cities.choose", event=event.title), keyboards.cities(cities, data, reader.texts))
        return screen, data
    here = [slot for slot in slots if slot.city.id == data.city_id]
    if not here:
        return _no_slots(reader, data, other_city=bool(cities) and data.booking is None), data
    return _of_recruiters(here, reader, data, other_city=len(cities) > 1)


def slots_screen(slots: list[SlotView], reader: Reader, data: DialogData) -> tuple[Screen, DialogData]:
    """Three of the slots from ``data.page`` on, or the contact link where there is none."""
    texts = reader.texts
    shown = slot_page(slots, data.page)
    data = data.model_copy(update={"page": shown.name})
    if not shown.slots:
        return _no_slots(reader, data), data
    if data.booking:
        parts = [texts("slots.move"), booking_card(data.booking, reader.zone, texts)]
    else:
        parts = [texts("slots.choose", event=shown.slots[0].event.name)]
    if data.recruiter and not (data.booking and recruiter_of(data.booking.slot) == data.recruiter):
        parts.append(texts("slot.recruiter", name=recruiter_name(shown.slots[0], reader)))
    keyboard = keyboards.slots(shown, data, reader.zone, texts, with_city=len(cities_of(slots)) > 1)
    return Screen("\n\n".join([*parts, texts("slots.contact_hint")]), keyboard), data


def cities_of(slots: list[SlotView]) -> list[CityRef]:
    """The cities of the slots, by name."""
    return sorted({slot.city.id: slot.city for slot in slots}.values(), key=lambda city: (city.name, city.id))


def recruiter_of(slot: SlotView) -> str:
    """The id by which the slot's recruiter is chosen."""
    return slot.recruiter.id if slot.recruiter else ANYONE


def recruiter_name(slot: SlotView, reader: Reader) -> str:
    """The name by which the slot's recruiter is chosen."""
    return slot.recruiter.name if slot.recruiter else reader.texts.plain("recruiters.any")


def _of_recruiters(
    slots: list[SlotView], reader: Reader, data: DialogData, other_city: bool
) -> tuple[Screen, DialogData]:
    """The chosen recruiter's slots, else the menu of recruiters who have some (R9)."""
    if data.recruiter is None:
        return _recruiter_menu(slots, reader, data, other_city), data
    theirs = [slot for slot in slots if recruiter_of(slot) == data.recruiter]
    if theirs:
        return slots_screen(theirs, reader, data)
    data = data.model_copy(update={"recruiter": None, "page": None, "menu": 0})
    return _recruiter_menu(slots, reader, data, other_city).with_lead(reader.texts("recruiters.no_time_left")), data


def _recruiter_menu(slots: list[SlotView], reader: Reader, data: DialogData, other_city: bool) -> Screen:
    """The recruiters with their next free time and number of slots, the soonest first; slots of nobody come last."""
    texts = reader.texts
    ordered = sorted(slots, key=lambda slot: (recruiter_of(slot), slot.starts_at))
    groups = [list(group) for _, group in groupby(ordered, recruiter_of)]
    groups.sort(key=lambda group: (group[0].recruiter is None, group[0].starts_at, recruiter_name(group[0], reader)))
    options = []
    for group in groups:
        when, count = slot_start(group[0], reader.zone, texts, SHORT), texts.counted("recruiters.slots", len(group))
        options.append((recruiter_of(group[0]), f"{when} · {button_name(recruiter_name(group[0], reader))} · {count}"))
    parts = [texts("recruiters.choose", event=slots[0].event.name, city=slots[0].city.name)]
    if data.booking:
        parts = [texts("recruiters.move"), booking_card(data.booking, reader.zone, texts)]
    keyboard = keyboards.recruiters(options, data, texts, other_city)
    return Screen("\n\n".join([*parts, texts("slots.contact_hint")]), keyboard)


def _no_slots(reader: Reader, data: DialogData, other_city: bool = False) -> Screen:
    """There is no slot to choose (R7)."""
    keyboard = keyboards.no_slots(reader.contact_url, data, reader.texts, other_city)
    if data.booking:
        return Screen(reader.texts("slots.none_to_move"), keyboard)
    return Screen(reader.texts("slots.none_in_city" if other_city else "slots.none"), keyboard)
