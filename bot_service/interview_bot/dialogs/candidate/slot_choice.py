"""Choosing a slot, for a new booking or to move one (FR3, FR4, FR6, R7, R9).

Every step begins with who asks for what: ``Start`` gives the choices made so far for the event or the booking that a
button names, or None after showing why there is nothing to choose.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from secrets import token_hex
from typing import Any

from interview_bot.admin_client.api import AdminApi, AdminApiDownError, AdminApiRefusedError
from interview_bot.admin_client.directory import Directory
from interview_bot.common.dialog_data import DialogData, DialogState
from interview_bot.dialogs.context import DialogContext
from interview_bot.views import keyboards
from interview_bot.views.callback_data import StaleDataError
from interview_bot.views.formatting import bring, slot_card
from interview_bot.views.screen import Reader, Screen
from interview_bot.views.slots.keyboards import FIRST_MONTH
from interview_bot.views.slots.menu import move_key, slot_gone, slot_menu
from shared_contracts.directory import BookingsPage, EventWords, SlotView

Start = Callable[[DialogContext, str], Awaitable[DialogData | None]]
_NEXT_TIMES: dict[str, Any] = {"page": None, "month": None, "day": None, "menu": 0}
"""Where looking at another city's or recruiter's slots begins."""


async def read_slot_menu(directory: Directory, reader: Reader, data: DialogData) -> tuple[Screen, DialogData]:
    """The slot menu as it is now, and the data as that screen shows it; out of a city that is closed, with a word.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nothing cached to show.
    """
    if await _is_in_closed_city(directory, data):
        nowhere = {"city_id": None, "city_chosen": False, "first_city_id": None, "first_recruiter": None}
        anywhere = data.model_copy(update=_NEXT_TIMES | nowhere | {"recruiter": None})
        screen, data = await read_slot_menu(directory, reader, anywhere)
        return screen.with_lead(reader.texts("cities.closed")), data
    events, slots = await directory.events(), await slots_for(directory, data)
    event = next((event for event in events if event.id == data.event_id), None)
    screen, data = slot_menu(event, slots, reader, data, other_events=len(events) > 1 or data.booked_elsewhere)
    return replace(screen, tells_of=(data.booking,) if data.booking else ()), data


async def slots_for(directory: Directory, data: DialogData) -> list[SlotView]:
    """The slots with a free seat that this dialog is about: to book one, or to move there.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nothing cached to show.
    """
    return await directory.slots(data.event_id, for_move=data.booking is not None)


async def with_waiting(api: AdminApi, directory: Directory, user_id: int, data: DialogData) -> DialogData:
    """The data with whether the person is on the waiting list for it, which counts where there is no slot to choose.

    Not while nobody can say: asking to be told once more does no harm.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nothing cached to show.
    """
    if data.booking is not None or any(
        data.city_id in {None, slot.city.id} and slot.id not in data.refused
        for slot in await slots_for(directory, data)
    ):
        return data.model_copy(update={"waits": False, "turned_down": False})
    places = (await found_bookings(api, user_id)).waiting
    of_event = [place for place in places if place.event_id == data.event_id]
    here = [place for place in of_event if None in {place.city_id, data.city_id} or place.city_id == data.city_id]
    return data.model_copy(update={"waits": bool(here), "turned_down": any(place.turned_down for place in here)})


async def _is_in_closed_city(directory: Directory, data: DialogData) -> bool:
    return data.city_id is not None and not await directory.is_city_open(data.city_id)


async def refused_slots(api: AdminApi, user_id: int) -> list[str]:
    """The slots that a recruiter has said no to for this person; none while nobody can say: they may be asked for."""
    return (await found_bookings(api, user_id)).refused_slot_ids


async def found_bookings(api: AdminApi, user_id: int) -> BookingsPage:
    """The person's live bookings and what goes with them; nothing while nobody can say."""
    try:
        return await api.person_bookings(user_id)
    except (AdminApiDownError, AdminApiRefusedError):
        return BookingsPage(results=[], next=None)


def is_booked_elsewhere(found: BookingsPage, event_id: str) -> bool:
    """Whether one of the bookings is of another interview event."""
    return any(booking.slot.event.id != event_id for booking in found.results)


