"""A coordinator of Moscow sees and changes what is Moscow's, a recruiter what is their own."""

import csv
import re
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from unfold.decorators import action

from backoffice.models import StaffProfile
from common.models import AuditEntry
from people.models import Candidate
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from staffkit.clocks import format_moment
from staffkit.pages.base import DeskAdmin
from tests.access.world import OWNED, RECRUITERS_OWN, World

LIMITED = [("moscow", model) for model in OWNED] + [("recruiter", model) for model in RECRUITERS_OWN]


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: Any, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return b"".join(response).decode()


@pytest.mark.parametrize(("role", "model"), LIMITED)
def test_only_their_own_rows_are_listed_and_opened(world: World, role: str, model: type[Model]) -> None:
    """Guard: ``get_queryset`` of ``GuardedAdmin``."""
    client = world.client(role)
    here, there = world.here.own(model), world.there.own(model)
    listed = read(client, list_of(model))
    assert page_of(here) in listed
    assert page_of(there) not in listed
    assert client.get(page_of(here)).status_code == 200
    assert client.get(page_of(there)).status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "read-only", "administrator", "superuser"])
def test_who_has_all_cities_opens_either(world: World, role: str) -> None:
    client = world.client(role)
    for place in (world.here, world.there):
        assert client.get(page_of(place.booking)).status_code == 200


@pytest.mark.parametrize("role", ["moscow", "recruiter"])
def test_a_button_reaches_no_booking_of_another(world: World, role: str) -> None:
    """Guard: ``_find``, before any button's own view."""
    client, order = world.client(role), {"version": 1, "reason": "", "_confirm": "1"}
    for button in ("move", "cancel", "approve", "reject", "ask_reschedule", "mark"):
        assert client.post(page_of(world.there.booking, button), order).status_code == 404, button
    assert Booking.objects.get(pk=world.there.booking.pk).version == 1
    assert client.post(page_of(world.here.booking, "cancel"), order).status_code == 302
    assert Booking.objects.get(pk=world.here.booking.pk).ended_by == f"staff:{role}"


def test_a_list_action_leaves_the_rows_of_others_alone(world: World) -> None:
    there = InterviewSlot.objects.create(
        **{
            name: getattr(world.there.slot, name)
            for name in ("event", "city", "recruiter", "starts_at", "ends_at", "closes_at", "location")
        }
    )
    order = {"action": "delete_slots", "_selected_action": [str(there.pk)], "_confirm": "1"}
    world.client("moscow").post(list_of(InterviewSlot), order)
    assert InterviewSlot.objects.filter(pk=there.pk).exists()
    world.client("coordinator").post(list_of(InterviewSlot), order)
    assert not InterviewSlot.objects.filter(pk=there.pk).exists()


@pytest.mark.parametrize(("role", "rows"), [("moscow", 1), ("recruiter", 1), ("read-only", 2), ("coordinator", 2)])
def test_an_export_has_their_own_rows(world: World, role: str, rows: int) -> None:
    text = read(world.client(role), f"{list_of(Booking)}?_export=1")
    assert len(list(csv.reader(text.splitlines()))) == 1 + rows


def test_an_export_is_refused_to_who_may_not_see_the_list(world: World) -> None:
    """Guard: ``may``, what ``_guarded`` asks before any branch of a view."""
    assert world.client("no role").get(f"{list_of(Booking)}?_export=1").status_code == 403
    assert (
        world.client("recruiter").get(reverse("admin:people_invitation_changelist") + "?_export=1").status_code == 403
    )


def test_choices_and_filters_name_their_own_cities_and_recruiters(world: World) -> None:
    """Guard: ``narrow`` for forms, ``in_scope`` for filters."""
    client = world.client("moscow")
    pages = [
        list_of(Booking),
        list_of(InterviewSlot),
        list_of(type(world.here.candidate)),
        list_of(type(world.here.recruiter)),
        page_of(world.here.slot),
        page_of(world.event, "add_slots"),
        page_of(world.event, "broadcast"),
        page_of(world.here.booking, "move"),
    ]
    for url in pages:
        assert "Казань" not in read(client, url), url
    assert "Казань" in read(world.client("coordinator"), pages[0])


def test_a_slot_can_not_be_moved_to_a_city_of_others(world: World) -> None:
    """Guard: ``narrow``."""
    slot, there = world.here.slot, world.there.city
    order = {
        "event": str(world.event.pk),
        "city": str(there.pk),
        "recruiter": str(world.here.recruiter.pk),
        "starts_at_0": "2030-01-01",
        "starts_at_1": "10:00",
        "duration_minutes": 20,
        "max_users": 3,
        "location": "Офис",
        "is_active": "on",
    }
    assert world.client("moscow").post(page_of(slot), order).status_code == 200
    assert InterviewSlot.objects.get(pk=slot.pk).city_id == world.here.city.pk


def test_a_booking_is_moved_to_their_own_slots_only(world: World) -> None:
    order = {"version": 1, "slot": str(world.there.slot.pk), "reason": "", "_confirm": "1"}
    for role in ("moscow", "recruiter"):
        assert world.client(role).post(page_of(world.here.booking, "move"), order).status_code == 200
    assert Booking.objects.get(pk=world.here.booking.pk).slot_id == world.here.slot.pk


