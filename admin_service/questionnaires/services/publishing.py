"""Saving drafts and publishing versions of them. Every change is one transaction with its audit entry."""

import json
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from common import audit, clock, correlation
from common.models import StampedModel
from common.mongo import Document, collection, current_session, in_transaction
from common.refusals import RefusedError
from messaging import caches
from questionnaires.models import Choice, Question, Questionnaire, QuestionnaireVersion
from questionnaires.services.draft import Draft
from questionnaires.services.reading import version_content
from shared_contracts.notification import CacheName
from shared_contracts.questionnaire import QuestionnaireView

Rows = Sequence[Question | Choice]

# Not its position: someone may be ordering the questions at this moment.
_WRITTEN_ON_ITS_PAGE = [
    field.name
    for field in Question._meta.concrete_fields
    if field.editable and not field.primary_key and field.name not in {"questionnaire", "position"}
]


def save_draft(questionnaire: Questionnaire, changed: Rows, gone: Rows, *, actor: str) -> None:
    """Save a questionnaire's title and its changed or new questions; drop those gone."""
    adding = questionnaire._state.adding

    def work() -> None:
        questionnaire._state.adding = adding  # the driver may run this again after a conflict
        questionnaire.save(update_fields=None if adding else ["title_ru", "title_en"])
        _save_rows(Question, changed, gone, {"questionnaire_id": questionnaire.pk})
        _audit(questionnaire, "created" if adding else "changed", actor)

    in_transaction(work)


def save_question(question: Question, changed: Rows, gone: Rows, *, actor: str) -> None:
    """Save an existing question and its choices."""

    def work() -> None:
        question.save(update_fields=_WRITTEN_ON_ITS_PAGE)
        _save_rows(Choice, changed, gone, {"question_id": question.pk})
        _audit(question.questionnaire, "changed", actor, {"question": question.text_ru})

    in_transaction(work)


def publish(questionnaire: Questionnaire, *, actor: str) -> int:
    """Publish the draft as the next version; candidates who begin from now on are asked that one.

    Returns:
        The version's number.

    Raises:
        RefusedError: one line per problem of the draft, or nothing has changed, or someone else was faster;
            nothing was published.
    """

    def work() -> int:
        draft = Draft(questionnaire)
        problems = draft.problems()
        if problems:
            raise RefusedError({"": "\n".join(problems)})
        if not differs(draft):
            raise RefusedError({"": _("Nothing has changed since the published version.")})
        return _publish(questionnaire, draft.content(), actor)

    return in_transaction(work)


def differs(draft: Draft) -> bool:
    """Whether candidates would be asked something else than now."""
    published = draft.questionnaire.published_version
    content = version_content(draft.questionnaire.pk, published) if published else None
    return content is None or _unversioned(json.loads(content)) != draft.content()


def _publish(questionnaire: Questionnaire, content: Document, actor: str) -> int:
    now, number = clock.now(), (questionnaire.published_version or 0) + 1
    view = QuestionnaireView.model_validate_json(json.dumps({**content, "version": number}))
    # Two who publish at once: the condition lets one through.
    raised = collection("questionnaires").update_one(
        {"_id": questionnaire.pk, "published_version": questionnaire.published_version},
        {"$set": {"published_version": number, "updated_at": now}},
        session=current_session(),
    )
    if not raised.matched_count:
        raise RefusedError({"": _("Someone has just published it. Look again.")})
    QuestionnaireVersion.objects.create(
        questionnaire_id=questionnaire.pk,
        number=number,
        published_at=now,
        published_by=actor,
        content=view.model_dump_json(),
    )
    _audit(questionnaire, "published", actor, {"published_version": number})
    caches.invalidate(CacheName.EVENTS)
    return number


def _unversioned(content: Document) -> Document:
    return {name: value for name, value in content.items() if name != "version"}


def _save_rows(model: type[Question] | type[Choice], changed: Rows, gone: Rows, parent: dict[str, Any]) -> None:
    """Save the rows of one parent, drop those gone, and number them from 0 in their order."""
    rows: Any = model.objects
    for row in changed:
        for name, value in parent.items():
            setattr(row, name, value)
        row.save()
    rows.filter(pk__in=[row.pk for row in gone]).delete()
    for position, row in enumerate(sorted(rows.filter(**parent), key=lambda item: (item.position, item.pk))):
        if row.position != position:
            rows.filter(pk=row.pk).update(position=position)


def _audit(document: StampedModel, action: str, actor: str, after: dict[str, Any] | None = None) -> None:
    entry = audit.entry(
        "questionnaire",
        str(document.pk),
        action,
        actor=f"staff:{actor}",
        via="desk",
        now=clock.now(),
        correlation_id=correlation.current(),
        after=after,
    )
    audit.add([entry])
