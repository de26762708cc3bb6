"""The app's name in the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """Named for people."""

    name = "messaging"
    verbose_name = _("Behind the scenes")
