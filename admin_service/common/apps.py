"""Starts logging with the process."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.processes import logs


class CommonConfig(AppConfig):
    """What all parts of the admin service share."""

    name = "common"
    verbose_name = _("Behind the scenes")

    def ready(self) -> None:
        """Configure logging."""
        logs.configure(settings.ENV.log_level, settings.ENV.log_format)
