"""Questionnaires (R9): their shape, which question comes next, and what counts as an answer.

The bot asks and the desk stores and previews by these same functions, so both agree on the way through.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared_contracts.fields import Bilingual, EntityId, Version, WireModel, to_text
from shared_contracts.telegram.names import clean_name
from shared_contracts.telegram.text import utf16_length

QuestionKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,24}$")]
ANSWER_CHARACTERS = 500
"""An answer's length: thirty of them still fit a message between the services."""
AnswerText = Annotated[str, StringConstraints(max_length=ANSWER_CHARACTERS), AfterValidator(to_text)]
MOST_QUESTIONS, MOST_CHOICES = 30, 12
LARGEST_NUMBER = 10**15
"""An answer has at most 15 digits."""
_MOST_DIGITS = 15
_NUMBER = re.compile(
    r"(?P<number>[+-]? ?[0-9][0-9 ]*)(?:(?!тыс|млн|млрд|[кkмm]\b)[^\W\d_]+\.?(?: ?old)?)?", re.IGNORECASE
)
"""Digits, and maybe what they count, such as «24 года»; not what would make them another number, such as «50 тыс»."""
Bound = Annotated[int, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]


class QuestionKind(StrEnum):
    """What is asked for. ``city``: one of the cities with slots; ``full_name``: letters in each word."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    CITY = "city"
    FULL_NAME = "full_name"
    DATE = "date"


class ChoiceEffect(StrEnum):
    """What choosing it leads to. ``clarify``: its own text question; ``reject``: a polite end."""

    GO_ON = "go_on"
    CLARIFY = "clarify"
    REJECT = "reject"


class Choice(WireModel):
    """One of the offered answers. ``text``: the question that clarifies, or the reason of the rejection."""

    key: QuestionKey
    label: Bilingual
    effect: ChoiceEffect = ChoiceEffect.GO_ON
    text: Bilingual | None = None

    @model_validator(mode="after")
    def _says_what_follows(self) -> "Choice":
        if (self.effect is ChoiceEffect.GO_ON) != (self.text is None):
            raise ValueError("clarify and reject need a text, go_on has none")
        return self


class AskedIf(WireModel):
    """Asked only if an earlier choice question was answered with one of these."""

    question: QuestionKey
    choices: Annotated[list[QuestionKey], Field(min_length=1, max_length=MOST_CHOICES)]


class Question(WireModel):
    """One question.

    ``least`` and ``most`` bound a number's value and a text's length in characters, ``earliest`` and ``latest`` a date;
    what is out of bounds is asked again with ``hint``. A number below ``reject_below`` or above ``reject_above`` ends
    the questionnaire politely with ``reject_reason``.
    """

    key: QuestionKey
    kind: QuestionKind
    text: Bilingual
    hint: Bilingual | None = None
    example: Bilingual | None = None
    optional: bool = False
    choices: Annotated[list[Choice], Field(max_length=MOST_CHOICES)] = []
    least: Bound | None = None
    most: Bound | None = None
    earliest: date | None = None
    latest: date | None = None
    reject_below: Bound | None = None
    reject_above: Bound | None = None
    reject_reason: Bilingual | None = None
    asked_if: AskedIf | None = None


class QuestionnaireView(WireModel):
    """A published version of a questionnaire."""

    id: EntityId
    version: Version
    title: Bilingual
    questions: Annotated[list[Question], Field(min_length=1, max_length=MOST_QUESTIONS)]


class Answer(WireModel):
    """An answer as it is kept. ``value``: a choice's key, a city's id, a date as ``YYYY-MM-DD``, a number in digits or
    the text itself; empty where an optional question was passed over. ``clarification``: what was asked on top."""

    key: QuestionKey
    value: AnswerText
    clarification: AnswerText | None = None


class WrongAnswer(StrEnum):
    """Why an answer can't be taken; each has its own words in chat."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_NUMBER = "not_a_number"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"
    NOT_A_DATE = "not_a_date"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_A_FULL_NAME = "not_a_full_name"


