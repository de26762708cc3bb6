"""The quick flow's voice: sign up, move, cancel, and what is said to those who may not (FR2-FR7)."""

import re

import pytest

from acceptance.desk import Desk
from acceptance.driving import Chats
from acceptance.transcripts import Transcript

WORDS = {
    "ru": {
        "choose": "Выберите удобное время",
        "sure": "Записать вас на это время?",
        "confirm": "Подтвердить",
        "booked": "Вы записаны!",
        "mine": "Ваша запись",
        "stands": "Вы записаны: ",
        "move": "На какое время перенести?",
        "other days": "Другие дни",
        "days": "дни, когда есть свободное время",
        "friday": "пт 5",
        "times": "Пятница, 5 марта",
        "sure to move": "Перенести вашу запись на это время?",
        "moved": "Запись перенесена!",
        "sure to cancel": "Точно отменить",
        "yes": "Да, отменить",
        "cancelled": "Запись отменена",
        "calendar": "Добавьте в календарь",
        "new time": "Новое время для календаря",
        "kept": "ваша запись в силе",
        "told": "эта остаётся",
        "my booking": "Моя запись",
        "cancel": "Отменить",
        "invited only": "здесь больше нельзя",
        "out of calendar": "Если добавляли встречу, файл её уберёт",
    },
    "en": {
        "choose": "Choose a time that suits you",
        "sure": "Shall we book this time for you?",
        "confirm": "Confirm",
        "booked": "You are booked!",
        "mine": "Your booking",
        "stands": "You are booked: ",
        "move": "When would you like to come instead?",
        "other days": "Other days",
        "days": "days with free times",
        "friday": "Fri 5",
        "times": "Friday, 5 March",
        "sure to move": "Shall we move your booking to this time?",
        "moved": "has been moved",
        "sure to cancel": "Cancel this booking for sure?",
        "yes": "Yes, cancel",
        "cancelled": "Your booking is cancelled",
        "calendar": "Add it to your calendar",
        "new time": "Updated calendar entry",
        "kept": "your booking stands",
        "told": "this booking stays",
        "my booking": "My booking",
        "cancel": "Cancel",
        "invited only": "here any more. Questions",
        "out of calendar": "Removes it if you added it",
    },
}


@pytest.mark.parametrize(("language", "user_id", "name"), [("ru", 1001, "Алина"), ("en", 1003, "Mary")])
def test_booking_moving_and_cancelling(chats: Chats, language: str, user_id: int, name: str) -> None:
    words, transcript = WORDS[language], Transcript()
    person = transcript.follow(chats.person(user_id, name, language), name)

    person.writes("/start")
    slots = person.sees(words["choose"])
    person.presses(slots, ":")
    person.presses(person.sees(words["sure"], slots.id), words["confirm"])
    person.sees(words["booked"], slots.id)
    made = person.gets_file(words["calendar"])
    person.writes("/mybooking")
    person.sees(words["mine"])
    person.writes("/reschedule")
    slots = person.sees(words["move"])
    person.presses(slots, words["other days"])
    person.presses(person.sees(words["days"], slots.id), words["friday"])
    person.presses(person.sees(words["times"], slots.id), ":")
    person.presses(person.sees(words["sure to move"], slots.id), words["confirm"])
    person.sees(words["moved"], slots.id)
    moved = person.gets_file(words["new time"])
    person.writes("/cancel")
    question = person.sees(words["sure to cancel"])
    person.presses(question, words["yes"])
    person.sees(words["cancelled"], question.id)
    off = person.gets_file(words["out of calendar"])

    assert [re.findall("SEQUENCE:(.*)\\r", file.content) for file in (made, moved, off)] == [["1"], ["2"], ["3"]]
    assert len({re.findall("UID:(.*)\\r", file.content)[0] for file in (made, moved, off)}) == 1

    transcript.check(f"{language}/quick_flow")


@pytest.mark.parametrize(("language", "user_id", "name"), [("ru", 1013, "Виктория"), ("en", 1016, "Павел")])
def test_removed_but_booked(chats: Chats, desk: Desk, language: str, user_id: int, name: str) -> None:
    """FR2: what staff let stand is seen and cancelled; nothing new can be had."""
    words, transcript = WORDS[language], Transcript()
    person = transcript.follow(chats.person(user_id, name, language), name)
    person.writes("/start")
    slots = person.sees(words["choose"])
    person.presses(slots, ":")
    person.presses(person.sees(words["sure"], slots.id), words["confirm"])
    person.sees(words["booked"], slots.id)
    person.gets_file(words["calendar"])
    person.writes("/reschedule")
    menu = person.sees(words["move"])

    transcript.remark("staff take them off the list and keep the booking")
    desk.remove_candidate(user_id, keep_bookings=True)
    person.sees(words["told"], after=menu)
    person.sees(words["stands"], menu.id)
    person.person.presses_data(menu, menu.data(":"))  # as it was on the screen a moment ago
    person.sees(words["kept"], menu.id)
    person.writes("/start")
    refusal = person.sees(words["kept"], after=menu)
    person.presses(refusal, words["my booking"])
    mine = person.sees(words["mine"], refusal.id)
    person.presses(mine, words["cancel"])
    person.presses(person.sees(words["sure to cancel"], mine.id), words["yes"])
    person.sees(words["cancelled"], mine.id)
    person.gets_file(words["out of calendar"])
    person.writes("/mybooking")
    person.sees(words["invited only"])

    transcript.check(f"{language}/removed_but_booked")
