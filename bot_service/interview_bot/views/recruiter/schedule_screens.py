"""A recruiter's interviews by day: today's, and the days to come."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.formatting import CLOCK, slot_date, slot_start
from interview_bot.views.html_text import button_name
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.attendance import Attendance
from shared_contracts.card import RecruiterCard
from shared_contracts.texts.clocks import zone_of

_LEGEND = {"✅": "schedule.confirmed", "⏱": "schedule.late", "🔁": "schedule.asks", "✍️": "schedule.unreachable"}
Days = dict[date, list[RecruiterCard]]


def by_day(cards: Iterable[RecruiterCard], now: datetime) -> Days:
    """Interviews of today and later by their days, each on the clocks it is told on."""
    days: Days = {}
    for card in cards:
        slot = card.booking.slot
        place = zone_of(card.timezone if slot.online else slot.city.timezone)
        day = slot_date(slot, card.timezone)
        if day >= now.astimezone(place).date():
            days.setdefault(day, []).append(card)
    return days


def packed(day: date) -> str:
    """A day as buttons carry it."""
    return f"{day:%Y%m%d}"


def today_of(cards: Iterable[RecruiterCard], own_zone: str | None, now: datetime) -> date:
    """The reader's today; where all their interviews are in one other zone, the day there."""
    zones = {card.booking.slot.city.timezone for card in cards if not card.booking.slot.online}
    zone = zones.pop() if len(zones) == 1 else own_zone
    return now.astimezone(ZoneInfo(zone) if zone else zone_of()).date()


def schedule_screen(days: Days, texts: Texts) -> Screen:
    """The days that have interviews, a button each."""
    requests = InlineKeyboardButton(texts.plain("button.requests"), callback_data=pack(Action.REQUESTS, "0"))
    if not days:
        return Screen(texts("schedule.none"), keyboards.column([requests]))
    buttons = [
        InlineKeyboardButton(
            f"{_name(day, texts, 'EEE d MMM')} · {texts.counted('digest.interviews', len(cards))}",
            callback_data=pack(Action.SCHEDULE_DAY, packed(day), "0"),
        )
        for day, cards in sorted(days.items())
    ]
    return Screen(texts("schedule.title"), keyboards.column([*buttons, requests]))


def day_screen(days: Days, day: date, page: int, texts: Texts, *, is_today: bool) -> Screen:
    """A day's interviews, each opening its card, with the ways to the days before and after that have some."""
    cards = days.get(day, [])
    number = texts.counted("digest.interviews", len(cards))
    told = ("schedule.today", "schedule.today_none") if is_today else ("schedule.day", "schedule.day_none")
    parts = [texts(told[not cards], day=_name(day, texts, "EEEE, d MMMM"), number=number)]
    signs = {sign for card in cards for sign in _signs(card)}
    if signs:
        parts.append("\n".join(texts(key, sign=sign) for sign, key in _LEGEND.items() if sign in signs))
    buttons = [
        InlineKeyboardButton(_label(card, texts), callback_data=pack(Action.CARD_SHOW, card.booking.id))
        for card in cards
    ]

    def turned(wanted: int) -> str:
        return pack(Action.SCHEDULE_DAY, packed(day), str(wanted))

    back = InlineKeyboardButton(texts.plain("button.days"), callback_data=pack(Action.SCHEDULE))
    rows = [*keyboards.menu_rows(buttons, page, turned, texts), _turns(days, day, texts), [back]]
    return Screen("\n\n".join(parts), InlineKeyboardMarkup([row for row in rows if row]))


def _turns(days: Days, day: date, texts: Texts) -> list[InlineKeyboardButton]:
    before, after = [item for item in days if item < day], [item for item in days if item > day]
    wanted = (("button.day_before", max(before, default=None)), ("button.day_after", min(after, default=None)))
    return [
        InlineKeyboardButton(
            texts.plain(key, day=_name(found, texts, "EEE d MMM")),
            callback_data=pack(Action.SCHEDULE_DAY, packed(found), "0"),
        )
        for key, found in wanted
        if found
    ]


def _label(card: RecruiterCard, texts: Texts) -> str:
    when = slot_start(card.booking.slot, card.timezone, texts, CLOCK)
    return " ".join([when, *_signs(card), "·", button_name(card.candidate.name)])


def _signs(card: RecruiterCard) -> list[str]:
    booking = card.booking
    known = {
        "✅": booking.attendance is Attendance.CONFIRMED,
        "⏱": booking.delay_minutes is not None,
        "🔁": booking.attendance is Attendance.RESCHEDULE_ASKED,
        "✍️": not card.candidate.reachable,
    }
    return [sign for sign, holds in known.items() if holds]


def _name(day: date, texts: Texts, pattern: str) -> str:
    return str(format_date(day, pattern, locale=texts.locale))
