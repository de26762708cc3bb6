"""The keyboards on the way to a slot. Each names the step before it, and the ways to other slots."""

from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common.dialog_data import DialogData
from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
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
    page: SlotPage, labels: list[str], count: int, data: DialogData, texts: Texts, ways: Ways
) -> InlineKeyboardMarkup:
    """A page of ``count`` slots by their labels, with Earlier / Later where they lead somewhere, and every day."""
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
    return InlineKeyboardMarkup([*rows, *_elsewhere(data, ways, texts), *keep(data, texts)])


def recruiters(options: list[tuple[str, str]], data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup:
    """The menu of recruiters as (id or ``ANYONE``, label), with Refresh and, where there is another, Other city."""
    buttons = [
        InlineKeyboardButton(label, callback_data=step(data, Action.RECRUITER, recruiter))
        for recruiter, label in options
    ]
    rows = keyboards.menu_rows(buttons, data.menu, lambda page: step(data, Action.RECRUITERS, str(page)), texts)
    rows.append([_to_recruiters(data, "button.refresh", texts)])
    return InlineKeyboardMarkup([*rows, *_elsewhere(data, ways, texts), *keep(data, texts)])


def cities(options: list[tuple[str, str]], data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup:
    """The menu of cities as (id, label)."""
    buttons = [InlineKeyboardButton(label, callback_data=step(data, Action.CITY, city)) for city, label in options]
    rows = keyboards.menu_rows(buttons, data.menu, lambda page: step(data, Action.CITIES, str(page)), texts)
    return InlineKeyboardMarkup([*rows, *_elsewhere(data, replace(ways, cities=False), texts), *keep(data, texts)])


def no_slots(contact_url: str | None, data: DialogData, texts: Texts, ways: Ways) -> InlineKeyboardMarkup | None:
    """Where there is no slot to choose (R7): the contact link, the waiting list, the way to other cities."""
    rows = keyboards.contact_rows(contact_url, texts)
    if data.booking is None:  # whoever has a booking has a seat
        wait = [("button.wait_for_all" if data.waits else "button.wait", Action.WAIT)]
        ways_to_wait = wait if data.turned_down or not data.waits else []
        ways_to_wait += [("button.stop_waiting", Action.LEAVE)] if data.waits else []
        for key, action in ways_to_wait:
            rows.append([InlineKeyboardButton(texts.plain(key), callback_data=pack(action, data.event_id))])
    rows += [*_elsewhere(data, ways, texts), *keep(data, texts)]
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


def _elsewhere(data: DialogData, ways: Ways, texts: Texts) -> Rows:
    """To other recruiters and cities, and to the step before, which one of those may be."""
    named = [_to_recruiters(data, "button.other_recruiter", texts)] if ways.recruiters else []
    named += [_to_cities(data, texts)] if ways.cities else []
    before = _step_before(data, ways)
    if before is not None and before not in {button.callback_data for button in named}:
        named.append(back(texts, before))
    return [[button] for button in named]


def _step_before(data: DialogData, ways: Ways) -> str | None:
    """Where Back leads from slots, or from a menu of recruiters or cities; None where that is nowhere.

    A list from which something was chosen comes before what was chosen. Where they began without it, that comes
    before the list.
    """
    in_first_city = data.city_id == data.first_city_id
    theirs_first = in_first_city and data.recruiter == data.first_recruiter
    if data.recruiter is not None and ways.recruiters and not theirs_first:
        return step(data, Action.RECRUITERS, "0")
    if data.city_id is not None and ways.cities and not in_first_city:
        return step(data, Action.CITIES, "0")
    if data.city_id is None and data.first_city_id is not None:
        return _to_first_slots(data, Action.CITY, data.first_city_id)
    if data.city_id is not None and data.recruiter is None and data.first_recruiter is not None and in_first_city:
        return _to_first_slots(data, Action.RECRUITER, data.first_recruiter)
    return pack(Action.EVENTS, "0") if ways.events and data.booking is None else None


def _to_first_slots(data: DialogData, action: Action, chosen: str) -> str:
    return step(data, action, chosen) if data.booking is None else pack(Action.MOVE, data.booking.id)


def _to_recruiters(data: DialogData, key: str, texts: Texts) -> InlineKeyboardButton:
    """To the menu of recruiters as it is now."""
    return InlineKeyboardButton(texts.plain(key), callback_data=step(data, Action.RECRUITERS, "0"))


def _to_cities(data: DialogData, texts: Texts) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.plain("button.other_city"), callback_data=step(data, Action.CITIES, "0"))
