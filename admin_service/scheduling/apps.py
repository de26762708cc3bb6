"""The app's name in the desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    """Named for people."""

    name = "scheduling"
    verbose_name = _("Interviews")
