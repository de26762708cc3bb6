"""What a login is offered leads somewhere: the sidebar's entries, the rows of lists."""

import re

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from common import clock
from common.mongo import collection
from tests.access import table
from tests.access.world import ROLES, World

LISTS = [model for model in admin.site._registry if model.__name__ in table.PAGES]


def links_in(html: str, where: str) -> set[str]:
    """Addresses of the desk among a page's links."""
    return {link for link in re.findall(r'<a[^>]*\bhref="([^"#?]+)"', html) if re.fullmatch(where, link)}


def page(client: Client, url: str) -> str:
    response = client.get(url, follow=True)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.mark.parametrize("role", ROLES[1:])
def test_each_entry_of_the_sidebar_opens(world: World, role: str) -> None:
    """Guard: ``lets_in``."""
    client = world.client(role)
    offered = links_in(page(client, "/admin/"), r"/admin/\w+/\w+/")
    assert {link: client.get(link, follow=True).status_code for link in offered} == dict.fromkeys(offered, 200)
    assert bool(offered) == (role != "no role")


def test_the_audit_trail_is_offered_to_who_may_open_it_alone(world: World) -> None:
    trail = reverse("admin:common_auditentry_changelist")
    offering = {role for role in ROLES[1:] if trail in page(world.client(role), "/admin/")}
    assert offering == table.WHOLE


@pytest.mark.parametrize("model", LISTS)
def test_each_row_of_a_list_opens(world: World, model: type[Model]) -> None:
    """Also rows that were written past the ORM, as the outbox and the inbox are."""
    collection("inbox").insert_one(
        {"_id": "a-1", "queue": "admin.booking.event", "answer": "{}", "created_at": clock.now()}
    )
    client = world.client("superuser")
    listed = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    rows = links_in(page(client, listed), r"/admin/\w+/\w+/[^/]+/change/")
    assert {row: client.get(row).status_code for row in rows} == dict.fromkeys(rows, 200)
    assert rows or client.get(listed).status_code == 302, "settings that are one document have no list"
