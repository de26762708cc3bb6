"""Where interviews are held, on the running system (FR10): an office with its way, and online with a button to join.

Time is travelled; after the other whole paths, whose days come before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from acceptance.conftest import MONDAY_MORNING
from acceptance.conversation.test_whole_path import BUTTONS, QUICK
from acceptance.conversation.words import EN, RU, Words
from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, QUESTION, Chats, Message, Store
from acceptance.transcripts import Transcript
from local.stack import Stack

COPY = "Скопировать адрес"
LINK, MAP = "https://meet.example/room-5?pwd=1&lang=ru", "https://yandex.ru/maps/-/CDabc"
ONLINE = {"ru": "онлайн", "en": "online"}
JOIN = {"ru": "Подключиться", "en": "Join"}


TITLES = {"ru": "Встреча онлайн", "en": "Online meeting"}
_WEEKS = {
    "test_an_office_tells_the_way_and_its_new_address": (1, "Встреча в офисе"),
    "test_an_online_interview_is_booked_and_joined[ru]": (2, TITLES["ru"]),
    "test_an_online_interview_is_booked_and_joined[en]": (3, TITLES["en"]),
}
"""The week after the first, and the event, of each test: what a transcript shows is the same if one runs alone."""


@pytest.fixture(autouse=True)
def tuesday(desk: Desk, stack: Stack, request: pytest.FixtureRequest) -> Iterator[datetime]:
    """The day after today, at 9:00; the test's event is the only open one."""
    week, title = _WEEKS[request.node.name]
    monday = MONDAY_MORNING + timedelta(weeks=week)
    stack.travel_to(monday)
    desk.change_event(QUICK, is_open=False)
    desk.add_event(title)
    yield monday + timedelta(days=1)
    desk.change_event(title, is_open=False)
    desk.change_event(QUICK, is_open=True)


def url_of(message: Message, label: str) -> str:
    """Where a button leads."""
    return next(str(button["url"]) for button in message.buttons if button["text"] == label)


def test_an_office_tells_the_way_and_its_new_address(chats: Chats, desk: Desk, stack: Stack, tuesday: datetime) -> None:
    """Kept once at the desk; whoever is booked is told of a change."""
    desk.save_office("Москва", "Офис на Арбате", address="Арбат, 1", map_link=MAP, directions="Вход со двора")
    office = "Москва: Офис на Арбате, Арбат, 1"
    desk.add_slot("Встреча в офисе", f"{tuesday:%Y-%m-%d}", "16:00", city="Москва", office=office, room="5")
    person = chats.person(1001, "Алина", "ru")
    slots = person.opens_slots()
    assert slots.labels[0].endswith("16:00 · Офис на…, комн. 5") and "📍 Офис на Арбате, Арбат, 1\n" in slots.text
    person.presses(slots, "16:00")
    details = person.sees(QUESTION, slots.id)
    assert MAP not in details.text
    person.presses(details, CONFIRM)
    way = f"Арбат, 1, комн. 5\n{MAP}\nВход со двора"
    assert way in person.sees(BOOKED, details.id).text

    desk.save_office("Москва", "Офис на Арбате", address="Арбат, 3")
    assert way.replace("Арбат, 1", "Арбат, 3") in person.sees("изменилось").text
    stack.travel_to(tuesday.replace(hour=11))
    today = person.sees(RU.today)
    assert way.replace("Арбат, 1", "Арбат, 3") in today.text
    assert today.buttons[-1] == {"text": COPY, "copy_text": {"text": "Москва, Офис на Арбате, Арбат, 3"}}


@pytest.mark.parametrize(
    ("language", "words", "user_id", "name"), [("ru", RU, 1004, "Артём"), ("en", EN, 1003, "Mary")], ids=["ru", "en"]
)
def test_an_online_interview_is_booked_and_joined(
    chats: Chats,
    desk: Desk,
    store: Store,
    stack: Stack,
    tuesday: datetime,
    language: str,
    words: Words,
    user_id: int,
    name: str,
) -> None:
    """From the list to the button that joins, in each language."""
    desk.add_slot(TITLES[language], f"{tuesday:%Y-%m-%d}", "15:00", city="Москва", video_link=LINK)
    transcript = Transcript()
    person = transcript.follow(chats.person(user_id, name, language), name)
    files = sum(words.to_calendar in file.caption for file in chats.files(user_id))  # of earlier bookings
    person.writes("/start")
    slots = person.sees(words.choose)
    (label,) = (label for label in slots.labels if "15:00" in label)
    assert label.endswith(f"15:00 · {ONLINE[language]}")
    person.presses(slots, "15:00")
    details = person.sees(words.sure, slots.id)
    assert f"📍 {ONLINE[language]}" in details.text and LINK not in details.text
    person.presses(details, words.confirm)
    booked = person.sees(words.booked, details.id)
    assert f"📍 {ONLINE[language]}, {LINK}" in booked.text
    file = person.gets_file(words.to_calendar, files + 1).content.replace("\r\n ", "")
    assert f"LOCATION:{LINK}" in file

    transcript.remark("it is 11:00 on the day of the interview")
    stack.travel_to(tuesday.replace(hour=11))
    today = person.sees(words.today)
    assert LINK in today.text and url_of(today, JOIN[language]) == LINK
    transcript.remark("it is two hours before the interview")
    stack.travel_to(tuesday.replace(hour=13))
    soon = person.sees(words.soon)
    assert soon.labels == [JOIN[language], *BUTTONS[language]]
    person.presses(soon, BUTTONS[language][0])
    assert url_of(person.sees(words.thanks, soon.id), JOIN[language]) == LINK
    transcript.check(f"{language}/online")
    stack.travel_to(store.bookings_of(user_id)[0]["ends_at"])
