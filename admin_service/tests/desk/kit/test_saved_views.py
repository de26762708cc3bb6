"""Saved views: a list's search, filters and order under a name, for oneself or for everybody."""

import re
from html import unescape

import pytest

from people.models import Candidate
from scheduling.models import Booking
from scheduling.services.staff_commands import book_for
from staffkit.models import NAME_LENGTH, SavedView
from staffkit.pages.saved_views import MOST
from tests.conftest import MakeSlot
from tests.helpers.staff_client import StaffClient

LIST, SAVE, DELETE = "/admin/scheduling/booking/", "/admin/views/save/", "/admin/views/delete/"
BOOKED = "status__exact=booked&time=all&o=1&p=1"


def keep(client: StaffClient, name: str, query: str = "o=1&status__exact=booked&time=all", **more: str) -> str:
    """Keep a view; the answer is the page it leads to."""
    given = {"listed": "scheduling.booking", "name": name, "query": query, **more}
    answer = client.post(SAVE, given, opened={}, follow=True)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def offered(client: StaffClient, path: str = LIST) -> dict[str, str]:
    """The views above a list, with where they lead."""
    page = client.get(path).content.decode()
    found = re.findall(r'<a class="view" href="([^"]+)">(?:<span[^>]*>\w+</span>)?([^<]+)</a>', page)
    return {name: unescape(link) for link, name in found}


def test_a_view_is_kept_and_opened_by_one_click(desk: StaffClient, maria: Candidate, make_slot: MakeSlot) -> None:
    """Guards: ``kept_query``, ``is_open``: what is open is not offered to be kept once more."""
    book_for(maria.telegram_id or 0, str(make_slot().pk), actor="anna", reason="")
    page = desk.get(f"{LIST}?{BOOKED}").content.decode()
    (query,) = re.findall(r'name="query" value="([^"]+)"', page)
    assert 'name="query"' not in keep(desk, "Записаны", unescape(query))
    views = offered(desk)
    assert views == {"Записаны": "?o=1&status__exact=booked&time=all"}
    assert desk.get(LIST + views["Записаны"]).context["cl"].result_count == Booking.objects.count() == 1
    assert 'name="query"' not in desk.get(LIST).content.decode()  # nothing is asked for


def test_others_see_what_is_for_everybody_and_delete_nothing_of_it(desk: StaffClient, coordinator: StaffClient) -> None:
    """Guard: ``own``."""
    keep(desk, "Моё")
    keep(desk, "Наше", shared="on")
    assert [*offered(coordinator)] == ["Наше"] and [*offered(desk)] == ["Моё", "Наше"]
    gone = {"listed": "scheduling.booking", "name": "Наше"}
    coordinator.post(DELETE, gone, opened={})
    assert [*offered(desk)] == ["Моё", "Наше"]
    assert not offered(desk, "/admin/scheduling/interviewslot/")
    desk.post(DELETE, gone, opened={})
    desk.post(DELETE, gone, opened={})
    assert [*offered(desk)] == ["Моё"]


def test_the_same_name_is_one_view_and_there_is_an_end_to_them(desk: StaffClient) -> None:
    keep(desk, "Моё")
    keep(desk, "Моё", "time=past")
    assert SavedView.objects.get().query == "time=past"
    for number in range(MOST - 1):
        keep(desk, f"Ещё {number}")
    assert f"You keep {MOST} views of this list" in keep(desk, "И ещё")
    assert SavedView.objects.count() == MOST


@pytest.mark.parametrize("name", ["", " ", "я" * (NAME_LENGTH + 1)])
def test_a_name_is_asked_for(desk: StaffClient, name: str) -> None:
    assert "Give the view a name" in keep(desk, name)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(("listed", "status"), [("", 400), ("scheduling.nothing", 400), ("auth.user", 400)])
def test_a_view_is_of_a_list_of_ours(desk: StaffClient, listed: str, status: int) -> None:
    given = {"listed": listed, "name": "Моё", "query": "o=1"}
    assert desk.post(SAVE, given, opened={}).status_code == status


def test_of_a_list_that_is_closed_to_a_login_it_keeps_nothing(coordinator: StaffClient) -> None:
    given = {"listed": "messaging.outboxmessage", "name": "Моё", "query": "stuck=1"}
    assert coordinator.post(SAVE, given, opened={}).status_code == 403
