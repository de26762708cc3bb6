"""The way to an office (FR10): below the place, for who is given it."""

from interview_bot.views import keyboards
from interview_bot.views.formatting import slot_card
from interview_bot.views.notice_values import template_values
from interview_bot.views.slots.labels import Style, slot_labels
from interview_bot.views.texts import texts_for
from shared_contracts.telegram.text import utf16_length
from tests.kit.desk import Desk
from tests.kit.telegram import Person, Sandbox

MAP, WAY = "https://yandex.ru/maps/-/CDabc", "Вход со <двора>"


def test_a_booking_tells_the_way_in_its_card_and_in_messages(desk: Desk) -> None:
    slot = desk.add_slot(1).model_copy(update={"map_link": MAP, "directions": WAY})
    texts = texts_for("ru")
    assert f"Офис на Тверской, каб. 1\n{MAP}\nВход со &lt;двора&gt;" in slot_card(slot, None, texts)
    values = template_values(desk.book(1001, slot), None, texts)
    assert values["place"] == f"Офис на Тверской, каб. 1\n{MAP}\n{WAY}"


def test_without_a_way_the_place_is_one_line(desk: Desk) -> None:
    slot = desk.add_slot(1)
    [label] = slot_labels([slot], None, texts_for("ru"), Style(room=60)).buttons
    assert label.endswith(" · Офис на Тверской, каб. 1")
    assert template_values(desk.book(1001, slot), None, texts_for("ru"))["place"] == "Офис на Тверской, каб. 1"


def test_the_address_can_be_copied_where_the_way_is_told(desk: Desk) -> None:
    """Guard: ``copy_address``; Telegram takes 256 characters."""
    slot, texts = desk.add_slot(1), texts_for("ru")
    assert keyboards.copy_address(slot, texts) == []
    [button] = keyboards.copy_address(slot.model_copy(update={"map_link": MAP}), texts)
    assert button.copy_text is not None and button.copy_text.text == "Москва, Офис на Тверской"
    [long] = keyboards.copy_address(slot.model_copy(update={"map_link": MAP, "location": "🏢" * 200}), texts)
    assert long.copy_text is not None and utf16_length(long.copy_text.text) <= 256


async def test_a_server_that_knows_no_copying_gets_the_message_without(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guards: ``without_copying`` in ``send`` and in ``edit``: an older server refuses the whole message."""
    booked = desk.add_slot(1).model_copy(update={"map_link": MAP})
    desk.book(anna.id, booked)
    refusal = "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    await sandbox.fault("sendMessage", error_code=400, description=refusal)
    await anna.writes("/mybooking")
    sent = await anna.sees("Ваша запись:")
    await anna.presses(sent, "Отменить")
    await anna.presses(await anna.sees("Точно отменить"), "Нет, оставить")
    known = await anna.sees("Ваша запись:")
    await anna.presses(known, "Отменить")
    question = await anna.sees("Точно отменить")
    await sandbox.fault("editMessageText", error_code=400, description=refusal)
    await anna.presses(question, "Нет, оставить")
    edited = await anna.sees("Ваша запись:")
    assert sent.id == edited.id
    assert sent.labels == edited.labels == known.labels[:-1] == ["🔁 Перенести", "❌ Отменить"]
    assert known.buttons[-1]["copy_text"] == {"text": "Москва, Офис на Тверской"}
