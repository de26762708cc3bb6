"""The app's name in the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Named for people."""

    name = "people"
    verbose_name = _("People and places")
