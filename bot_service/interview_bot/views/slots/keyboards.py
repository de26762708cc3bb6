"""The keyboards on the way to a slot. Each names the step before it, and the ways to other slots."""

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common.dialog_data import DialogData
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.formatting import slot_buttons
from interview_bot.views.slots.pages import PAGE_SIZE, SlotPage
from interview_bot.views.texts import Texts

Rows = list[list[InlineKeyboardButton]]
FIRST_MONTH = "0"
_TO_MOVE = {
    Action.PAGE: Action.MOVE_PAGE,
    Action.DAYS: Action.MOVE_DAYS,
    Action.DAY: Action.MOVE_DAY,
    Action.CHOOSE: Action.MOVE_CHOOSE,
    Action.CITIES: Action.MOVE_CITIES,
    Action.CITY: Action.MOVE_CITY,
    Action.RECRUITERS: Action.MOVE_RECRUITERS,
    Action.RECRUITER: Action.MOVE_RECRUITER,
}


@dataclass(frozen=True)
class Ways:
    """What there is besides the slots shown: other cities, other recruiters to choose from, other interview events."""

    cities: bool = False
    recruiters: bool = False
    events: bool = False


NOWHERE_ELSE = Ways()


def step(data: DialogData, action: Action, *arguments: str) -> str:
    """A button's data for a step towards a slot: of the event, or of the booking that is moved."""
    if data.booking is None:
        return pack(action, data.event_id, *arguments)
    return pack(_TO_MOVE[action], data.booking.id, *arguments)


def slots(
    page: SlotPage, count: int, data: DialogData, zone: str | None, texts: Texts, ways: Ways, *, with_city: bool
) -> InlineKeyboardMarkup:
    """A page of ``count`` slots, with Earlier / Later where they lead somewhere and a way to every day."""
    labels = slot_buttons(page.slots, zone, texts, with_city)
    rows = [
        [InlineKeyboardButton(label, callback_data=step(data, Action.CHOOSE, slot.id))]
        for label, slot in zip(labels, page.slots, strict=True)
    ]
    turns = [
        InlineKeyboardButton(texts.plain(key), callback_data=step(data, Action.PAGE, name))
        for key, name in (("button.earlier", page.earlier), ("button.later", page.later))
        if name
    ]
    if turns:
        rows.append(turns)
    if count > PAGE_SIZE:
        to_days = step(data, Action.DAYS, FIRST_MONTH)
        rows.append([InlineKeyboardButton(texts.plain("button.other_days"), callback_data=to_days)])
    if ways.recruiters:
        rows.append([_to_recruiters(data, "button.other_recruiter", texts)])
    if ways.cities:
        rows.append([_to_cities(data, texts)])
    names_step_before = ways.recruiters or ways.cities
    return InlineKeyboardMarkup([*rows, *_ways_out(data, ways if not names_step_before else NOWHERE_ELSE, texts)])


def recruiters(options: list[tuple[str, str]], data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup:
    """The menu of recruiters as (id or ``ANYONE``, label), with Refresh and, where there is another, Other city."""
    buttons = [
        InlineKeyboardButton(label, callback_data=step(data, Action.RECRUITER, recruiter))
        for recruiter, label in options
    ]
    rows = keyboards.menu_rows(buttons, data.menu, lambda page: step(data, Action.RECRUITERS, str(page)), texts)
    rows.append([_to_recruiters(data, "button.refresh", texts)])
    if ways.cities:
        rows.append([_to_cities(data, texts)])
    return InlineKeyboardMarkup([*rows, *_back_to_first_slots(data, texts), *_ways_out(data, ways, texts)])


def cities(options: list[tuple[str, str]], data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup:
    """The menu of cities as (id, label)."""
    buttons = [InlineKeyboardButton(label, callback_data=step(data, Action.CITY, city)) for city, label in options]
    rows = keyboards.menu_rows(buttons, data.menu, lambda page: step(data, Action.CITIES, str(page)), texts)
    return InlineKeyboardMarkup([*rows, *_back_to_first_slots(data, texts), *_ways_out(data, ways, texts)])


def no_slots(contact_url: str | None, data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup | None:
    """Where there is no slot to choose (R7): the contact link, the waiting list, the way to other cities."""
    rows = keyboards.contact_rows(contact_url, texts)
    if data.booking is None:  # whoever has a booking has a seat
        wait = [("button.wait_for_all" if data.waits else "button.wait", Action.WAIT)]
        ways_to_wait = wait if data.turned_down or not data.waits else []
        ways_to_wait += [("button.stop_waiting", Action.LEAVE)] if data.waits else []
        for key, action in ways_to_wait:
            rows.append([InlineKeyboardButton(texts.plain(key), callback_data=pack(action, data.event_id))])
    if ways.cities:
        rows.append([_to_cities(data, texts)])
    rows += _ways_out(data, ways, texts)
    return InlineKeyboardMarkup(rows) if rows else None


def back(texts: Texts, callback_data: str) -> InlineKeyboardButton:
    """To the step before."""
    return InlineKeyboardButton(texts.plain("button.back"), callback_data=callback_data)


def keep(data: DialogData, texts: Texts) -> Rows:
    """Leave the booking that is moved as it is; where a move awaits the recruiter already, also that one, or not."""
    if data.booking is None:
        return []
    withdrawal = keyboards.withdraw_move(data.booking, texts)
    key = "button.keep_waiting" if withdrawal else "button.keep"
    as_it_is = InlineKeyboardButton(texts.plain(key), callback_data=pack(Action.MY_BOOKINGS))
    return [[button] for button in (as_it_is, *withdrawal)]


def _ways_out(data: DialogData, ways: Ways, texts: Texts) -> Rows:
    if data.booking is not None:
        return keep(data, texts)
    return [[keyboards.to_events(texts)]] if ways.events else []


def _back_to_first_slots(data: DialogData, texts: Texts) -> Rows:
    """A move begins with slots, and not with a menu."""
    return [[back(texts, pack(Action.MOVE, data.booking.id))]] if data.booking is not None else []


def _to_recruiters(data: DialogData, key: str, texts: Texts) -> InlineKeyboardButton:
    """To the menu of recruiters as it is now."""
    return InlineKeyboardButton(texts.plain(key), callback_data=step(data, Action.RECRUITERS, "0"))


def _to_cities(data: DialogData, texts: Texts) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.plain("button.other_city"), callback_data=step(data, Action.CITIES, "0"))
