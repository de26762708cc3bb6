"""What the audit trail calls what happens to questionnaires and their answers."""

from django.utils.translation import gettext_lazy as _

from questionnaires.models import STATUS_LABELS
from staffkit.audit_labels import AuditLabels, named_in, register

register(
    AuditLabels(
        subjects={
            "questionnaire": _("questionnaire"),
            "answers": _("answers"),
        },
        actions={
            "published": _("published"),
            "answered": _("answered"),
            "let_again": _("let answer again"),
            "told": _("told in the questionnaire"),
        },
        fields={
            "questionnaire_id": _("questionnaire"),
            "question": _("question"),
            "questionnaire_version": _("version"),
            "published_version": _("published version"),
            "current": _("counts"),
        },
        choices={"status": dict(STATUS_LABELS)},
        names={"questionnaire_id": named_in("questionnaires", "title_ru")},
    )
)