class WrongAnswerError(ValueError):
    """``why``, and the bound that was passed as text where there is one."""

    def __init__(self, why: WrongAnswer, limit: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.limit = limit


def way_through(questions: Sequence[Question], answers: Mapping[str, Answer]) -> list[Question]:
    """The questions asked of someone with these answers, in order; those still open count as asked unless a given
    answer rules them out."""
    return [question for question in questions if _is_asked(question, answers)]


def next_question(questions: Sequence[Question], answers: Mapping[str, Answer]) -> Question | None:
    """The first question of the way that has no answer yet; None at the end."""
    return next((question for question in way_through(questions, answers) if question.key not in answers), None)


def rejection(question: Question, answer: Answer) -> Bilingual | None:
    """Why this answer ends the questionnaire; None where it goes on."""
    if question.kind is QuestionKind.NUMBER and answer.value:
        number = int(answer.value)
        below = question.reject_below is not None and number < question.reject_below
        above = question.reject_above is not None and number > question.reject_above
        return question.reject_reason if below or above else None
    choice = choice_of(question, answer.value)
    return choice.text if choice and choice.effect is ChoiceEffect.REJECT else None


def choice_of(question: Question, key: str) -> Choice | None:
    """The question's choice of that key."""
    return next((choice for choice in question.choices if choice.key == key), None)


def read_answer(question: Question, typed: str) -> str:
    """What a person typed (or the key of what they pressed) as an answer's value.

    Args:
        question: of any kind but ``city``, whose value is an id that the caller knows.
        typed: as it came.

    Raises:
        WrongAnswerError: it can't be taken; nothing is changed.
    """
    text = clean_name(typed) if question.kind is not QuestionKind.TEXT else to_text(typed).strip()
    if not text or not clean_name(text):  # letters that can't be seen are no answer
        raise WrongAnswerError(WrongAnswer.EMPTY)
    if utf16_length(text) > ANSWER_CHARACTERS:
        raise WrongAnswerError(WrongAnswer.TOO_LONG, str(ANSWER_CHARACTERS))
    readers = {
        QuestionKind.CHOICE: _read_choice,
        QuestionKind.NUMBER: _read_number,
        QuestionKind.DATE: _read_date,
        QuestionKind.FULL_NAME: _read_full_name,
    }
    return readers.get(question.kind, _read_text)(question, text)


def _is_asked(question: Question, answers: Mapping[str, Answer]) -> bool:
    condition = question.asked_if
    if condition is None:
        return True
    given = answers.get(condition.question)
    return given is not None and given.value in condition.choices


def _read_choice(question: Question, text: str) -> str:
    for choice in question.choices:
        if text.casefold() in {choice.key, choice.label.ru.casefold(), choice.label.en.casefold()}:
            return choice.key
    raise WrongAnswerError(WrongAnswer.NOT_A_CHOICE)


def _read_number(question: Question, text: str) -> str:
    found = _NUMBER.fullmatch(text)
    digits = found["number"].replace(" ", "") if found else ""
    if not digits or len(digits.lstrip("+-")) > _MOST_DIGITS:
        raise WrongAnswerError(WrongAnswer.NOT_A_NUMBER)
    number = int(digits)
    if question.least is not None and number < question.least:
        raise WrongAnswerError(WrongAnswer.TOO_LOW, str(question.least))
    if question.most is not None and number > question.most:
        raise WrongAnswerError(WrongAnswer.TOO_HIGH, str(question.most))
    return str(number)


def _read_date(question: Question, text: str) -> str:
    day = _date_of(text)
    if question.earliest is not None and day < question.earliest:
        raise WrongAnswerError(WrongAnswer.TOO_EARLY, question.earliest.isoformat())
    if question.latest is not None and day > question.latest:
        raise WrongAnswerError(WrongAnswer.TOO_LATE, question.latest.isoformat())
    return day.isoformat()


def _date_of(text: str) -> date:
    """``31.12.2026``, ``31/12/2026`` or ``2026-12-31``."""
    found = re.fullmatch(r"(?P<d>[0-9]{1,2})[./](?P<m>[0-9]{1,2})[./](?P<y>[0-9]{4})", text) or re.fullmatch(
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})", text
    )
    try:
        if found:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        pass  # the 31st of February
    raise WrongAnswerError(WrongAnswer.NOT_A_DATE)


def _read_full_name(_question: Question, text: str) -> str:
    if not all(any(letter.isalpha() for letter in word) for word in text.split()):
        raise WrongAnswerError(WrongAnswer.NOT_A_FULL_NAME)
    return text


def _read_text(question: Question, text: str) -> str:
    length = utf16_length(text)
    if question.least is not None and length < question.least:
        raise WrongAnswerError(WrongAnswer.TOO_SHORT, str(question.least))
    if question.most is not None and length > question.most:
        raise WrongAnswerError(WrongAnswer.TOO_LONG, str(question.most))
    return text
