"""What all staff pages share."""

from django.apps import AppConfig


class StaffkitConfig(AppConfig):
    """Templates, styles and texts of the desk's frame."""

    name = "staffkit"
