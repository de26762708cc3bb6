"""Taking a candidate's answers: checked again by the rules that chat asked by, then stored, once and for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import Int64, ObjectId
from django.utils.translation import gettext as _

from common import audit
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from common.texts.names import name_in
from questionnaires.models import PASSED, REJECTED
from questionnaires.services.reading import readable
from shared_contracts.fields import Bilingual
from shared_contracts.questionnaire import (
    Answer,
    ChoiceEffect,
    Question,
    QuestionKind,
    WrongAnswerError,
    choice_of,
    next_question,
    read_answer,
    rejection,
)


class MismatchError(ValueError):
    """The answers do not fit the version they are said to be of. Says nothing of their content."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The way through a version. ``reason``: what the rejected are told, None for who passed."""

    steps: Sequence[tuple[Question, Answer]]
    reason: Bilingual | None

    @property
    def status(self) -> str:
        """Passed or rejected."""
        return REJECTED if self.reason else PASSED

    def value_of(self, kind: QuestionKind) -> str:
        """The last answer to a question of that kind; empty if none was given."""
        return next((answer.value for question, answer in reversed(self.steps) if question.kind is kind), "")


@dataclass(frozen=True, slots=True)
class Submission:
    """Who answered what, when (aware UTC) and in which request."""

    candidate: Document
    event: Document
    questionnaire_id: str
    version: int
    answered_at: datetime
    correlation_id: str


def walk(
    questions: Sequence[Question], answers: Sequence[Answer], rejected_by: str | None, cities: Mapping[str, str]
) -> Walked:
    """Go through the questions with the answers, as chat did.

    Answers of a branch that was left again are passed over.

    Args:
        questions: of a published version.
        answers: as they came, in any order.
        rejected_by: the question whose answer ended it, as chat saw it.
        cities: names by id of all cities.

    Raises:
        MismatchError: an answer is missing, unknown, repeated or wrong, or chat saw another end.
    """
    given = {answer.key: answer for answer in answers}
    if len(given) < len(answers) or set(given) - {question.key for question in questions}:
        raise MismatchError("a repeated or unknown question")
    taken: dict[str, Answer] = {}
    steps = []
    reason = None
    while reason is None and (question := next_question(questions, taken)):
        if question.key not in given:
            raise MismatchError(f"no answer to {question.key}")
        answer = given[question.key]
        if not _fits(question, answer, cities):
            raise MismatchError(f"a wrong answer to {question.key}")
        taken[question.key] = answer
        steps.append((question, answer))
        reason = rejection(question, answer)
    if rejected_by != (steps[-1][0].key if reason else None):
        raise MismatchError("another end than in chat")
    return Walked(steps, reason)


def _fits(question: Question, answer: Answer, cities: Mapping[str, str]) -> bool:
    choice = choice_of(question, answer.value)
    clarifies = choice is not None and choice.effect is ChoiceEffect.CLARIFY
    if clarifies != bool(answer.clarification):
        return False
    if not answer.value:
        return question.optional
    if question.kind is QuestionKind.CITY:
        return answer.value in cities
    try:
        return read_answer(question, answer.value) == answer.value
    except WrongAnswerError:
        return False


def store(submission: Submission, walked: Walked, cities: dict[str, str]) -> None:
    """Keep the answers as the ones that count for the candidate and the event; earlier ones become history.

    Runs in the transaction under way.
    """
    candidate, event = submission.candidate, submission.event
    now, session = submission.answered_at, current_session()
    collection("questionnaire_answers").update_many(
        {"candidate_id": candidate["_id"], "current": True, "event_id": event["_id"]},
        {"$set": {"current": False, "updated_at": now}},
        session=session,
    )
    name = name_in(candidate)
    row = {
        "_id": ObjectId(),
        "candidate_id": candidate["_id"],
        "telegram_id": Int64(candidate["telegram_id"]),
        "event_id": event["_id"],
        "questionnaire_id": ObjectId(submission.questionnaire_id),
        "version": submission.version,
        "status": walked.status,
        "current": True,
        "answers": [readable(question, answer, cities).model_dump() for question, answer in walked.steps],
        "raw": [answer.model_dump() for _question, answer in walked.steps],
        "reason": walked.reason.model_dump() if walked.reason else None,
        "answered_at": now,
        "person": name,
        "event": event["title"],
        "search": _search_text(candidate),
        "created_at": now,
        "updated_at": now,
    }
    collection("questionnaire_answers").insert_one(row, session=session)
    facts = {"event_id": str(event["_id"]), "questionnaire_version": submission.version, "status": walked.status}
    actor = f"candidate:{candidate['telegram_id']}"
    entry = audit.entry(
        "answers",
        str(row["_id"]),
        "answered",
        actor=actor,
        via="chat",
        now=now,
        correlation_id=submission.correlation_id,
        after=facts,
    )
    audit.add([entry])


def let_answer_again(answers_id: str, *, actor: str, now: datetime, correlation_id: str) -> None:
    """A rejected person may answer from the start; what they answered stays in the history.

    Raises:
        RefusedError: these answers don't count any more, or did not end in a rejection.
    """

    def work() -> None:
        found = collection("questionnaire_answers").update_one(
            {"_id": ObjectId(answers_id), "current": True, "status": REJECTED},
            {"$set": {"current": False, "updated_at": now}},
            session=current_session(),
        )
        if not found.matched_count:
            raise RefusedError({"": _("Only the latest answers that ended in a rejection can be set aside.")})
        entry = audit.entry(
            "answers",
            answers_id,
            "let_again",
            actor=f"staff:{actor}",
            via="desk",
            now=now,
            correlation_id=correlation_id,
            before={"current": True},
            after={"current": False},
        )
        audit.add([entry])

    in_transaction(work)


def city_names() -> dict[str, str]:
    """Names of all cities by id."""
    rows: Any = collection("cities").find({}, {"name": 1}, session=current_session())
    return {str(row["_id"]): row["name"] for row in rows}


def is_city_closed(city_id: str) -> bool:
    """Whether there are no more interviews in the city, by its id; empty for none."""
    if not city_id:
        return False
    closed = {"_id": ObjectId(city_id), "is_active": False}
    return collection("cities").find_one(closed, {"_id": 1}, session=current_session()) is not None


def follow_person(candidate: Document, now: datetime) -> None:
    """The candidate may be called otherwise by now; in the transaction under way."""
    shown = {"person": name_in(candidate), "search": _search_text(candidate)}
    collection("questionnaire_answers").update_many(
        {"candidate_id": candidate["_id"]}, {"$set": {**shown, "updated_at": now}}, session=current_session()
    )


def _search_text(candidate: Document) -> str:
    return f"{name_in(candidate)} {candidate['username']} {candidate['telegram_id']}"