def test_only_candidates_in_their_list_are_booked_and_others_are_as_unknown(world: World) -> None:
    """Guard: ``in_scope``, in ``book``."""
    url, client = page_of(world.here.slot, "book"), world.client("moscow")

    def book(telegram_id: int) -> str:
        answer = client.post(url, {"called": telegram_id, "reason": "звонил"}, follow=True)
        return str(getattr(answer.context.get("form"), "errors", {}).get("called", ""))

    there = Candidate.objects.create(first_name="Казанский", telegram_id=7001, city=world.there.city)
    nowhere = Candidate.objects.create(first_name="Ничей", telegram_id=7002)
    here = Candidate.objects.create(first_name="Московский", telegram_id=7003, city=world.here.city)
    assert book(there.telegram_id) == book(nowhere.telegram_id) == book(7999) != ""
    assert Booking.objects.count() == 2
    book(here.telegram_id)
    assert Booking.objects.get(user_id=here.pk).slot_id == world.here.slot.pk


def test_the_events_list_counts_their_own_slots(world: World) -> None:
    """Guard: ``own_rows``, in ``get_list_display``."""
    counted = {
        role: re.findall(r"\d+ slots?, free seats: \d+", read(world.client(role), list_of(InterviewEvent)))
        for role in ("coordinator", "moscow")
    }
    assert counted == {"coordinator": ["2 slots, free seats: 4"], "moscow": ["1 slot, free seats: 2"]}


def test_who_may_only_look_at_a_slot_is_offered_no_reason_and_no_page_that_is_refused(world: World) -> None:
    page = read(world.client("recruiter"), page_of(world.here.slot))
    fields = page.partition('id="booked-people"')[0]
    assert "Reason" not in fields
    assert format_moment(world.here.slot.starts_at, world.here.city.timezone) in fields
    assert "/admin/people/" not in fields and "/admin/scheduling/interviewevent/" not in fields


def test_an_empty_list_gives_no_advice_that_is_of_no_use(world: World) -> None:
    client = world.client("read-only")
    Booking.objects.all().delete()
    empty = read(client, list_of(Booking))
    assert (
        "Nothing yet." in empty and "Reset filters" not in empty.partition("nothing-listed")[2].partition("</form>")[0]
    )
    assert "They come when candidates choose a time" in empty and 'href="/admin/scheduling/booking/add/"' not in empty
    assert "Nothing here fits" in read(client, f"{list_of(Booking)}?q=x")


def test_what_belongs_to_no_city_is_changed_by_who_has_all(world: World) -> None:
    """Guard: ``writable``."""
    order = {"title": "Другое", "is_open": "on"}
    for role in ("moscow", "read-only"):
        client = world.client(role)
        assert client.get(page_of(world.event)).status_code == 200
        assert client.post(page_of(world.event), order).status_code == 403
        assert client.get(reverse("admin:scheduling_interviewevent_add")).status_code == 403


@pytest.mark.parametrize("role", ["moscow", "recruiter"])
def test_the_audit_trail_of_everything_is_not_for_who_sees_a_part(world: World, role: str) -> None:
    client = world.client(role)
    assert client.get(list_of(AuditEntry)).status_code == 403
    assert client.get(page_of(AuditEntry.objects.first())).status_code == 403


def test_the_dashboard_counts_their_own_and_shows_nothing_without_a_role(world: World) -> None:
    """Guard: ``own_rows``."""
    free = {
        role: [
            item.value
            for item in world.client(role).get("/admin/").context["numbers"]
            if item.id in {"free", "waiting-list"}
        ]
        for role in ("coordinator", "moscow", "recruiter", "no role")
    }
    assert free == {"coordinator": [2, 2], "moscow": [1, 1], "recruiter": [1], "no role": []}
    page = read(world.client("no role"), "/admin/")
    assert "Ask an administrator" in page
    assert "desk-card" not in page


def test_a_login_with_permissions_but_no_role_sees_no_rows(world: World) -> None:
    profile = StaffProfile.objects.get(user=world.logins["coordinator"])
    profile.delete()
    assert world.client("coordinator").get(list_of(Booking)).status_code == 403


class Careless(DeskAdmin):
    """Its author forgot to say who may press."""

    actions_list = ["press"]
    actions = ["press_chosen"]

    @action(url_path="press")
    def press(self, request: HttpRequest) -> HttpResponse:
        """Do something."""
        return HttpResponse("done")

    @admin.action(description="press")
    def press_chosen(self, request: HttpRequest, queryset: Any) -> None:
        """Do something to some."""


def test_a_button_that_declares_no_permission_is_nobodys(world: World) -> None:
    """Guard: ``declared``."""
    from django.core.exceptions import PermissionDenied

    page = Careless(Booking, admin.site)
    request = RequestFactory().get("/")
    request.user = world.logins["superuser"]
    press = next(pattern for pattern in page.get_urls() if pattern.name == "scheduling_booking_press")
    with pytest.raises(PermissionDenied):
        press.callback(request)
    assert "press_chosen" not in page.get_actions(request)


def test_a_refusal_is_one_line_of_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Guard: ``_briefly``: whoever tries addresses would fill the log with tracebacks."""
    assert world.client("recruiter").get("/admin/people/candidate/").status_code == 403
    (record,) = (record for record in caplog.records if record.name == "django.request")
    assert record.exc_info is None
