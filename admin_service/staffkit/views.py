"""Helpers of all views: who asks, for which document, and how a page is shown."""

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import models
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from staffkit.choices import name_the_empty_choice, say_what_is_missing
from staffkit.sending.once import new_key
from staffkit.sending.sealed import seal


def login(request: HttpRequest) -> str:
    """The staff login that acts."""
    return str(request.user.get_username())


def user_of(request: HttpRequest) -> User:
    """Who asks; the admin site has seen to it that somebody is logged in."""
    assert isinstance(request.user, User)
    return request.user


def may(request: HttpRequest, *permissions: str) -> bool:
    """Whether who asks has one of these permissions, each as ``app.codename``."""
    user: Any = request.user
    return any(user.has_perm(name) for name in permissions)


def find(model: type[models.Model], object_id: str) -> Any:
    """The document, or a 404 page; a garbled id is no document's."""
    try:
        found = model._default_manager.filter(pk=ObjectId(object_id)).first()
    except InvalidId:
        found = None
    if found is None:
        raise Http404
    return found


def page_of(document: models.Model) -> str:
    """The address of a document's page."""
    return reverse(f"admin:{document._meta.app_label}_{document._meta.model_name}_change", args=[document.pk])


def page(
    admin: Any,
    request: HttpRequest,
    template: str,
    *,
    title: Any,
    obj: models.Model | None = None,
    agreed: Any = None,
    **context: Any,
) -> HttpResponse:
    """Render a page of an admin in the desk's frame, with a one-time key.

    Args:
        agreed: what the person confirms by pressing; sealed, for ``is_as_shown``.
    """
    if isinstance(form := context.get("form"), BaseForm):
        name_the_empty_choice(form)
        say_what_is_missing(form, request)
    every = {
        **admin.admin_site.each_context(request),
        "opts": admin.model._meta,
        "title": title,
        "original": obj,
        "media": admin.media,
        "once": new_key(request),
        "sealed": "" if agreed is None else seal(request, agreed),
        **context,
    }
    return render(request, template, every)


def tell_outcome(request: HttpRequest, good: bool, text: str) -> None:
    """Say what came of it on the next page."""
    messages.add_message(request, messages.SUCCESS if good else messages.ERROR, text)


def outward(address: str) -> str:
    """A link out of the desk, called by its address without what every address begins with; empty where there is none.

    ``address``: as its model's field has checked it.
    """
    if not address:
        return ""
    text = '<a class="desk-link" href="{}" target="_blank" rel="noreferrer">{}</a>'
    return format_html(text, address, address.removeprefix("https://"))
