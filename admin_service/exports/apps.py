"""The app's name in the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Named for people."""

    name = "exports"
    verbose_name = _("Behind the scenes")
