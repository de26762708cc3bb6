"""The way to an office (FR10): below the place, for who is given it."""

from interview_bot.views.formatting import slot_button, slot_card
from interview_bot.views.notice_values import template_values
from interview_bot.views.texts import texts_for
from tests.kit.desk import Desk

MAP, WAY = "https://yandex.ru/maps/-/CDabc", "Вход со <двора>"


def test_a_booking_tells_the_way_in_its_card_and_in_messages(desk: Desk) -> None:
    slot = desk.add_slot(1).model_copy(update={"map_link": MAP, "directions": WAY})
    texts = texts_for("ru")
    assert f"Офис на Тверской, каб. 1\n{MAP}\nВход со &lt;двора&gt;" in slot_card(slot, None, texts)
    values = template_values(desk.book(1001, slot), None, texts)
    assert values["place"] == f"Офис на Тверской, каб. 1\n{MAP}\n{WAY}"


def test_without_a_way_the_place_is_one_line(desk: Desk) -> None:
    slot = desk.add_slot(1)
    assert slot_button(slot, None, texts_for("ru")).endswith(" · Офис на Тверской, каб. 1")
    assert template_values(desk.book(1001, slot), None, texts_for("ru"))["place"] == "Офис на Тверской, каб. 1"
