"""A recruiter says no to a request: to this time or to this person, and why (R3)."""

from collections.abc import Mapping

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.views.callback_data import Action
from interview_bot.views.card_buttons import card_button
from interview_bot.views.recruiter import reasons
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import Rejection

REJECTIONS: Mapping[str, Rejection] = {"t": Rejection.TIME, "p": Rejection.PERSON}
"""What is rejected, by the letter that buttons carry."""
_WHAT = {"t": "button.reject_time", "p": "button.reject_person"}
_REASONS = {"t": reasons.TIME, "p": reasons.PERSON}


def letter_of(rejection: Rejection | None) -> str:
    """The letter that buttons carry; where it was not asked what is rejected it was the time."""
    return next((letter for letter, known in REJECTIONS.items() if known is rejection), "t")


def reason_key(code: str) -> str | None:
    """The text of the ready-made reason behind a button's code (a letter and a number); None where it gives none."""
    known, number = _REASONS[code[0]], int(code[1])
    return known[number - 1] if 0 < number <= len(known) else None


def rejection_question(card: RecruiterCard, texts: Texts, turn: int) -> Screen:
    """The card with the question what does not suit."""
    buttons = [card_button(texts, key, Action.CARD_REJECT_WHAT, card, turn, letter) for letter, key in _WHAT.items()]
    return _question(card, texts, turn, "card.reject_what", buttons)


def reason_question(card: RecruiterCard, texts: Texts, turn: int, letter: str) -> Screen:
    """The card with the question why: ready-made reasons, or one that is typed."""
    keys = ("button.without_reason", *_REASONS[letter])
    buttons = [
        card_button(texts, key, Action.CARD_REJECT_FOR, card, turn, f"{letter}{number}")
        for number, key in enumerate(keys)
    ]
    before = Action.CARD_BACK if card.booking.requested_slot else Action.CARD_REJECT
    return _question(card, texts, turn, "card.why", [*buttons[1:], buttons[0]], back_to=before)


def _question(
    card: RecruiterCard,
    texts: Texts,
    turn: int,
    lead: str,
    buttons: list[InlineKeyboardButton],
    back_to: Action = Action.CARD_BACK,
) -> Screen:
    back = card_button(texts, "button.back", back_to, card, turn)
    text = card_screen(card, texts, turn, lead=texts(lead)).text
    return Screen(text, InlineKeyboardMarkup([[button] for button in (*buttons, back)]))
