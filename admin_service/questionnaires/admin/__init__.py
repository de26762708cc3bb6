"""Staff pages about questionnaires."""

from questionnaires.admin.answers import AnswersAdmin
from questionnaires.admin.questionnaires import QuestionnaireAdmin
from questionnaires.admin.questions import QuestionAdmin

__all__ = ["AnswersAdmin", "QuestionAdmin", "QuestionnaireAdmin"]
