"""Choices of one among documents."""

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _


def name_the_empty_choice(form: forms.BaseForm) -> None:
    """Where nothing is chosen yet the list says so in a word; Django's draws a line."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = _("not chosen")
