"""What the audit trail calls what happens to rules of reminders."""

from django.utils.translation import gettext_lazy as _

from reminders.models import KIND_LABELS
from staffkit.audit_labels import AuditLabels, register

register(
    AuditLabels(
        subjects={
            "reminder_rule": _("reminder rule"),
            "staff_chat": _("staff's chat"),
        },
        fields={
            "is_on": _("is sent"),
            "at": _("at"),
            "minutes": _("minutes"),
        },
        choices={"kind": dict(KIND_LABELS)},
    )
)
