"""Where interviews are held, on the running system (FR10): an office with its way, and online with a button to join.

Time is travelled; after the other whole paths, whose days come before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest

from acceptance.conftest import MONDAY_MORNING
from acceptance.conversation.test_whole_path import BUTTONS, QUICK
from acceptance.conversation.words import RU
from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, QUESTION, Chats, Message, Store
from local.stack import Stack

COPY = "Скопировать адрес"
LINK, MAP = "https://meet.example/room-5?pwd=1&lang=ru", "https://yandex.ru/maps/-/CDabc"
_MONDAYS = (MONDAY_MORNING + timedelta(weeks=number) for number in count(1))
JOIN = "Подключиться"


@pytest.fixture(autouse=True)
def tuesday(desk: Desk, stack: Stack, request: pytest.FixtureRequest) -> Iterator[datetime]:
    """The day after today, at 9:00; the only open event is called as the test, each of which has a week of its own."""
    monday = next(_MONDAYS)
    stack.travel_to(monday)
    desk.change_event(QUICK, is_open=False)
    desk.add_event(request.node.name)
    yield monday + timedelta(days=1)
    desk.change_event(request.node.name, is_open=False)
    desk.change_event(QUICK, is_open=True)


def url_of(message: Message, label: str) -> str:
    """Where a button leads."""
    return next(str(button["url"]) for button in message.buttons if button["text"] == label)


def test_an_office_tells_the_way_and_its_new_address(
    chats: Chats, desk: Desk, stack: Stack, tuesday: datetime, request: pytest.FixtureRequest
) -> None:
    """Kept once at the desk; whoever is booked is told of a change."""
    desk.save_office("Москва", "Офис на Арбате", address="Арбат, 1", map_link=MAP, directions="Вход со двора")
    office = "Москва: Офис на Арбате, Арбат, 1"
    desk.add_slot(request.node.name, f"{tuesday:%Y-%m-%d}", "16:00", city="Москва", office=office, room="5")
    person = chats.person(1001, "Алина", "ru")
    slots = person.opens_slots()
    assert slots.labels[0].endswith("16:00 · Офис на Арбате, Арбат, 1, 5")
    person.presses(slots, "16:00")
    details = person.sees(QUESTION, slots.id)
    assert MAP not in details.text
    person.presses(details, CONFIRM)
    way = f"Арбат, 1, 5\n{MAP}\nВход со двора"
    assert way in person.sees(BOOKED, details.id).text

    desk.save_office("Москва", "Офис на Арбате", address="Арбат, 3")
    assert way.replace("Арбат, 1", "Арбат, 3") in person.sees("изменилось").text
    stack.travel_to(tuesday.replace(hour=11))
    today = person.sees(RU.today)
    assert way.replace("Арбат, 1", "Арбат, 3") in today.text
    assert today.buttons[-1] == {"text": COPY, "copy_text": {"text": "Москва, Офис на Арбате, Арбат, 3"}}


def test_an_online_interview_is_booked_and_joined(
    chats: Chats, desk: Desk, store: Store, stack: Stack, tuesday: datetime, request: pytest.FixtureRequest
) -> None:
    desk.add_slot(request.node.name, f"{tuesday:%Y-%m-%d}", "15:00", city="Москва", video_link=LINK)
    person = chats.person(1004, "Вера", "ru")
    slots = person.opens_slots()
    (label,) = (label for label in slots.labels if "15:00" in label)
    assert label.endswith("15:00 · онлайн")
    person.presses(slots, "15:00")
    details = person.sees(QUESTION, slots.id)
    assert "📍 онлайн" in details.text and LINK not in details.text
    person.presses(details, CONFIRM)
    booked = person.sees(BOOKED, details.id)
    assert f"📍 онлайн, {LINK}" in booked.text
    file = person.gets_file("Добавьте в календарь").content.replace("\r\n ", "")
    assert f"LOCATION:{LINK}" in file

    stack.travel_to(tuesday.replace(hour=11))
    today = person.sees(RU.today)
    assert LINK in today.text and url_of(today, JOIN) == LINK
    stack.travel_to(tuesday.replace(hour=13))
    soon = person.sees(RU.soon)
    assert soon.labels == [JOIN, *BUTTONS["ru"]]
    person.presses(soon, "Подтверждаю")
    assert url_of(person.sees(RU.thanks, soon.id), JOIN) == LINK
    stack.travel_to(store.bookings_of(1004)[0]["ends_at"])
