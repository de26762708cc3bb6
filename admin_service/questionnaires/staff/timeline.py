"""What people answered, for their timelines."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.mongo import Document
from questionnaires.staff.answer_texts import shown
from staffkit.timeline import Happening, Source, Whose, register


def _theirs(whose: Whose) -> Document:
    return {"candidate_id": {"$in": list(whose.ids)}}


def _answers(rows: Sequence[Document], whose: Whose) -> list[Happening]:
    return [_shown(row) for row in rows]


def _shown(row: Document) -> Happening:
    read = shown(row)
    lines = [f"{question} — {answer}" for question, answer in read["rows"]]
    reason = [f"💬 {read['reason']}"] if read["reason"] else []
    what = _("answers to the questionnaire: %(result)s") % {"result": read["status"]}
    return Happening(
        row["_id"], row["answered_at"], what, "quiz", about=read["event"], lines=[*lines, *reason], link=read["link"]
    )


register(Source("answers", "questionnaire_answers", "answered_at", _theirs, _answers))
