"""What the audit trail calls what happens to people and places."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staffkit.audit_labels import AuditLabels, named_in, register

register(
    AuditLabels(
        subjects={
            "candidate": _("candidate"),
            "city": _("city"),
            "office": _("office"),
            "recruiter": _("recruiter"),
            "invitation": _("invitation"),
            "contact": _("default contact"),
        },
        actions={
            "joined": _("came in"),
            "used": _("used"),
            "revoked": _("revoked"),
            "calendar_made": _("a calendar address made"),
            "calendar_replaced": _("the calendar address replaced"),
            "calendar_revoked": _("the calendar address taken back"),
        },
        fields={
            "is_allowed": _("on the allow list"),
            "telegram_id": _("Telegram id"),
            "deputy_id": _("deputy"),
            "timezone": _("time zone"),
        },
        fields_of={
            ("recruiter", "name"): pgettext_lazy("a person's", "name"),
        },
        choices={"role": {"candidate": _("candidate"), "recruiter": _("recruiter")}},
        names={
            "recruiter_id": named_in("recruiters"),
            "deputy_id": named_in("recruiters"),
            "city_id": named_in("cities"),
            "office": named_in("offices"),
        },
    )
)
