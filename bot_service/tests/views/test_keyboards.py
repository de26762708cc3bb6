"""Buttons, as apps of every age show them."""

from interview_bot.views import keyboards
from interview_bot.views.callback_data import Action
from interview_bot.views.texts import texts_for
from shared_contracts.directory import BookingView
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


def test_buttons_that_name_a_time_stand_in_rows_of_their_own(desk: Desk) -> None:
    """A phone would cut two beside each other. Guard: ``_rows``."""
    both = [desk.book(1001, desk.add_slot(number)) for number in (1, 2)]

    def lengths(shown: list[BookingView]) -> list[int]:
        keyboard = keyboards.bookings(shown, None, texts_for("en"), Action.MOVE, Action.CANCEL)
        return [len(row) for row in keyboard.inline_keyboard]

    assert (lengths(both[:1]), lengths(both)) == ([2], [1, 1, 1, 1])
