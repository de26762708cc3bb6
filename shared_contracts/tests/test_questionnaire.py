"""The way through a questionnaire and what counts as an answer (R9)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import (
    Answer,
    AskedIf,
    Choice,
    ChoiceEffect,
    Question,
    QuestionKind,
    WrongAnswerError,
    next_question,
    read_answer,
    rejection,
    way_through,
)

TEXT = Bilingual(ru="Вопрос?", en="Question?")
NO_WORK = Bilingual(ru="Нужен опыт", en="Experience is needed")


def question(key: str, kind: QuestionKind = QuestionKind.TEXT, **fields: Any) -> Question:
    return Question(key=key, kind=kind, text=TEXT, **fields)


def choice(key: str, **fields: Any) -> Choice:
    return Choice(key=key, label=Bilingual(ru=f"{key} ру", en=key), **fields)


EXPERIENCE = question(
    "experience",
    QuestionKind.CHOICE,
    choices=[
        choice("yes"),
        choice("other", effect=ChoiceEffect.CLARIFY, text=TEXT),
        choice("no", effect=ChoiceEffect.REJECT, text=NO_WORK),
    ],
)
YEARS = question(
    "years", QuestionKind.NUMBER, asked_if=AskedIf(question="experience", choices=["yes"]), least=0, most=60
)
NAME = question("name", QuestionKind.FULL_NAME)
ALL = [EXPERIENCE, YEARS, NAME]


def given_answers(**values: str) -> dict[str, Answer]:
    return {key: Answer(key=key, value=value) for key, value in values.items()}


def test_questions_come_in_order_and_branches_are_asked_only_of_whom_they_concern() -> None:
    assert next_question(ALL, {}) == EXPERIENCE
    assert next_question(ALL, given_answers(experience="yes")) == YEARS
    assert next_question(ALL, given_answers(experience="other")) == NAME
    assert way_through(ALL, given_answers(experience="yes")) == ALL
    assert next_question(ALL, given_answers(experience="other", name="Мария Петрова")) is None


def test_a_choice_that_rejects_says_why_and_the_others_go_on() -> None:
    assert rejection(EXPERIENCE, Answer(key="experience", value="no")) == NO_WORK
    assert rejection(EXPERIENCE, Answer(key="experience", value="other")) is None


@pytest.mark.parametrize(("value", "rejected"), [("17", True), ("18", False), ("65", False), ("66", True), ("", False)])
def test_a_number_out_of_what_the_job_needs_ends_the_questionnaire(value: str, rejected: bool) -> None:
    age = question("age", QuestionKind.NUMBER, reject_below=18, reject_above=65, reject_reason=NO_WORK)

    assert (rejection(age, Answer(key="age", value=value)) is not None) is rejected


@pytest.mark.parametrize(
    ("asked", "typed", "value"),
    [
        (EXPERIENCE, "YES", "yes"),
        (EXPERIENCE, " other ру ", "other"),
        (YEARS, " 1 2 ", "12"),
        (YEARS, "007", "7"),
        (NAME, "  Анна-Мария   Петрова ", "Анна-Мария Петрова"),
        (NAME, "Мария", "Мария"),
        (NAME, "Мари\u200bя \u202eПетрова", "Мария Петрова"),
        (YEARS, "24 года", "24"),
        (YEARS, "24 г.", "24"),
        (YEARS, "24 years old", "24"),
        (YEARS, "24\u00a0лет", "24"),
        (question("n", QuestionKind.NUMBER), "1 000 руб.", "1000"),
        (question("d", QuestionKind.DATE), "1.2.2000", "2000-02-01"),
        (question("d", QuestionKind.DATE), "29/02/2024", "2024-02-29"),
        (question("d", QuestionKind.DATE), "2024-12-31", "2024-12-31"),
        (question("t"), " два\nряда ", "два\nряда"),
    ],
)
def test_what_was_typed_is_kept_in_one_form(asked: Question, typed: str, value: str) -> None:
    assert read_answer(asked, typed) == value


@pytest.mark.parametrize(
    ("asked", "typed", "why", "limit"),
    [
        (EXPERIENCE, "может быть", "not_a_choice", ""),
        (YEARS, "пять", "not_a_number", ""),
        (YEARS, "1.5", "not_a_number", ""),
        (YEARS, "-1", "too_low", "0"),
        (YEARS, "61", "too_high", "60"),
        (NAME, "Мария 1", "not_a_full_name", ""),
        (NAME, "👍", "not_a_full_name", ""),
        (NAME, "\u200b\u3164", "empty", ""),
        (YEARS, "от 5 до 7", "not_a_number", ""),
        (YEARS, "5-7 лет", "not_a_number", ""),
        (YEARS, "2,5 года", "not_a_number", ""),
        (question("n", QuestionKind.NUMBER), "50 тыс", "not_a_number", ""),
        (question("n", QuestionKind.NUMBER), "50к", "not_a_number", ""),
        (question("n", QuestionKind.NUMBER), "1" * 16, "not_a_number", ""),
        (question("d", QuestionKind.DATE), "31.02.2026", "not_a_date", ""),
        (question("d", QuestionKind.DATE), "вчера", "not_a_date", ""),
        (question("d", QuestionKind.DATE, earliest=date(2000, 1, 1)), "31.12.1999", "too_early", "2000-01-01"),
        (question("d", QuestionKind.DATE, latest=date(2000, 1, 1)), "2.1.2000", "too_late", "2000-01-01"),
        (question("t", least=3), "аб", "too_short", "3"),
        (question("t", most=3), "абвг", "too_long", "3"),
        (question("t"), "а" * 501, "too_long", "500"),
        (question("t"), "👍" * 251, "too_long", "500"),
        (question("t"), "\u200b\u2800", "empty", ""),
        (question("t"), " \n ", "empty", ""),
    ],
)
def test_a_wrong_answer_says_what_is_wrong_with_it(asked: Question, typed: str, why: str, limit: str) -> None:
    with pytest.raises(WrongAnswerError) as caught:
        read_answer(asked, typed)

    assert (caught.value.why.value, caught.value.limit) == (why, limit)


@given(st.sampled_from(list(QuestionKind)), st.text(max_size=600))
def test_what_is_kept_of_anything_typed_can_be_read_again(kind: QuestionKind, typed: str) -> None:
    asked = question("q", kind, choices=EXPERIENCE.choices if kind is QuestionKind.CHOICE else [])
    try:
        value = read_answer(asked, typed)
    except WrongAnswerError:
        return

    assert Answer(key="q", value=value).value == read_answer(asked, value)


def test_a_choice_that_clarifies_or_rejects_must_say_with_what() -> None:
    with pytest.raises(ValidationError, match="need a text"):
        choice("no", effect=ChoiceEffect.REJECT)
    with pytest.raises(ValidationError, match="go_on has none"):
        choice("yes", text=TEXT)
