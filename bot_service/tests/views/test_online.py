"""Online interviews (FR10): that they are one is said to all, their link to who has the booking."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from interview_bot.common import clock
from interview_bot.views.formatting import slot_card
from interview_bot.views.slots.labels import slot_labels
from interview_bot.views.texts import texts_for
from shared_contracts.directory import SlotView
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.dialogs.test_attendance import COMING, held
from tests.inbound.test_notifications import notice
from tests.kit.desk import Desk
from tests.kit.telegram import Message, Person

LINK = "https://meet.example/olga?pwd=1&lang=ru"
JOIN = "Подключиться"


def online(slot: SlotView, **changes: Any) -> SlotView:
    """The slot as an online one."""
    fields = {"location": "", "room": "", "online": True, "video_link": ""}
    return slot.model_copy(update={**fields, **changes})


def test_who_has_no_booking_is_told_that_it_is_online(desk: Desk) -> None:
    """On a button, and before confirming; the city is no place to come to."""
    slot = online(desk.add_slot(1))
    assert slot_labels([slot], None, texts_for("ru")).buttons[0].endswith(" · онлайн")
    assert slot_labels([slot], None, texts_for("en")).buttons[0].endswith(" · online")
    assert "📍 онлайн\n" in slot_card(slot, None, texts_for("ru"))
    assert "📍 online, https://meet.example/olga?pwd=1&amp;lang=ru" in slot_card(
        online(slot, video_link=LINK), None, texts_for("en")
    )


def test_its_time_is_on_the_readers_clock_named_when_not_moscows(desk: Desk) -> None:
    """Spec, Time."""
    starts_at = datetime.fromisoformat("2026-11-24T11:20:00Z")
    slot = online(desk.add_slot(1, starts_at=starts_at))
    texts = texts_for("ru")
    assert "14:20, 20 мин" in slot_card(slot, "Europe/Moscow", texts)
    assert "21:20 (Владивосток)" in slot_card(slot, "Asia/Vladivostok", texts)


async def told(anna: Person, desk: Desk, kind: NotificationKind, starts_in: timedelta, words: str) -> Message:
    """What Anna is sent about her online interview."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    command: NotificationCommand = notice(desk, kind, recheck=True, attempt=1, reason=None)
    own = online(command.booking.slot, video_link=LINK, starts_at=clock.now() + starts_in)
    booking = held(desk, offered_slot=None, slot=own)
    asks = kind is NotificationKind.REMINDER_SOON
    command = command.model_copy(update={"asks_attendance": asks})
    desk.answers.expect(command, booking=booking)
    await desk.send(NOTIFICATION_COMMAND.name, command)
    return await anna.sees(words)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(NotificationKind.REMINDER_TODAY, "Сегодня собеседование"), (NotificationKind.REMINDER_SOON, "Скоро увидимся")],
)
async def test_on_the_day_the_link_is_a_button(anna: Person, desk: Desk, kind: NotificationKind, words: str) -> None:
    message = await told(anna, desk, kind, timedelta(hours=2), words)
    assert f"онлайн, {LINK}" in message.text
    assert message.labels[0] == JOIN
    assert message.buttons[0]["url"] == LINK


async def test_an_answer_leaves_the_way_in(anna: Person, desk: Desk) -> None:
    """R8. Guard: ``join`` in ``keyboards``."""
    message = await told(anna, desk, NotificationKind.REMINDER_SOON, timedelta(hours=2), "Скоро увидимся")
    await anna.presses(message, COMING)
    shown = await anna.sees("Спасибо")
    assert shown.labels[0] == JOIN


async def test_before_the_day_the_link_is_in_the_text_alone(anna: Person, desk: Desk) -> None:
    message = await told(anna, desk, NotificationKind.BOOKING_CHANGED, timedelta(days=2), "изменилось")
    assert LINK in message.text and JOIN not in message.labels
