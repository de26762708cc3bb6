"""The app's pages in the desk: Django looks for them here."""

from questionnaires.staff import audit_labels, timeline
from questionnaires.staff.answers import AnswersAdmin
from questionnaires.staff.questionnaires import QuestionnaireAdmin
from questionnaires.staff.questions import QuestionAdmin

__all__ = ["AnswersAdmin", "QuestionAdmin", "QuestionnaireAdmin", "audit_labels", "timeline"]
