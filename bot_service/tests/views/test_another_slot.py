"""Another time than the booked one: asked for, or proposed by the recruiter (R3, R8)."""

import pytest

from interview_bot.views.formatting import booking_card
from interview_bot.views.notice_values import wanted_slot
from interview_bot.views.texts import texts_for
from tests.kit.desk import YEKATERINBURG, Desk


@pytest.mark.parametrize("field", ["requested_slot", "offered_slot"])
def test_it_is_shown_with_its_own_place_where_that_is_another(desk: Desk, field: str) -> None:
    """Guard: ``other_slot``; the booked place stands right above it."""
    texts = texts_for("ru")
    same = desk.add_slot(3).model_copy(update={"room": "каб. 1"})
    elsewhere = desk.add_slot(4).model_copy(update={"city": YEKATERINBURG, "room": "зал"})
    booking = desk.book(1001, desk.add_slot(1))

    last = booking_card(booking.model_copy(update={field: elsewhere}), None, texts).splitlines()[-1]
    assert last.endswith(" · Екатеринбург, Офис на Тверской, зал")
    assert wanted_slot(booking, elsewhere, None, texts).endswith(" · Екатеринбург, Офис на Тверской, зал")
    assert "·" not in booking_card(booking.model_copy(update={field: same}), None, texts).splitlines()[-1]
