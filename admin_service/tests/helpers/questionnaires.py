"""A questionnaire of every kind of question, and answers as chat sends them."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from common import clock
from people.models import Candidate, City
from questionnaires.models import Choice, Question, Questionnaire
from questionnaires.services.publishing import publish, save_draft, save_question
from scheduling.models import InterviewEvent
from shared_contracts.dialog import QuestionnaireAnswered
from shared_contracts.questionnaire import Answer
from shared_contracts.requests import ReplyTo

STAFF = "anna"


@dataclass
class Made:
    """A questionnaire with its questions and choices by short names."""

    questionnaire: Questionnaire
    questions: dict[str, Question]
    choices: dict[str, Choice]

    def fresh(self) -> Questionnaire:
        """As it is stored now."""
        return Questionnaire.objects.get(pk=self.questionnaire.pk)

    def change(self, name: str, **fields: Any) -> None:
        """Staff change a question of the draft."""
        question = Question.objects.get(pk=self.questions[name].pk)
        for field, value in fields.items():
            setattr(question, field, value)
        save_question(question, [], [], actor=STAFF)

    def change_choice(self, name: str, **fields: Any) -> None:
        """Staff change a choice of the draft."""
        choice = Choice.objects.get(pk=self.choices[name].pk)
        for field, value in fields.items():
            setattr(choice, field, value)
        save_question(choice.question, [choice], [], actor=STAFF)

    def publish(self) -> int:
        """Staff press Publish."""
        return publish(self.fresh(), actor=STAFF)

    def answers(self, where: City, **changes: Any) -> list[Answer]:
        """What passes: five years of experience, in ``where``. ``changes``: values by name; None leaves one out."""
        values = {
            "experience": self.choices["yes"].key,
            "years": "5",
            "city": str(where.pk),
            "name": "Петрова Мария Ивановна",
            "since": "2026-12-31",
            **changes,
        }
        return [self.answer(name, value) for name, value in values.items() if value is not None]

    def answer(self, name: str, value: str, clarification: str | None = None) -> Answer:
        """An answer to one question."""
        return Answer(key=self.questions[name].key, value=value, clarification=clarification)


def make_draft() -> Made:
    """Experience (yes, other to be clarified, no is rejected), years if yes (not below 2), city, name, a date."""
    questionnaire = Questionnaire(title_ru="Анкета", title_en="Questions")
    questions = {
        "experience": _question("Есть опыт?", "Any experience?", "choice"),
        "years": _question(
            "Сколько лет?",
            "How many years?",
            "number",
            least=0,
            most=60,
            reject_below=2,
            reject_reason_ru="Нужны два года",
            reject_reason_en="Two years are needed",
        ),
        "city": _question("Какой город?", "Which city?", "city"),
        "name": _question("Как вас зовут?", "Your name?", "full_name"),
        "since": _question("С какого дня?", "From when?", "date", optional=True, earliest=date(2026, 1, 1)),
    }
    save_draft(questionnaire, list(questions.values()), [], actor=STAFF)
    choices = {
        "yes": Choice(label_ru="Да", label_en="Yes"),
        "other": Choice(label_ru="Другой", label_en="Other", effect="clarify", text_ru="Какой?", text_en="Which?"),
        "no": Choice(label_ru="Нет", label_en="No", effect="reject", text_ru="Нужен опыт", text_en="It is needed"),
    }
    save_question(questions["experience"], list(choices.values()), [], actor=STAFF)
    made = Made(questionnaire, questions, choices)
    made.change("years", asked_if_choice=choices["yes"])
    return made


def make_published() -> Made:
    """The same, published as version 1."""
    made = make_draft()
    made.publish()
    return made


def answered(
    person: Candidate, event: InterviewEvent, made: Made, answers: list[Answer], **fields: Any
) -> QuestionnaireAnswered:
    """A person comes to the questionnaire's end in chat."""
    values = {"version": 1, "rejected_by": None, **fields}
    return QuestionnaireAnswered(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=person.telegram_id,
        reply=ReplyTo(chat_id=person.telegram_id, message_id=7),
        event_id=str(event.pk),
        questionnaire_id=str(made.questionnaire.pk),
        answers=answers,
        **values,
    )


def _question(text_ru: str, text_en: str, kind: str, **fields: Any) -> Question:
    return Question(text_ru=text_ru, text_en=text_en, kind=kind, **fields)
