"""A questionnaire of the staff's, and what comes of answering it."""

from datetime import date
from typing import Any

from shared_contracts.dialog import QuestionnaireAnswered
from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import AskedIf, Choice, ChoiceEffect, Question, QuestionKind
from tests.kit.desk import Desk
from tests.kit.telegram import Message, Person


def both(ru: str, en: str = "English") -> Bilingual:
    """A text of the staff's."""
    return Bilingual(ru=ru, en=en)


def question(key: str, kind: QuestionKind, ru: str, **fields: Any) -> Question:
    """A question of the staff's."""
    return Question(key=key, kind=kind, text=both(ru, f"{key}?"), **fields)


NAME = question("name", QuestionKind.FULL_NAME, "Как вас зовут?", example=both("Мария Иванова", "Mary Jones"))
AGE = question(
    "age",
    QuestionKind.NUMBER,
    "Сколько вам лет?",
    hint=both("Полных лет, цифрами"),
    least=10,
    most=99,
    reject_below=18,
    reject_reason=both("Стажировка только для совершеннолетних."),
)
STUDIES = question(
    "studies",
    QuestionKind.CHOICE,
    "Вы учитесь?",
    choices=[
        Choice(key="yes", label=both("Да", "Yes")),
        Choice(key="no", label=both("Нет", "No")),
        Choice(key="other", label=both("Другое", "Other"), effect=ChoiceEffect.CLARIFY, text=both("Расскажите:")),
        Choice(key="never", label=both("И не буду"), effect=ChoiceEffect.REJECT, text=both("Нам нужны студенты.")),
    ],
)
WHERE = question(
    "where", QuestionKind.TEXT, "Где вы учитесь?", least=3, asked_if=AskedIf(question="studies", choices=["yes"])
)
WISH = question("wish", QuestionKind.TEXT, "Есть пожелания?", optional=True)
FROM = question("from", QuestionKind.DATE, "С какого дня?", earliest=date(2026, 1, 1), latest=date(2030, 1, 1))
CITY = question("city", QuestionKind.CITY, "В каком вы городе?")


async def begin(person: Person, text: str = "вопрос 1 из") -> Message:
    """/start, up to the first question."""
    await person.writes("/start")
    return await person.sees(text)


def answered(desk: Desk) -> list[QuestionnaireAnswered]:
    """What was sent at the end."""
    return [command for command in desk.dialog_commands if isinstance(command, QuestionnaireAnswered)]


def values(command: QuestionnaireAnswered) -> dict[str, str]:
    """The answers by their questions."""
    return {answer.key: answer.value for answer in command.answers}
