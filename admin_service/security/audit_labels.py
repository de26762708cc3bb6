"""What the audit trail calls what happens to logins at the front door; the page about logins imports it."""

from django.utils.translation import gettext_lazy as _

from staffkit.audit_labels import AuditLabels, register

VISITS = frozenset(
    {
        *("logged_in", "logged_out", "login_failed", "login_locked"),
        *("code_failed", "code_locked", "session_over", "sessions_ended"),
    }
)
"""What is done at the front door: it changes nothing of a login."""

register(
    AuditLabels(
        subjects={
            "login": _("staff login"),
        },
        actions={
            "logged_in": _("logged in"),
            "logged_out": _("logged out"),
            "login_failed": _("a wrong password"),
            "login_locked": _("held up after too many wrong passwords"),
            "code_failed": _("a wrong code"),
            "code_locked": _("held up after too many wrong codes"),
            "second_step_on": _("the second step turned on"),
            "second_step_off": _("the second step turned off"),
            "second_step_reset": _("the second step taken away"),
            "recovery_code_used": _("a recovery code used"),
            "recovery_codes_renewed": _("new recovery codes"),
            "session_over": _("the session ended, nobody was there"),
            "sessions_ended": _("sessions ended"),
        },
        fields={
            "address": _("address"),
            "browser": _("browser"),
            "sessions": _("how many"),
            "left": _("left"),
        },
    )
)
