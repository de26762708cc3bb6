"""The desk: what all staff pages share, and the dashboard."""

from django.apps import AppConfig


class StaffkitConfig(AppConfig):
    """Puts the dashboard on the index page."""

    name = "staffkit"

    def ready(self) -> None:
        """Name the template."""
        from django.contrib import admin

        admin.site.index_template = "backoffice/index.html"
