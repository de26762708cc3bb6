"""No slots yet: the contact link, the waiting list, and a seat that is offered (R7)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from acceptance.conftest import MONDAY_MORNING
from acceptance.conversation.test_recruiting import QUICK
from acceptance.desk import Desk
from acceptance.driving import Chats, Store
from acceptance.transcripts import Transcript

FRIDAY = f"{MONDAY_MORNING + timedelta(days=4):%Y-%m-%d}"
OFFERED_UNTIL = re.compile(r"(?<=если ответите до )\d\d:\d\d|(?<=if you answer by )\d\d:\d\d")
"""A quarter of an hour from the moment of the offer, which is the clock's."""
WORDS = {
    "ru": (
        "Свободного времени сейчас нет",
        "Сообщить, когда",
        "Записали вас в лист ожидания",
        "Освободилось место",
        "Беру",
        "Пропустить",
        "Вы записаны!",
        "предложим",
    ),
    "en": (
        "no free",
        "Tell me when",
        "You are on the waiting list",
        "has become free",
        "Take it",
        "Pass",
        "You are booked!",
        "offer this seat",
    ),
}


@pytest.fixture(autouse=True)
def _only_the_new_event(desk: Desk) -> Iterator[None]:
    desk.change_event(QUICK, is_open=False)
    yield
    desk.change_event(QUICK, is_open=True)


@pytest.mark.parametrize("language", WORDS)
def test_a_new_seat_is_offered_to_the_first_and_passed_on_to_the_next(
    chats: Chats, desk: Desk, store: Store, language: str
) -> None:
    none, wait, listed, free, take, pass_on, booked, passed = WORDS[language]
    title = "Открытая встреча" if language == "ru" else "Open day"
    transcript = Transcript(hidden=OFFERED_UNTIL)
    first, second = (1007, 1008) if language == "ru" else (1009, 1010)
    olga = transcript.follow(chats.person(first, "Ольга", language), "First")
    nikita = transcript.follow(chats.person(second, "Никита", language), "Second")
    desk.add_event(title)

    for person in (olga, nikita):
        person.writes("/start")
        nothing = person.sees(none)
        person.presses(nothing, wait)
        person.sees(listed, nothing.id)
    transcript.remark("staff add a slot")
    desk.add_slot(title, FRIDAY, "12:00", city="Москва", location="Офис на Тверской, 7")
    offer = olga.sees(free)
    olga.presses(offer, pass_on)
    olga.sees(passed, offer.id)
    offer = nikita.sees(free)
    nikita.presses(offer, take)
    nikita.sees(booked, offer.id)

    desk.change_event(title, is_open=False)
    assert [len(store.bookings_of(person)) for person in (first, second)] == [0, 1]
    transcript.check(f"{language}/waiting_for_a_seat")
