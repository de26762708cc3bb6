"""A draft as candidates would be asked it, and what is still wrong with it."""

from typing import Any

from bson import ObjectId
from django.utils.translation import gettext as _

from common.mongo import Document
from questionnaires.models import Choice, Question, Questionnaire
from shared_contracts.questionnaire import ANSWER_CHARACTERS, MOST_CHOICES, MOST_QUESTIONS, ChoiceEffect, QuestionKind

LEAST_CHOICES = 2
_BOUNDS = {
    QuestionKind.TEXT: ("least", "most"),
    QuestionKind.NUMBER: ("least", "most", "reject_below", "reject_above"),
    QuestionKind.DATE: ("earliest", "latest"),
}


class Draft:
    """A questionnaire with its questions and choices, read once."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.questions = list(Question.objects.filter(questionnaire_id=questionnaire.pk).order_by("position", "pk"))
        self.choices: dict[ObjectId, list[Choice]] = {question.pk: [] for question in self.questions}
        rows = Choice.objects.filter(question_id__in=list(self.choices)).order_by("position", "pk")
        for choice in rows:
            self.choices[choice.question_id].append(choice)

    def content(self) -> Document:
        """The draft in the shape of ``QuestionnaireView``, without a version; texts may be missing."""
        return {
            "id": str(self.questionnaire.pk),
            "title": _both(self.questionnaire, "title"),
            "questions": [self._question(question) for question in self.questions],
        }

    def problems(self) -> list[str]:
        """What keeps it from being published, each with the question and the field; none when it is ready."""
        found = _missing(self.questionnaire, "title", _("The questionnaire"))
        if not self.questions:
            found.append(_("The questionnaire: there is no question yet."))
        if len(self.questions) > MOST_QUESTIONS:
            found.append(_("The questionnaire: at most %(most)s questions.") % {"most": MOST_QUESTIONS})
        for number, question in enumerate(self.questions, 1):
            where = _("Question %(number)s, “%(text)s”") % {"number": number, "text": question.text_ru}
            found += [*_wrong_texts(question, where), *_wrong_bounds(question, where)]
            found += [*self._wrong_choices(question, where), *self._wrong_branch(question, where)]
        return found

    def _question(self, question: Question) -> Document:
        kind = QuestionKind(question.kind)
        bounds = {name: getattr(question, name) for name in _BOUNDS.get(kind, ())}
        rejects = bounds.get("reject_below") is not None or bounds.get("reject_above") is not None
        return {
            "key": question.key,
            "kind": kind.value,
            "text": _both(question, "text"),
            "hint": _both(question, "hint"),
            "example": _both(question, "example"),
            "optional": question.optional,
            "choices": [_choice(choice) for choice in self._choices_of(question)],
            **dict.fromkeys(("least", "most", "earliest", "latest", "reject_below", "reject_above")),
            **{name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in bounds.items()},
            "reject_reason": _both(question, "reject_reason") if rejects else None,
            "asked_if": self._asked_if(question),
        }

    def _choices_of(self, question: Question) -> list[Choice]:
        return self.choices[question.pk] if question.kind == QuestionKind.CHOICE else []

    def _asked_if(self, question: Question) -> Document | None:
        before, choice = self._leading(question)
        return {"question": before.key, "choices": [choice.key]} if before and choice else None

    def _leading(self, question: Question) -> tuple[Question | None, Choice | None]:
        """The question and its choice on which this one depends."""
        for before in self.questions:
            for choice in self._choices_of(before):
                if choice.pk == question.asked_if_choice_id:
                    return before, choice
        return None, None

    def _wrong_choices(self, question: Question, where: str) -> list[str]:
        if question.kind != QuestionKind.CHOICE:
            return []
        choices = self.choices[question.pk]
        found = []
        if not LEAST_CHOICES <= len(choices) <= MOST_CHOICES:
            text = _("%(where)s, choices: give from %(least)s to %(most)s.")
            found.append(text % {"where": where, "least": LEAST_CHOICES, "most": MOST_CHOICES})
        for choice in choices:
            place = _("%(where)s, choice “%(label)s”") % {"where": where, "label": choice.label_ru}
            found += _missing(choice, "label", place)
            if choice.effect != ChoiceEffect.GO_ON:
                found += _missing(choice, "text", place)
        for language in ("ru", "en"):
            labels = [label.casefold() for item in choices if (label := getattr(item, f"label_{language}"))]
            if len(set(labels)) < len(labels):
                found.append(_("%(where)s, choices: two buttons say the same.") % {"where": where})
        return found

    def _wrong_branch(self, question: Question, where: str) -> list[str]:
        if question.asked_if_choice_id is None:
            return []
        before, choice = self._leading(question)
        if before is None or self.questions.index(before) >= self.questions.index(question):
            return [_("%(where)s, “only if answered”: give a choice of an earlier question.") % {"where": where}]
        if choice and choice.effect == ChoiceEffect.REJECT:
            return [_("%(where)s, “only if answered”: that choice rejects, nothing is asked after it.")
                    % {"where": where}]  # fmt: skip
        return []


def _choice(choice: Choice) -> Document:
    text = _both(choice, "text") if choice.effect != ChoiceEffect.GO_ON else None
    return {"key": choice.key, "label": _both(choice, "label"), "effect": choice.effect, "text": text}


def _both(row: Any, field: str) -> Document | None:
    texts = {language: getattr(row, f"{field}_{language}").strip() for language in ("ru", "en")}
    return texts if any(texts.values()) else None


def _missing(row: Any, field: str, where: str) -> list[str]:
    """A line for each language in which the text is empty."""
    names = [f"{field}_{language}" for language in ("ru", "en")]
    empty = [name for name in names if not getattr(row, name).strip()]
    labels = [_label(row, name) for name in empty]
    return [_("%(where)s, “%(field)s”: is empty.") % {"where": where, "field": label} for label in labels]


def _wrong_texts(question: Question, where: str) -> list[str]:
    found = _missing(question, "text", where)
    for field in ("hint", "example"):
        if _both(question, field):
            found += _missing(question, field, where)
    rejects = question.reject_below is not None or question.reject_above is not None
    if question.kind == QuestionKind.NUMBER and rejects:
        found += _missing(question, "reject_reason", where)
    return found


def _wrong_bounds(question: Question, where: str) -> list[str]:
    names = _BOUNDS.get(QuestionKind(question.kind), ())
    found = []
    for low, high in (("least", "most"), ("earliest", "latest"), ("reject_below", "reject_above")):
        first, last = (getattr(question, name) if name in names else None for name in (low, high))
        if first is not None and last is not None and first > last:
            label = _label(question, high)
            found.append(_("%(where)s, “%(field)s”: nothing would fit.") % {"where": where, "field": label})
    if question.kind == QuestionKind.TEXT:
        for name in names:
            value = getattr(question, name)
            if value is not None and not 1 <= value <= ANSWER_CHARACTERS:
                label = _label(question, name)
                text = _("%(where)s, “%(field)s”: give 1 to %(most)s characters.")
                found.append(text % {"where": where, "field": label, "most": ANSWER_CHARACTERS})
    return found


def _label(row: Any, field: str) -> str:
    """The field as the form names it."""
    return str(row._meta.get_field(field).verbose_name)
