"""Texts of Django's that the desk says in words of its own: Django's Russian takes every noun for a masculine one."""

from django.utils.translation import gettext_noop

BORROWED = (
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("You may edit it again below."),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("Save and add another"),
    gettext_noop("Save and continue editing"),
    gettext_noop("Save and view"),
    gettext_noop("%(app)s administration"),
    gettext_noop("You have been successfully logged out from the administration"),
    gettext_noop("Thanks for spending some quality time with the web site today."),
)
