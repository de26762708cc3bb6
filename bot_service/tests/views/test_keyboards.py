"""Buttons, as apps of every age show them."""

from interview_bot.views import keyboards
from interview_bot.views.texts import texts_for
from tests.kit.desk import Desk


def test_confirming_is_green_and_cancelling_red_and_the_words_say_the_same(desk: Desk) -> None:
    """Guard: ``_STYLES``. The way back has the app's own colour."""
    texts, booking = texts_for("en"), desk.book(1001, desk.add_slot(1))
    shown = {
        button.text: button.style
        for keyboard in (
            keyboards.confirm("0" * 16, texts),
            keyboards.change_booking(booking, texts, asked=False),
            keyboards.cancel_question(booking, texts),
        )
        for row in (keyboard.inline_keyboard if keyboard else ())
        for button in row
    }
    assert shown == {
        "✅ Confirm": "success",
        "← Back": None,
        "🔁 Move": None,
        "❌ Cancel": "danger",
        "Yes, cancel it": "danger",
        "No, keep it": None,
    }
