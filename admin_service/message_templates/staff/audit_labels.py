"""What the audit trail calls what happens to messages' texts."""

from django.utils.translation import gettext_lazy as _

from message_templates.models import KIND_LABELS
from staffkit.audit_labels import AuditLabels, register

register(
    AuditLabels(
        subjects={
            "template": _("message template"),
        },
        actions={
            "restored": _("restored"),
        },
        fields={
            "text_version": _("version"),
        },
        choices={"kind": dict(KIND_LABELS)},
    )
)
