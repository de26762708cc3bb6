"""A recruiter moves an approved interview or calls it off: what they are asked first."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action, pack, seen
from interview_bot.views.card_buttons import card_button
from interview_bot.views.recruiter.card_screens import card_screen
from interview_bot.views.recruiter.reasons import CANCELLED
from interview_bot.views.screen import Screen
from interview_bot.views.slots.labels import slot_labels
from interview_bot.views.texts import Texts
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import SlotView

WITHDRAWS, _KEEPS = "w", "k"
"""What becomes of the time of an interview that is called off, as buttons carry it: nobody is offered it, or others."""


def cancel_reason_key(number: int) -> str | None:
    """The text of the ready-made reason behind a button's number; None where it gives none."""
    return CANCELLED[number - 1] if 0 < number <= len(CANCELLED) else None


def times_screen(
    card: RecruiterCard, slots: Sequence[SlotView], page: int, texts: Texts, turn: int, *, lead: str = ""
) -> Screen:
    """The card with the recruiter's free times, to one of which the interview is to move; ``lead``: a text's key."""
    booking, labels = card.booking, slot_labels(slots, card.timezone, texts)
    buttons = [
        InlineKeyboardButton(
            label,
            callback_data=pack(Action.CARD_MOVE_TO, booking.id, seen(slot, booking.version), slot.id),
        )
        for slot, label in zip(slots, labels.buttons, strict=True)
    ]

    def turned(wanted: int) -> str:
        return pack(Action.CARD_MOVE, booking.id, str(booking.version), str(turn), str(wanted))

    rows = keyboards.menu_rows(buttons, page, turned, texts)
    key = lead or ("card.move_when" if slots else "card.none_to_move")
    return _asked(card, texts, turn, "\n".join((texts(key), *labels.facts)), rows)


def slot_question(card: RecruiterCard, texts: Texts, turn: int) -> Screen:
    """The card with the question whether it is to be called off, and whether others are to be offered its time."""
    answers = {"button.withdraw_slot": WITHDRAWS, "button.keep_slot": _KEEPS}
    rows = [[card_button(texts, key, Action.CARD_CANCEL_SLOT, card, turn, it)] for key, it in answers.items()]
    return _asked(card, texts, turn, texts("card.cancel_slot"), rows)


def cancel_question(card: RecruiterCard, texts: Texts, turn: int, *, withdraws_slot: bool) -> Screen:
    """The card with the question why it is to be called off: ready-made reasons, or one that is typed."""
    letter, keys = WITHDRAWS if withdraws_slot else _KEEPS, ("button.without_reason", *CANCELLED)
    buttons = [
        card_button(texts, key, Action.CARD_CANCEL_FOR, card, turn, f"{letter}{number}")
        for number, key in enumerate(keys)
    ]
    rows = [[button] for button in (*buttons[1:], buttons[0])]
    return _asked(card, texts, turn, texts("card.cancel_why"), rows, back_to=Action.CARD_CANCEL)


def _asked(
    card: RecruiterCard,
    texts: Texts,
    turn: int,
    lead: str,
    rows: Sequence[Sequence[InlineKeyboardButton]],
    back_to: Action = Action.CARD_BACK,
) -> Screen:
    back = card_button(texts, "button.back", back_to, card, turn)
    return Screen(card_screen(card, texts, turn, lead=lead).text, InlineKeyboardMarkup([*rows, [back]]))
