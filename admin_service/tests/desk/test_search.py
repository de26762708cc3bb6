"""Ctrl-K: people, bookings, slots and pages, by name, @username, id, recruiter or place; each login finds its own."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import RequestFactory

from backoffice.staff.search.kinds import KINDS, MOST
from people.models import Candidate, City, Office, Recruiter
from scheduling.models import Booking, InterviewSlot
from scheduling.services.staff_commands import book_for
from tests.access.world import World
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.kit.test_list_plans import TERMS, login, planned
from tests.helpers.staff_client import StaffClient

__all__ = ["login"]


def found(client: Any, text: str, **headers: str) -> dict[str, str]:
    """What is listed: the address of each with its words."""
    page = client.get("/admin/search/", {"s": text, "extended": 1}, headers=headers or None).content.decode()
    listed = re.findall(r'<li.*?href="([^"]+)".*?<span class="found-what">(.*?)</span></a>', page, re.DOTALL)
    return {link: " ".join(re.sub("<[^>]+>", " ", words).split()) for link, words in listed}


def page_of(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


@pytest.fixture
def booking(maria: Candidate, make_slot: MakeSlot, olga: Recruiter) -> Booking:
    """Maria's, with Olga."""
    book_for(maria.telegram_id or 0, str(make_slot(recruiter=olga).pk), actor="anna", reason="")
    return Booking.objects.get()


@pytest.mark.parametrize("text", ["мария", "петр мар", "@maria_p", "1001", "Петрова Мария"])
def test_a_person_is_found_with_their_bookings(
    desk: StaffClient, maria: Candidate, booking: Booking, text: str
) -> None:
    listed = found(desk, text)
    assert listed[page_of(maria)].startswith("Мария Петрова Candidate · @maria_p · 1001")
    assert "Офис на Тверской" in listed[page_of(booking)]
    assert "Ольга Смирнова · booked" in listed[page_of(booking)]


@pytest.mark.parametrize("text", ["смирнова", "тверск", "ольга тверской"])
def test_slots_and_bookings_are_found_by_recruiter_and_place(desk: StaffClient, booking: Booking, text: str) -> None:
    listed = found(desk, text)
    assert {page_of(booking), page_of(InterviewSlot.objects.get())} <= listed.keys()


def test_each_is_found_by_its_id(desk: StaffClient, booking: Booking, maria: Candidate, moscow: City) -> None:
    office = Office.objects.create(city=moscow, name="Север", address="Лесная, 3")
    for row in (booking, maria, moscow, office, InterviewSlot.objects.get()):
        assert [*found(desk, str(row.pk))] == [page_of(row)]


@pytest.mark.parametrize(("text", "path"), [("запис", "/admin/scheduling/booking/"), ("Кален", "calendar/")])
def test_a_page_is_found_in_both_languages(desk: StaffClient, text: str, path: str) -> None:
    """Guard: ``_names``."""
    assert any(link.endswith(path) for link in found(desk, text, **{"Accept-Language": "en"}))
    assert any(link.endswith(path) for link in found(desk, text, **{"Accept-Language": "ru"}))


def test_of_many_the_list_of_all_is_offered(desk: StaffClient, make_candidate: MakeCandidate) -> None:
    for _number in range(MOST + 1):
        make_candidate(first_name="Алиса")
    listed = found(desk, "алиса")
    everybody = next(link for link, words in listed.items() if words.startswith("Candidates: all"))
    assert len(listed) == MOST + 1
    assert desk.get(everybody).context["cl"].result_count == MOST + 1


def test_what_a_login_may_not_see_is_not_found() -> None:
    """Guards: ``in_scope``, ``has_view_permission``. A recruiter finds their own bookings and slots, and no people."""
    world = World()
    own = {page_of(world.here.booking), page_of(world.here.slot)}
    for text in ("кандидат", "офис", "рекрутер", "1001", "1002", str(world.there.booking.pk), str(world.there.slot.pk)):
        rows = {link for link in found(world.client("recruiter"), text) if link.endswith("/change/")}
        assert rows <= own, text
    assert own <= found(world.client("recruiter"), "москва").keys()
    assert page_of(world.there.candidate) not in found(world.client("moscow"), "казань")
    assert page_of(world.there.candidate) in found(world.client("coordinator"), "казань")
    assert not found(world.client("no role"), "москва")


def test_nothing_and_nonsense_are_answered(desk: StaffClient) -> None:
    for text in ("", " ", "@", "((", "%", "я" * 500, "0" * 24):
        assert not found(desk, text)


@pytest.mark.parametrize("term", TERMS)
def test_what_is_found_is_looked_up_in_indexes(login: User, term: str, booking: Booking) -> None:
    """As lists are: see ``test_list_plans``. Of kinds with some hundreds of rows at most all are looked at."""
    request = RequestFactory().get("/")
    request.user = login
    for kind in KINDS:
        if not getattr(admin.site.get_model_admin(kind.model), "few_rows", False):
            for queryset in kind.queries(request, term):
                assert not planned(queryset[: MOST + 1]) & {"COLLSCAN", "$lookup"}, kind.model
