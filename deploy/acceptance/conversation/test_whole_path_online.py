"""An online interview on the running system (FR10): made at the desk, booked, reminded of, joined by a button.

Time is travelled; after the other whole paths, whose days come before.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from acceptance.conftest import MONDAY_MORNING
from acceptance.conversation.test_whole_path import QUICK, THREE_BUTTONS
from acceptance.conversation.words import RU
from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, QUESTION, Chats, Message, Store
from local.stack import Stack

EVENT, LINK = "Онлайн-встреча", "https://meet.example/room-5?pwd=1&lang=ru"
MONDAY = MONDAY_MORNING + timedelta(weeks=1)
TUESDAY = MONDAY + timedelta(days=1)
JOIN = "Подключиться"


@pytest.fixture(autouse=True)
def _online_event(desk: Desk, stack: Stack) -> Iterator[None]:
    """The only open event, with one slot on Tuesday at 15:00."""
    stack.travel_to(MONDAY)
    desk.change_event(QUICK, is_open=False)
    desk.add_event(EVENT)
    desk.add_slot(EVENT, f"{TUESDAY:%Y-%m-%d}", "15:00", city="Москва", video_link=LINK)
    yield
    desk.change_event(EVENT, is_open=False)
    desk.change_event(QUICK, is_open=True)


def url_of(message: Message, label: str) -> str:
    """Where a button leads."""
    return next(str(button["url"]) for button in message.buttons if button["text"] == label)


def test_an_online_interview_is_booked_and_joined(chats: Chats, store: Store, stack: Stack) -> None:
    person = chats.person(1004, "Вера", "ru")
    slots = person.opens_slots()
    (label,) = (label for label in slots.labels if "15:00" in label)
    assert label.endswith("15:00 · онлайн")
    person.presses(slots, "15:00")
    details = person.sees(QUESTION, slots.id)
    assert "Место: онлайн" in details.text and LINK not in details.text
    person.presses(details, CONFIRM)
    booked = person.sees(BOOKED, details.id)
    assert f"Место: онлайн, {LINK}" in booked.text
    file = person.gets_file("Добавьте в календарь").content.replace("\r\n ", "")
    assert f"LOCATION:{LINK}" in file

    stack.travel_to(TUESDAY.replace(hour=11))
    today = person.sees(RU.today)
    assert LINK in today.text and url_of(today, JOIN) == LINK
    stack.travel_to(TUESDAY.replace(hour=13))
    soon = person.sees(RU.soon)
    assert soon.labels == [JOIN, *THREE_BUTTONS["ru"]]
    person.presses(soon, "Подтверждаю")
    assert url_of(person.sees(RU.thanks, soon.id), JOIN) == LINK
    stack.travel_to(store.bookings_of(1004)[0]["ends_at"])
