"""Automatic messages: what is due to whom, and when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    """The app's name in the desk."""

    name = "reminders"
    verbose_name = _("Reminders")
