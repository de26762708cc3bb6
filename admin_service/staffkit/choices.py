"""Choices of one among documents."""

from django import forms
from django.contrib import admin
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from staffkit.who_can import who_adds


def name_the_empty_choice(form: forms.BaseForm) -> None:
    """Where nothing is chosen yet the list says so in a word; Django's draws a line."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == BLANK_CHOICE_DASH[0][1]:
            field.empty_label = _("not chosen")


def say_what_is_missing(form: forms.BaseForm, request: HttpRequest) -> None:
    """Beneath a list that has nothing to choose, how something comes to be there: a link, or who can."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and not field.queryset.exists():
            missing = how_to_add(field.queryset.model, request)
            text = format_html("{} {}", _now("There is nothing to choose yet."), missing)
            field.help_text = format_html("{} {}", text, field.help_text) if field.help_text else text


def how_to_add(model: type, request: HttpRequest) -> str:
    """A link to where one is added, for who may; else who can; empty where that is done on no page of its own."""
    page = admin.site._registry.get(model)
    if page is None:
        return ""
    if not page.has_add_permission(request):
        return who_adds()
    address = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_add")
    return format_html('<a class="desk-link" href="{}">{}</a>', address, _now("Add one"))
