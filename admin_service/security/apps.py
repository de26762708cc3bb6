"""Logging in: throttled, with a second step where one is set up, in sessions that end."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecurityConfig(AppConfig):
    """Sessions and second steps of staff logins."""

    name = "security"
    verbose_name = _("Logging in")

    def ready(self) -> None:
        """Connect what begins with a login, and what is noted when one fails or somebody logs out."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from security import journal, sessions

        user_logged_in.connect(sessions.begin, dispatch_uid="security.begin")
        user_logged_out.connect(journal.note_logout, dispatch_uid="security.logout")
        user_login_failed.connect(journal.note_failure, dispatch_uid="security.failure")
