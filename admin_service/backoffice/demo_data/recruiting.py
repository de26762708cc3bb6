"""The recruiting flow to try out: a questionnaire, and an interview event that asks it. Staff open the event."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from people.models import Recruiter
from questionnaires.models import Choice, Question, Questionnaire
from questionnaires.services.publishing import publish, save_draft, save_question
from scheduling.models import InterviewEvent
from scheduling.services.slots import SlotDraft, create_slots, save_event
from shared_contracts.questionnaire import ChoiceEffect, QuestionKind

_TIMES = [time(12, 30), time(15, 30), time(18, 0)]
_PLACES = [
    ("Офис на Тверской, 7", "Переговорная 1"),
    ("Офис на Тверской, 7", "Переговорная 3"),
    ("Офис на Светланской, 33", "Кабинет 305"),
]
"""Each recruiter's room."""


def make_recruiting(recruiters: list[Recruiter], days: list[date], *, actor: str) -> None:
    """Make them; the event is closed, so that a first look at the bot meets one event."""
    questionnaire = _make_questionnaire(actor)
    event = InterviewEvent(
        title="Набор в отдел заботы",
        description="Поговорим о вашем опыте и о работе в отделе заботы.",
        description_en="We'll talk about your experience and the work in our care team.",
        is_open=False,
        questionnaire=questionnaire,
        chooses_recruiter=True,
        approval_required=True,
    )
    save_event(event, actor=actor)
    create_slots(str(event.pk), list(_slots(recruiters, days)), actor=actor)


def _make_questionnaire(actor: str) -> Questionnaire:
    made = Questionnaire(title_ru="Анкета кандидата", title_en="Candidate questionnaire")
    questions = [Question(**{**fields, "position": at}) for at, fields in enumerate(_QUESTIONS)]
    save_draft(made, questions, [], actor=actor)
    by_text = {question.text_en: question for question in questions}
    for text, choices in _CHOICES.items():
        rows = [Choice(**{**fields, "position": at}) for at, fields in enumerate(choices)]
        save_question(by_text[text], rows, [], actor=actor)
    years = by_text[_YEARS]
    years.asked_if_choice = Choice.objects.get(question=by_text[_EXPERIENCE], position=0)
    save_question(years, [], [], actor=actor)
    publish(made, actor=actor)
    return made


def _slots(recruiters: list[Recruiter], days: list[date]) -> Iterator[SlotDraft]:
    for day in days:
        for index, (recruiter, (location, room)) in enumerate(zip(recruiters, _PLACES, strict=True)):
            city: Any = recruiter.city
            for start in _TIMES[index % 2 :]:
                yield SlotDraft(
                    starts_at=datetime.combine(day, start, ZoneInfo(city.timezone)),
                    duration_minutes=20,
                    max_users=1,
                    venue={"location": location, "room": room},
                    recruiter_id=str(recruiter.pk),
                    city_id=str(city.pk),
                )


_EXPERIENCE = "Have you worked with customers before?"
_YEARS = "How many years?"
_SCHEDULE = "Which schedule suits you?"
_QUESTIONS: list[dict[str, Any]] = [
    {
        "kind": QuestionKind.FULL_NAME,
        "text_ru": "Как вас зовут? Напишите имя и фамилию.",
        "text_en": "What is your name? First and last, please.",
        "example_ru": "Мария Лебедева",
        "example_en": "Maria Lebedeva",
    },
    {
        "kind": QuestionKind.CITY,
        "text_ru": "В каком городе вам удобно прийти на собеседование?",
        "text_en": "In which city would you come to the interview?",
    },
    {
        "kind": QuestionKind.NUMBER,
        "text_ru": "Сколько вам полных лет?",
        "text_en": "How old are you?",
        "hint_ru": "Напишите число от 14 до 99.",
        "hint_en": "Give a number from 14 to 99.",
        "example_ru": "24",
        "example_en": "24",
        "least": 14,
        "most": 99,
        "reject_below": 18,
        "reject_reason_ru": "Мы оформляем сотрудников с 18 лет. Будем рады видеть вас, когда они исполнятся!",
        "reject_reason_en": "We hire from the age of 18. We will be glad to see you then!",
    },
    {
        "kind": QuestionKind.CHOICE,
        "text_ru": "Вы уже работали с клиентами?",
        "text_en": _EXPERIENCE,
    },
    {
        "kind": QuestionKind.NUMBER,
        "text_ru": "Сколько лет?",
        "text_en": _YEARS,
        "hint_ru": "Напишите целое число; меньше года — 0.",
        "hint_en": "Give a whole number; less than a year is 0.",
        "least": 0,
        "most": 60,
    },
    {
        "kind": QuestionKind.CHOICE,
        "text_ru": "Какой график вам подходит?",
        "text_en": _SCHEDULE,
    },
    {
        "kind": QuestionKind.TEXT,
        "text_ru": "Что нам ещё стоит о вас знать?",
        "text_en": "What else should we know about you?",
        "hint_ru": "До 300 символов.",
        "hint_en": "Up to 300 characters.",
        "most": 300,
        "optional": True,
    },
]
_CHOICES: dict[str, list[dict[str, Any]]] = {
    _EXPERIENCE: [
        {"label_ru": "Да", "label_en": "Yes"},
        {
            "label_ru": "В другой сфере",
            "label_en": "In another field",
            "effect": ChoiceEffect.CLARIFY,
            "text_ru": "Расскажите в двух словах, чем вы занимались.",
            "text_en": "Tell us in a few words what you did.",
        },
        {"label_ru": "Нет, но хочу научиться", "label_en": "No, but I want to learn"},
    ],
    _SCHEDULE: [
        {"label_ru": "Полный день, 5/2", "label_en": "Full time, 5/2"},
        {"label_ru": "Сменный, 2/2", "label_en": "Shifts, 2/2"},
        {
            "label_ru": "Только удалённо",
            "label_en": "Remote only",
            "effect": ChoiceEffect.REJECT,
            "text_ru": "Сейчас мы работаем только в офисе, удалённой работы пока нет.",
            "text_en": "For now we work in the office only; there is no remote work yet.",
        },
    ],
}
