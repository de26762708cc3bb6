"""What stands above the apps: roles and logins."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    """The last of the installed apps: when its signal comes, the permissions of all others exist."""

    name = "backoffice"
    verbose_name = _("Behind the scenes")

    def ready(self) -> None:
        """Connect the making of roles. An app without models is never sent ``post_migrate``; this one has some."""
        from backoffice.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="backoffice.roles")
