"""Lists answer what their page asks: no address spells out a field that the page doesn't show."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse

from people.models import Candidate, Recruiter
from people.services.invitations import invite
from staffkit.errors import status_of
from staffkit.pages.kinds import OneDocumentAdmin
from staffkit.pages.lists import DeclaredList
from tests.desk.conftest import Text

LOOKUPS = ["", "__exact", "__iexact", "__regex", "__iregex", "__startswith", "__contains", "__gt", "__in", "__isnull"]
OWN_PAGES = {"reminders.ReminderRule", "wording.MessageTemplate", "questionnaires.Question"}
"""Lists drawn without Django's: they read no parameter at all."""
PAGES = [page for page in admin.site._registry.values() if page.opts.label not in OWN_PAGES]


def undeclared(page: Any) -> Iterator[str]:
    """Every look-up of every field that the page has no filter for."""
    filters = page.list_filter
    declared = {item[0] if isinstance(item, tuple) else getattr(item, "parameter_name", item) for item in filters}
    for field in page.model._meta.concrete_fields:
        if field.name not in declared:
            names = (f"{name}{lookup}" for name in {field.name, field.attname} for lookup in LOOKUPS)
            yield from (name for name in names if name not in page.link_parameters)


def answer_to(page: Any, name: str, user: User) -> int:
    """What the list itself makes of a parameter, without the page around it: the status of its error, or 200."""
    request = RequestFactory().get(address(page), {name: "A"})
    request.user = user
    try:
        page.get_changelist_instance(request)
    except (BadRequest, SuspiciousOperation) as error:
        return status_of(error)
    return 200


def address(page: Any) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label)
def test_every_list_knows_its_own_parameters_only(page: Any) -> None:
    """Guard: ``DeclaredList``, on whatever page is ever added."""
    request = admin.site  # nothing of a request is asked for
    assert issubclass(page.get_changelist(request), DeclaredList)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label)
def test_no_field_is_asked_about_that_the_page_has_no_filter_for(desk: Client, page: Any) -> None:
    """Guard: ``link_parameters``: whatever is not in it and no filter's is refused, even to who may do everything."""
    if isinstance(page, OneDocumentAdmin):
        assert desk.get(address(page), {"id__regex": "."}).headers["Location"].endswith("/add/")
        return
    names, anna = list(undeclared(page)), User.objects.get()
    assert desk.get(address(page), {names[0]: "A"}).status_code == 400
    answers = {name: answer_to(page, name, anna) for name in names}
    assert set(answers.values()) == {400}, answers


@pytest.mark.parametrize(
    "asked",
    [
        "token__regex=^A",
        "token_hash__startswith=a",
        "recruiter__calendar_token__regex=^A",
        "recruiter__calendar_token_hash__startswith=a",
        "candidate__note__icontains=x",
        "created_by=anna",
        "batch__startswith=a",
        "batch__regex=.",
        "_to_field=token",
        "_to_field=token_hash",
    ],
)
def test_an_invitations_secrets_are_nobodys_to_ask(desk: Client, asked: str) -> None:
    invite([Candidate.objects.create(first_name="Мария")], actor="anna")
    response = desk.get(f"{reverse('admin:people_invitation_changelist')}?{asked}")
    assert response.status_code == 400
    assert "Мария" not in response.content.decode()


@pytest.mark.parametrize("order", ["99", "-99", "1.2.3.x", "--1", "token", "0", "4294967296"])
def test_a_list_is_ordered_by_what_it_shows(text: Text, olga: Recruiter, order: str) -> None:
    assert olga.name in text(f"{reverse('admin:people_recruiter_changelist')}?o={order}")


def test_nothing_completes_what_one_types(desk: Client) -> None:
    """Guard: ``_closed``; the desk has no field that does, and its lists' rules don't hold there."""
    asked = {"app_label": "people", "model_name": "invitation", "field_name": "candidate", "term": "a"}
    assert desk.get("/admin/autocomplete/", asked).status_code == 404
    assert desk.get("/admin/r/1/1/").status_code == 404
