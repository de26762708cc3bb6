"""What chat tells about questionnaires (``admin.dialog.command``, R9)."""

from datetime import datetime

import structlog
from bson import ObjectId

from common import audit
from common.mongo import Document, collection, current_session
from messaging import caches, outbox
from messaging.dialogs import DialogAnswer
from people.models import NAME_LENGTH, name_words
from questionnaires.models import REJECTED
from questionnaires.services import answering
from questionnaires.services.answering import MismatchError, Submission, Walked, walk
from questionnaires.services.names import first_and_last
from questionnaires.services.reading import latest_answers, version_view
from shared_contracts.dialog import DialogOutcome, QuestionnaireAnswered
from shared_contracts.fields import Bilingual
from shared_contracts.notification import CacheName
from shared_contracts.questionnaire import QuestionKind

log = structlog.get_logger(__name__)


def store_answers(item: QuestionnaireAnswered, now: datetime) -> DialogAnswer:
    """Check and keep a candidate's answers, in the transaction under way.

    They may be of any version ever published: a candidate midway finishes the version begun. Someone who was rejected
    stays so until staff let them answer again. A city that was closed a moment ago is none to come to: they choose
    anew.
    """
    candidate = _find("users", {"telegram_id": item.user_telegram_id})
    event = _find("interview_events", {"_id": ObjectId(item.event_id)})
    if candidate is None or not candidate["is_allowed"]:
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id)
    if event is None:
        return DialogAnswer(DialogOutcome.NOT_ALLOWED, event_id=item.event_id, closed="event")
    before = latest_answers(candidate["_id"], event["_id"])
    if before and before["status"] == REJECTED:
        reason = Bilingual.model_validate(before["reason"])
        return DialogAnswer(DialogOutcome.REJECTED, event_id=item.event_id, reason=reason)
    cities = answering.city_names()
    try:
        walked = _walk(item, cities)
    except MismatchError as error:
        log.warning("answers do not fit", message_id=str(item.message_id), why=str(error))
        return DialogAnswer(DialogOutcome.FAILED, event_id=item.event_id)
    if walked.reason is None and answering.is_city_closed(walked.value_of(QuestionKind.CITY)):
        return DialogAnswer(DialogOutcome.FAILED, event_id=item.event_id, closed="city")  # it is asked again
    submission = Submission(candidate, event, item.questionnaire_id, item.version, now, item.correlation_id)
    answering.store(submission, walked, cities)
    _learn(submission, walked)
    outcome = DialogOutcome.REJECTED if walked.reason else DialogOutcome.PASSED
    return DialogAnswer(outcome, event_id=item.event_id, reason=walked.reason)


def _walk(item: QuestionnaireAnswered, cities: dict[str, str]) -> Walked:
    view = version_view(item.questionnaire_id, item.version)
    if view is None:
        raise MismatchError("no such version")
    return walk(view.questions, item.answers, item.rejected_by, cities)


def _learn(submission: Submission, walked: Walked) -> None:
    """Put the city and the name they gave on the allow list.

    The city always: it is where they want to come. The name only where the list has none: what staff wrote down, or
    somebody's own name in Telegram, is not replaced by what may be a slip.
    """
    candidate, now = submission.candidate, submission.answered_at
    told = _told(candidate, walked)
    new = {name: value for name, value in told.items() if value != candidate[name]}
    if not new:
        return
    changed = {**new, "words": name_words({**candidate, **new}), "listed_at": now, "updated_at": now}
    collection("users").update_one({"_id": candidate["_id"]}, {"$set": changed}, session=current_session())
    entry = audit.entry(
        "candidate",
        str(candidate["_id"]),
        "told",
        actor=f"candidate:{candidate['telegram_id']}",
        via="chat",
        now=now,
        correlation_id=submission.correlation_id,
        before={"city_id": str(candidate["city_id"]) if candidate["city_id"] else None},
        after={"city_id": str(city) if (city := new.get("city_id", candidate["city_id"])) else None},
    )
    audit.add([entry])
    outbox.add([caches.invalidation(CacheName.ALLOWED_USERS, correlation_id=submission.correlation_id)])


def _told(candidate: Document, walked: Walked) -> Document:
    told: Document = {}
    if city := walked.value_of(QuestionKind.CITY):
        told["city_id"] = ObjectId(city)
    if full_name := walked.value_of(QuestionKind.FULL_NAME):
        first, last = first_and_last(full_name, candidate["first_name"])
        told["first_name"] = candidate["first_name"] or first[:NAME_LENGTH]
        told["last_name"] = candidate["last_name"] or last[:NAME_LENGTH]
    return told


def _find(name: str, query: Document) -> Document | None:
    return collection(name).find_one(query, session=current_session())
