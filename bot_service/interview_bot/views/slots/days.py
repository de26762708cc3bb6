"""Other days (FR3): the days of a month that have free seats, and one day's times.

A day is the one that the slots' own buttons name.
"""

from datetime import date
from itertools import groupby

from babel.dates import format_date
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common.dialog_data import DialogData
from interview_bot.views.callback_data import Action
from interview_bot.views.formatting import place, slot_date
from interview_bot.views.slots.keyboards import FIRST_MONTH, Rows, back, keep, step
from interview_bot.views.slots.pages import FIRST_PAGE
from interview_bot.views.texts import Texts
from shared_contracts.directory import SlotView

_MONTHS_IN_A_ROW = 3
_TIMES_IN_A_ROW = ((8, 4), (18, 2))
"""How many times stand side by side, by the longest label: more would be cut off on a phone."""
_ROWS_OF_TIMES = 12


def days_of(slots: list[SlotView], zone: str | None) -> list[date]:
    """The days that have slots."""
    return sorted({slot_date(slot, zone) for slot in slots})


def month_of(days: list[date], wanted: date) -> date:
    """The month to show, by its first day: the wanted one, else the first later one with days, else the last."""
    months = sorted({day.replace(day=1) for day in days})
    return next((month for month in months if month >= wanted.replace(day=1)), months[-1])


def days_keyboard(days: list[date], month: date, data: DialogData, texts: Texts) -> InlineKeyboardMarkup:
    """A row a week with the month's days; below them the other months that have some, so that none is far away."""
    shown = [day for day in days if day.replace(day=1) == month]
    weeks = [list(week) for _, week in groupby(shown, lambda day: day.isocalendar()[:2])]
    rows = [[_day_button(day, data, texts) for day in week] for week in weeks]
    others = [_month_button(other, month, data, texts) for other in _months(days) if other != month]
    rows += [others[first : first + _MONTHS_IN_A_ROW] for first in range(0, len(others), _MONTHS_IN_A_ROW)]
    before = step(data, Action.PAGE, data.page or FIRST_PAGE)
    return InlineKeyboardMarkup([*rows, [back(texts, before)], *keep(data, texts)])


def day_keyboard(slots: list[SlotView], labels: list[str], data: DialogData, texts: Texts) -> InlineKeyboardMarkup:
    """All of a day's slots by their labels, in as many columns as fit; in pages only where there are very many."""
    longest = max(map(len, labels))
    columns = next((count for most, count in _TIMES_IN_A_ROW if longest <= most), 1)
    size = columns * _ROWS_OF_TIMES
    page = min(data.menu, (len(slots) - 1) // size)
    buttons = [
        InlineKeyboardButton(label, callback_data=step(data, Action.CHOOSE, slot.id))
        for slot, label in list(zip(slots, labels, strict=True))[page * size : (page + 1) * size]
    ]
    rows: Rows = [buttons[first : first + columns] for first in range(0, len(buttons), columns)]
    turns = [
        _to_day(data, texts.plain(key), wanted)
        for key, wanted in (("button.previous", page - 1), ("button.next", page + 1))
        if 0 <= wanted * size < len(slots)
    ]
    if turns:
        rows.append(turns)
    month = f"{data.day:%Y%m}" if data.day else FIRST_MONTH
    return InlineKeyboardMarkup([*rows, [back(texts, step(data, Action.DAYS, month))], *keep(data, texts)])


def shared_place(slots: list[SlotView], texts: Texts) -> str | None:
    """The place that all slots have; None where there are several."""
    places = {place(slot, texts) for slot in slots}
    return places.pop() if len(places) == 1 else None


def day_title(day: date, texts: Texts) -> str:
    """A day as a heading."""
    title = format_date(day, "EEEE, d MMMM", locale=texts.locale)
    return title[:1].upper() + title[1:]


def month_title(month: date, texts: Texts) -> str:
    """A month as a heading."""
    title = format_date(month, "LLLL y", locale=texts.locale)
    return title[:1].upper() + title[1:]


def _months(days: list[date]) -> list[date]:
    return sorted({day.replace(day=1) for day in days})


def _day_button(day: date, data: DialogData, texts: Texts) -> InlineKeyboardButton:
    label = format_date(day, "ccc d", locale=texts.locale)
    return InlineKeyboardButton(label, callback_data=step(data, Action.DAY, f"{day:%Y%m%d}", "0"))


def _month_button(other: date, shown: date, data: DialogData, texts: Texts) -> InlineKeyboardButton:
    name = format_date(other, "LLLL" if other.year == shown.year else "LLLL y", locale=texts.locale)
    label = f"‹ {name}" if other < shown else f"{name} ›"
    return InlineKeyboardButton(label, callback_data=step(data, Action.DAYS, f"{other:%Y%m}"))


def _to_day(data: DialogData, label: str, page: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=step(data, Action.DAY, f"{data.day:%Y%m%d}", str(page)))
