"""The desk: what all staff pages share, the dashboard, roles."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    """Roles are made after migrations, when the permissions they consist of exist."""

    name = "desk"

    def ready(self) -> None:
        """Connect the making of roles; put the dashboard on the index page."""
        from django.contrib import admin

        from desk.roles import make_roles

        post_migrate.connect(make_roles, sender=self, dispatch_uid="desk.roles")
        admin.site.index_template = "desk/index.html"
