"""Reading published versions and stored answers."""

from collections.abc import Collection, Iterable
from datetime import date

from bson import ObjectId
from django.utils import translation
from django.utils.formats import date_format

from common.mongo import Document, collection, current_session
from questionnaires.models import PASSED
from shared_contracts.card import CardAnswer
from shared_contracts.directory import QuestionnaireRef, Screening, ScreeningStatus
from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import Answer, Question, QuestionKind, QuestionnaireView, choice_of
from shared_contracts.transport.envelope import MAX_BODY_BYTES

LANGUAGES = ("ru", "en")
NOTHING = "—"
CARD_BYTES = MAX_BODY_BYTES // 2
CUTS = (300, 100, 50)
"""Characters of a text, tried one after the other: thirty answers of fifty fit whatever their letters are."""


def version_content(questionnaire_id: str | ObjectId, number: int) -> str | None:
    """A published version as JSON of ``QuestionnaireView``; None where there is none."""
    row = collection("questionnaire_versions").find_one(
        {"questionnaire_id": ObjectId(questionnaire_id), "number": number}, {"content": 1}, session=current_session()
    )
    return str(row["content"]) if row else None


def version_view(questionnaire_id: str | ObjectId, number: int) -> QuestionnaireView | None:
    """A published version; None where there is none."""
    content = version_content(questionnaire_id, number)
    return QuestionnaireView.model_validate_json(content) if content else None


def published(ids: Iterable[ObjectId | None]) -> dict[ObjectId, QuestionnaireRef]:
    """The versions that are asked now, by questionnaire; those never published are left out."""
    wanted = [item for item in ids if item]
    query = {"_id": {"$in": wanted}, "published_version": {"$ne": None}}
    rows = collection("questionnaires").find(query, session=current_session()) if wanted else ()
    return {row["_id"]: QuestionnaireRef(id=str(row["_id"]), version=row["published_version"]) for row in rows}


def current_answers(candidate_ids: Iterable[ObjectId], event_ids: Iterable[ObjectId]) -> Document:
    """The MongoDB condition of the answers that count now; served by ``answers_current``."""
    return {"candidate_id": {"$in": list(candidate_ids)}, "current": True, "event_id": {"$in": list(event_ids)}}


def screened(candidate_ids: Iterable[ObjectId], event_ids: Iterable[ObjectId]) -> set[tuple[str, str]]:
    """Which of the people have passed which of the events' questionnaires: (candidate id, event id)."""
    query = {**current_answers(candidate_ids, event_ids), "status": PASSED}
    rows = collection("questionnaire_answers").find(query, session=current_session())
    return {(str(row["candidate_id"]), str(row["event_id"])) for row in rows}


def screening(telegram_id: int, event_id: str) -> Screening:
    """How far a person is with an event's questionnaire. A newer version asks nobody again who has passed."""
    none = Screening(event_id=event_id, status=ScreeningStatus.NONE)
    event = collection("interview_events").find_one({"_id": ObjectId(event_id)}, {"questionnaire_id": 1})
    person = collection("users").find_one({"telegram_id": telegram_id}, {"_id": 1})
    if not event or not event["questionnaire_id"] or not person:
        return none
    row = latest_answers(person["_id"], ObjectId(event_id))
    if row is None:
        return none
    reason = Bilingual.model_validate(row["reason"]) if row["reason"] else None
    return Screening(
        event_id=event_id, status=ScreeningStatus(row["status"]), version=row["version"], reason=reason
    )  # fmt: skip


def latest_answers(candidate_id: ObjectId, event_id: ObjectId) -> Document | None:
    """The document of the answers that count for a candidate and an event."""
    return collection("questionnaire_answers").find_one(
        current_answers([candidate_id], [event_id]), session=current_session()
    )


def card_answers(of: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[CardAnswer]]:
    """Questions and answers as people read them, in order, for recruiters' cards; none where nothing was asked.

    Choices are their labels, cities their names, dates written out; a clarification follows its choice. Texts are cut
    short where together they would not fit a message between the services.

    Args:
        of: ids of candidates and events. All are read in one go: one by one they were half of a batch's time.
    """
    candidates, events = ({ObjectId(pair[place]) for pair in of} for place in (0, 1))
    rows = collection("questionnaire_answers").find(current_answers(candidates, events), session=current_session())
    found = {(str(row["candidate_id"]), str(row["event_id"])): row["answers"] for row in rows}
    return {pair: _fitting([CardAnswer.model_validate(item) for item in found.get(pair, [])]) for pair in of}


def _fitting(answers: list[CardAnswer]) -> list[CardAnswer]:
    for most in CUTS:
        if sum(len(item.model_dump_json().encode()) for item in answers) <= CARD_BYTES:
            break
        answers = [CardAnswer(question=_cut(it.question, most), answer=_cut(it.answer, most)) for it in answers]
    return answers


def _cut(text: Bilingual, most: int) -> Bilingual:
    """Each language's text in at most ``most`` characters."""
    texts = {
        name: value if len(value) <= most else f"{value[: most - 1]}…" for name, value in text.model_dump().items()
    }
    return Bilingual(**texts)


def readable(question: Question, answer: Answer, cities: dict[str, str]) -> CardAnswer:
    """A question and its answer in both languages; ``cities``: names by id."""
    texts = {language: _format_answer(question, answer, cities, language) for language in LANGUAGES}
    return CardAnswer(question=question.text, answer=Bilingual(**texts))


def _format_answer(question: Question, answer: Answer, cities: dict[str, str], language: str) -> str:
    if not answer.value:
        return NOTHING
    if question.kind is QuestionKind.CITY:
        return cities.get(answer.value, NOTHING)
    if question.kind is QuestionKind.DATE:
        with translation.override(language):
            return date_format(date.fromisoformat(answer.value), "j E Y")
    choice = choice_of(question, answer.value)
    shown = choice.label.in_(language) if choice else answer.value
    return f"{shown}: {answer.clarification}" if answer.clarification else shown
