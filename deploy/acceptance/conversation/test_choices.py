"""What candidates choose for themselves: consent to the privacy text, and the language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from acceptance.conversation.test_recruiting import QUICK
from acceptance.desk import Desk
from acceptance.driving import Chats, Store
from acceptance.transcripts import Transcript

_EVENT = re.compile(r"(?<=\be_)[0-9a-f]{24}")


@dataclass(frozen=True)
class Choices:
    """What people look for on the screen. ``other``: the language that is chosen, and how it reads then."""

    asked: str
    later: str
    left: str
    agree: str
    thanks: str
    agreed: str
    which: str
    other: str
    chosen: str
    none: str


WORDS = {
    "ru": Choices(
        *("нужно ваше согласие", "Не сейчас", "всё осталось как было", "Принимаю", "согласие сохранено"),
        *("Ваше согласие сохранено", "На каком языке", "English", "From now on I write in English", "no upcoming"),
    ),
    "en": Choices(
        *("please agree to this", "Not now", "nothing has changed", "I agree", "Thank you, noted"),
        *("You have agreed", "Which language", "Русский", "Дальше пишу по-русски", "нет предстоящих"),
    ),
}


@pytest.fixture(autouse=True)
def _a_text_for_these_alone(desk: Desk) -> Iterator[None]:
    desk.write_privacy_text("Храним имя и ответы год, потом удаляем.", "We keep names and answers for a year.")
    yield
    desk.write_privacy_text("", "")


@pytest.mark.parametrize(("language", "user_id", "name"), [("ru", 1017, "Дарья"), ("en", 1018, "Kirill")])
def test_consent_before_the_first_step_and_another_language(
    chats: Chats, store: Store, language: str, user_id: int, name: str
) -> None:
    """A deep link leads no further than the text; what is chosen holds at the next contact, whatever Telegram says."""
    words, transcript = WORDS[language], Transcript(hidden=_EVENT)
    person = transcript.follow(chats.person(user_id, name, language), name)
    (event,) = store.db.interview_events.distinct("_id", {"title": QUICK})

    person.writes(f"/start e_{event}")
    asked = person.sees(words.asked)
    person.presses(asked, words.later)
    person.sees(words.left, asked.id)
    person.writes(f"/start e_{event}")
    asked = person.sees(words.asked, after=asked)
    person.presses(asked, words.agree)
    person.sees(words.thanks, asked.id)
    person.writes("/privacy")
    person.sees(words.agreed)

    person.writes("/language")
    which = person.sees(words.which)
    person.presses(which, words.other)
    person.sees(words.chosen, which.id)
    person.writes("/mybooking")
    person.sees(words.none)
    person.writes("/calendar")
    person.sees("Файл" if language == "en" else "No file yet")
    transcript.check(f"{language}/choices")
