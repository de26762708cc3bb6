"""Saved views: a list's search, filters and order under a name, opened by one click; for oneself or for everybody."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common import clock
from common.mongo import collection
from staffkit.models import NAME_LENGTH, QUERY_LENGTH, SavedView
from staffkit.views import login

MOST = 30
"""Of one login for one list, and so many of others' are shown."""
_NOT_KEPT = ("p", "all", "e", "_export", "_changelist_filters", "_popup", "_to_field")
"""Parameters of a list's address that are no way to look at it."""


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view above its list. ``is_open``: the list is shown so now; ``is_own``: the login may delete it."""

    id: str
    name: str
    query: str
    shared: bool
    is_open: bool
    is_own: bool


class ViewForm(forms.Form):
    """A view to be kept."""

    listed = forms.CharField(max_length=60)
    query = forms.CharField(max_length=QUERY_LENGTH)
    name = forms.CharField(max_length=NAME_LENGTH)
    shared = forms.BooleanField(required=False)


def views_of(request: HttpRequest, model: Any) -> dict[str, Any]:
    """What is shown above a model's list: the login's views and everybody's, by name, and what could be kept now."""
    asked, owner, listed = kept_query(request.GET), login(request), model._meta.label_lower
    mine_or_all = Q(owner=owner) | Q(shared=True)
    found = SavedView.objects.filter(mine_or_all, listed=listed).order_by("name", "pk")[: 2 * MOST]
    shown = [
        ShownView(str(view.pk), view.name, view.query, view.shared, view.query == asked, view.owner == owner)
        for view in found
    ]
    is_kept = any(view.is_open for view in shown)
    return {"saved_views": shown, "view_of": listed, "view_query": "" if is_kept else asked}


def kept_query(asked: QueryDict) -> str:
    """What of a list's address says how it is looked at, always in one order."""
    kept = sorted((name, value) for name, values in asked.lists() if name not in _NOT_KEPT for value in values if value)
    query = QueryDict(mutable=True)
    for name, value in kept:
        query.appendlist(name, value)
    return query.urlencode()


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a view; one of the same name is replaced."""
    form = ViewForm(request.POST)
    listed = _list_of(request, request.POST.get("listed", ""))
    if not form.is_valid():
        messages.error(request, _("Give the view a name of up to %(most)s characters.") % {"most": NAME_LENGTH})
        return HttpResponseRedirect(f"{listed}?{kept_query(QueryDict(request.POST.get('query', '')[:QUERY_LENGTH]))}")
    data, owner, now = form.cleaned_data, login(request), clock.now()
    query = kept_query(QueryDict(data["query"]))
    key = {"listed": data["listed"], "owner": owner, "name": data["name"]}
    if SavedView.objects.filter(listed=data["listed"], owner=owner).exclude(name=data["name"]).count() >= MOST:
        messages.error(request, _("You keep %(most)s views of this list; delete one first.") % {"most": MOST})
        return HttpResponseRedirect(f"{listed}?{query}")
    change = {"$set": {"query": query, "shared": data["shared"], "updated_at": now}}
    collection("saved_views").update_one(key, {**change, "$setOnInsert": {"created_at": now}}, upsert=True)
    messages.success(request, _("Kept: it is above the list now."))
    return HttpResponseRedirect(f"{listed}?{query}")


@require_POST
def delete_view(request: HttpRequest) -> HttpResponse:
    """Delete one of one's own views; one that is gone already, or is somebody else's, stays as it is."""
    listed = _list_of(request, request.POST.get("listed", ""))
    own = {"listed": request.POST.get("listed", ""), "owner": login(request), "name": request.POST.get("name", "")}
    if collection("saved_views").delete_one(own).deleted_count:
        messages.success(request, _("The view is deleted; the list is as it was."))
    return HttpResponseRedirect(listed)


def _list_of(request: HttpRequest, label: str) -> str:
    """The address of a model's list.

    Raises:
        BadRequest: there is none.
        PermissionDenied: it is not open to the login.
    """
    try:
        model = apps.get_model(label)
        page = admin.site.get_model_admin(model)
    except (LookupError, ValueError, NotRegistered) as error:
        raise BadRequest("there is no such list") from error
    if label != model._meta.label_lower:
        raise BadRequest("there is no such list")
    if not page.has_view_or_change_permission(request):
        raise PermissionDenied
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
