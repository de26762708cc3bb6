"""A questionnaire as a candidate would meet it, both languages side by side."""

from typing import Any

from django.utils.translation import gettext as _

from common.mongo import Document
from questionnaires.models import KIND_LABELS
from questionnaires.services.reading import LANGUAGES
from staffkit.clocks import format_day

_KINDS = dict(KIND_LABELS)


def preview(content: Document, language: str) -> list[dict[str, Any]]:
    """The questions in order.

    Args:
        content: in the shape of ``QuestionnaireView``; a draft's texts may be missing.
        language: of the reader, for what is said about the questions.
    """
    questions = content["questions"]
    return [
        {
            "number": _("%(number)s of %(all)s") % {"number": number, "all": len(questions)},
            "kind": _KINDS[question["kind"]],
            "optional": question["optional"],
            "only_if": _only_if(question, questions, language),
            "limits": _limits(question),
            "rejects": _rejects(question),
            "sides": [_side(question, side) for side in LANGUAGES],
        }
        for number, question in enumerate(questions, 1)
    ]


def _side(question: Document, language: str) -> dict[str, Any]:
    texts = {name: _text(question[name], language) for name in ("text", "hint", "example", "reject_reason")}
    choices = [
        {
            "label": _text(choice["label"], language),
            "effect": choice["effect"],
            "text": _text(choice["text"], language),
        }
        for choice in question["choices"]
    ]
    return {"language": language, **texts, "choices": choices}


def _text(both: Document | None, language: str) -> str:
    return str(both[language]) if both else ""


def _only_if(question: Document, questions: list[Document], language: str) -> str:
    condition = question["asked_if"]
    if not condition:
        return ""
    before = next(item for item in questions if item["key"] == condition["question"])
    labels = [_text(item["label"], language) for item in before["choices"] if item["key"] in condition["choices"]]
    return f"{_text(before['text'], language)} — {', '.join(labels)}"


def _limits(question: Document) -> str:
    said = []
    for name, text in (("least", _("at least %(value)s")), ("most", _("at most %(value)s"))):
        if question[name] is not None:
            said.append(text % {"value": question[name]})
    for name, text in (("earliest", _("not before %(value)s")), ("latest", _("not after %(value)s"))):
        if question[name] is not None:
            said.append(text % {"value": format_day(question[name])})
    return ", ".join(said)


def _rejects(question: Document) -> str:
    said = []
    for name, text in (("reject_below", _("below %(value)s")), ("reject_above", _("above %(value)s"))):
        if question[name] is not None:
            said.append(text % {"value": question[name]})
    return ", ".join(said)
