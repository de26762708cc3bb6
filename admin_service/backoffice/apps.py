"""What stands above the apps: roles and logins."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    """The last of the installed apps: when its signal comes, the permissions of all others exist."""

    name = "backoffice"
    verbose_name = _("Behind the scenes")

    def ready(self) -> None:
        """Show the dashboard first; watch changes of logins; have roles made.

        An app without models is never sent ``post_migrate``.
        """
        from django.contrib import admin

        from backoffice.services import auditing
        from backoffice.services.roles import make_roles

        admin.site.index_template = "backoffice/index.html"
        auditing.connect()
        post_migrate.connect(make_roles, sender=self, dispatch_uid="backoffice.services.roles")