async def show_slot_menu(context: DialogContext, data: DialogData, lead: str | None = None) -> None:
    """Show in the message what is to be chosen next, below ``lead`` if given."""
    directory, states = context.services.directory, context.services.dialog_states
    was_closed = await _is_in_closed_city(directory, data)
    data = await with_waiting(context.services.api, directory, context.user_id, data)
    screen, data = await read_slot_menu(directory, await context.reader(), data)
    if was_closed and data.city_id is not None:  # the only one left: the word is said once
        await states.remember_city(context.user_id, data.city_id)
    elif was_closed:
        await states.forget_city(context.user_id)
    data = data.model_copy(update={"slot": None, "nonce": None})
    await states.put(context.user_id, DialogState.WAITING_FOR_SLOT, data)
    await context.show(screen.with_lead(lead))


async def show_page(start: Start, context: DialogContext, owner: str, page: str) -> None:
    """Another page of the next slots, or back to it from the days."""
    await _show(start, context, owner, _NEXT_TIMES | {"page": page})


async def show_days(start: Start, context: DialogContext, owner: str, month: str) -> None:
    """The days of a month that have free seats."""
    wanted = date.min if month == FIRST_MONTH else _date(f"{month}01")
    await _show(start, context, owner, {"month": wanted, "day": None, "menu": 0})


async def show_day(start: Start, context: DialogContext, owner: str, day: str, page: str) -> None:
    """A day's times, or another page of them."""
    await _show(start, context, owner, {"day": _date(day), "menu": int(page)})


async def show_cities(start: Start, context: DialogContext, owner: str, page: str) -> None:
    """Another city was asked for, or another page of them."""
    update = {"city_id": None, "city_chosen": False, "recruiter": None, "menu": int(page)}
    await _show(start, context, owner, _NEXT_TIMES | update)


async def pick_city(start: Start, context: DialogContext, owner: str, city_id: str) -> None:
    """A city was chosen: it is where the next dialog begins, too."""
    data = await start(context, owner)
    if data is not None:
        await context.services.dialog_states.remember_city(context.user_id, city_id)
        recruiter = data.first_recruiter if city_id == data.first_city_id else None
        update = {"city_id": city_id, "city_chosen": True, "recruiter": recruiter}
        await show_slot_menu(context, data.model_copy(update=_NEXT_TIMES | update))


async def show_recruiters(start: Start, context: DialogContext, owner: str, page: str) -> None:
    """Another recruiter was asked for, another page of them, or the menu as it is now."""
    await _show(start, context, owner, _NEXT_TIMES | {"recruiter": None, "menu": int(page)})


async def pick_recruiter(start: Start, context: DialogContext, owner: str, recruiter: str) -> None:
    """A recruiter was chosen."""
    await _show(start, context, owner, _NEXT_TIMES | {"recruiter": recruiter})


async def pick_slot(start: Start, context: DialogContext, owner: str, slot_id: str) -> None:
    """A slot was chosen."""
    data = await start(context, owner)
    if data is not None:
        await show_confirmation(context, data, slot_id)


async def show_confirmation(
    context: DialogContext, data: DialogData, slot_id: str, lead: str | None = None, nonce: str | None = None
) -> None:
    """Show the chosen slot's details with Confirm and Back, or that it is gone (FR5).

    ``nonce``: of the Confirm button that is shown already, if the same question is only asked again.
    """
    slots = await slots_for(context.services.directory, data)
    slot = next((slot for slot in slots if slot.id == slot_id), None)
    if slot is None:
        lead = slot_gone(context.texts("outcome.slot_full"), slots, context.texts)
        await show_slot_menu(context, data, lead)
        return
    nonce = nonce or token_hex(8)
    data = data.model_copy(update={"slot": slot, "nonce": nonce})
    await context.services.dialog_states.put(context.user_id, DialogState.WAITING_FOR_CONFIRMATION, data)
    # of a move the booking says it, since its event may be closed by now
    words = data.booking or await context.services.directory.event(data.event_id)
    screen = Screen(_question(context, slot, data, words), keyboards.confirm(nonce, context.texts))
    await context.show(screen.with_lead(lead))


async def _show(start: Start, context: DialogContext, owner: str, update: dict[str, Any]) -> None:
    data = await start(context, owner)
    if data is not None:
        await show_slot_menu(context, data.model_copy(update=update))


def _question(context: DialogContext, slot: SlotView, data: DialogData, words: EventWords | None) -> str:
    texts = context.texts
    asked = move_key("confirm.move", data.booking) if data.booking else "confirm.book"
    parts = [texts(asked), slot_card(slot, context.zone, texts)]
    if words is not None:
        description = words.description_in(texts.language)
        about = [texts("event.description", description=description)] if description else []
        parts += [*about, *bring(words, texts)]
    return "\n\n".join(parts)


def _date(digits: str) -> date:
    try:
        return date.fromisoformat(digits)
    except ValueError:  # the 31st of a month that has none
        raise StaleDataError from None
