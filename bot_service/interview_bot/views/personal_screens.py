"""What people see of their own settings: language, the privacy text, a recruiter's calendar address."""

from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.views import keyboards
from interview_bot.views.callback_data import NO_EVENT, Action, pack
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.directory import PrivacyNotice, RecruiterCalendar

_LANGUAGES = {"ru": "Русский", "en": "English"}
"""Each by its own name, so that it is found in whichever language the rest is."""


def language_screen(texts: Texts) -> Screen:
    """Which language?"""
    buttons = [
        InlineKeyboardButton(label, callback_data=pack(Action.LANGUAGE, code)) for code, label in _LANGUAGES.items()
    ]
    return Screen(texts("language.choose"), keyboards.column(buttons))


def consent_screen(notice: PrivacyNotice, event_id: str | None, texts: Texts) -> Screen:
    """The privacy text with the question; ``event_id``: where agreeing leads, None to the open events."""
    agree = pack(Action.AGREE, str(notice.version), event_id or NO_EVENT)
    buttons = [
        *_full_text(notice, texts),
        keyboards.styled(texts, "button.agree", agree),
        keyboards.styled(texts, "button.agree_later", pack(Action.AGREE_LATER)),
    ]
    return Screen(texts("privacy.ask", text=notice.in_(texts.language)), keyboards.column(buttons))


def notice_screen(notice: PrivacyNotice, contact_url: str | None, texts: Texts, *, agreed: bool) -> Screen:
    """The privacy text to read, and whom to ask; ``agreed``: the reader has agreed to it."""
    rows = [[button] for button in _full_text(notice, texts)] + keyboards.contact_rows(contact_url, texts)
    parts = [escape(notice.in_(texts.language)), texts("privacy.agreed") if agreed else ""]
    return Screen("\n\n".join(filter(None, parts)), InlineKeyboardMarkup(rows) if rows else None)


def later_screen(contact_url: str | None, texts: Texts) -> Screen:
    """They don't agree now: what that means, and how to go on."""
    rows = [*keyboards.home(texts).inline_keyboard, *keyboards.contact_rows(contact_url, texts)]
    return Screen(texts("privacy.later"), InlineKeyboardMarkup(rows))


def without_notice_screen(contact_url: str | None, texts: Texts) -> Screen:
    """What is kept and whom to ask, where the company has no text of its own."""
    key = "privacy.kept" if contact_url else "privacy.kept_ask"
    return Screen(texts(key), keyboards.contact(contact_url, texts))


def recruiters_notice_screen(contact_url: str | None, texts: Texts) -> Screen:
    """What is kept of a recruiter, and whom to ask."""
    key = "privacy.recruiter" if contact_url else "privacy.recruiter_ask"
    return Screen(texts(key), keyboards.contact(contact_url, texts))


def replace_calendar_screen(texts: Texts) -> Screen:
    """Shall the address end, so that there is another?"""
    buttons = [
        keyboards.styled(texts, "button.replace_calendar_yes", pack(Action.REPLACE_CALENDAR)),
        keyboards.styled(texts, "button.replace_calendar_no", pack(Action.CALENDAR)),
    ]
    return Screen(texts("calendar.replace"), keyboards.column(buttons))


def calendar_address_screen(calendar: RecruiterCalendar, texts: Texts) -> Screen:
    """The address and what to do with it, or the way to one."""
    if not calendar.can_be_told:
        return Screen(texts("calendar.from_staff"))
    label = "button.replace_calendar" if calendar.is_made else "button.make_calendar"
    button = InlineKeyboardButton(texts.plain(label), callback_data=pack(Action.NEW_CALENDAR))
    if calendar.url:
        return Screen(texts("calendar.address", url=calendar.url), keyboards.column([button]))
    key = "calendar.hidden" if calendar.is_made else "calendar.no_address"
    return Screen(texts(key), keyboards.column([button]))


def _full_text(notice: PrivacyNotice, texts: Texts) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(texts.plain("button.full_text"), url=notice.link)] if notice.link else []
