"""What the audit trail calls what happens to announcements."""

from django.utils.translation import gettext_lazy as _

from staffkit.audit_labels import AuditLabels, register

register(
    AuditLabels(
        subjects={
            "broadcast": _("broadcast"),
            "chat": _("announcement chat"),
        },
        actions={
            "started": _("started"),
            "scheduled": _("scheduled"),
            "paused": _("paused"),
            "resumed": _("resumed"),
        },
        fields={
            "tag": _("tag"),
            "chat_id": _("chat id"),
            "thread_id": _("topic"),
            "send_at": _("to be sent"),
        },
    )
)
