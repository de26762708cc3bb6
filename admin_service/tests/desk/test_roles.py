"""Coordinators work with all bookings, administrators also with people and settings."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from backoffice.services.logins import Post, give_role
from common.roles import Role
from message_templates.models import MessageTemplate
from people.models import Candidate, City
from scheduling.models import Booking, InterviewEvent
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot

COORDINATED = ["scheduling_interviewevent", "scheduling_interviewslot", "scheduling_booking", "broadcasts_broadcast"]
BEHIND = ["messaging_outboxmessage", "messaging_inboxmessage"]


def status(client: Client, name: str, *args: object) -> int:
    return client.get(reverse(f"admin:{name}", args=args)).status_code


def test_a_migrated_database_has_the_roles_with_their_permissions() -> None:
    """No test calls for them: ``migrate`` alone made this database."""
    held = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    assert "add_stafflogin" in held["Administrators"]
    assert {"change_booking", "add_broadcast"} <= held["Coordinators"]
    assert held["Recruiters"] == {"view_interviewslot", "view_booking", "change_booking", "view_export"}
    assert {name.partition("_")[0] for name in held["Read-only"]} == {"view"}


@pytest.mark.parametrize("name", COORDINATED)
def test_both_roles_work_with_interviews(coordinator: Client, administrator: Client, name: str) -> None:
    for client in (coordinator, administrator):
        assert status(client, f"{name}_changelist") == 200


@pytest.mark.parametrize("name", BEHIND)
def test_only_administrators_look_behind_the_scenes(coordinator: Client, administrator: Client, name: str) -> None:
    assert status(coordinator, f"{name}_changelist") == 403
    assert status(administrator, f"{name}_changelist") == 200


def test_only_administrators_change_the_allow_list(
    coordinator: Client, administrator: Client, maria: Candidate
) -> None:
    url = reverse("admin:people_candidate_remove_one", args=[maria.pk])
    order = {"_confirm": "1", "bookings": "keep", "reason": ""}
    assert coordinator.post(url, order).status_code == 403
    assert status(coordinator, "people_candidate_add") == 403
    assert status(coordinator, "people_candidate_changelist") == 200
    assert administrator.post(url, order).status_code == 302


def test_only_administrators_change_places(coordinator: Client, administrator: Client, moscow: City) -> None:
    order = {"name": "Мск", "timezone": "Europe/Moscow", "contact_url": ""}
    url = reverse("admin:people_city_change", args=[moscow.pk])
    assert coordinator.post(url, order).status_code == 403
    assert administrator.post(url, order).status_code == 302


def test_only_administrators_change_texts(
    coordinator: Client, administrator: Client, congratulation: MessageTemplate, moscow: City
) -> None:
    """R5: coordinators read the texts, their previews and histories."""
    orders = {
        "own_text": {"city": str(moscow.pk), "text": congratulation.text},
        "back_to_default": {"seen_version": 1},
        "revisions": {"seen_version": 1, "number": 1},
        "change": {"text": "{date} {time} {minutes} {place}", "seen_version": 1},
    }
    for name in ("change", "preview", "revisions"):
        assert status(coordinator, f"wording_messagetemplate_{name}", congratulation.pk) == 200, name
    for name, order in orders.items():
        url = reverse(f"admin:wording_messagetemplate_{name}", args=[congratulation.pk])
        assert coordinator.post(url, order).status_code == 403, name
    url = reverse("admin:wording_messagetemplate_change", args=[congratulation.pk])
    assert administrator.post(url, orders["change"]).status_code == 302
    congratulation.refresh_from_db()
    assert congratulation.version == 2


def test_a_coordinator_broadcasts_and_decides(
    coordinator: Client, event: InterviewEvent, maria: Candidate, make_slot: MakeSlot
) -> None:
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    booking = Booking.objects.get()
    assert status(coordinator, "scheduling_interviewevent_broadcast", event.pk) == 200
    order = {"version": 1, "reason": "", "_confirm": "1"}
    assert coordinator.post(reverse("admin:scheduling_booking_cancel", args=[booking.pk]), order).status_code == 302
    assert Booking.objects.get().ended_by == "staff:kirill"


def test_who_may_only_look_decides_nothing(
    coordinator: Client, event: InterviewEvent, maria: Candidate, make_slot: MakeSlot
) -> None:
    from django.contrib.auth.models import Group, Permission

    Group.objects.get(name="Coordinators").permissions.set(Permission.objects.filter(codename__startswith="view_"))
    slot = make_slot()
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    booking = Booking.objects.get()
    for name, document_id in [
        ("scheduling_booking_move", booking.pk),
        ("scheduling_booking_cancel", booking.pk),
        ("scheduling_interviewslot_book", slot.pk),
        ("scheduling_interviewslot_delete", slot.pk),
        ("scheduling_interviewevent_broadcast", event.pk),
        ("scheduling_interviewevent_add_slots", event.pk),
    ]:
        assert status(coordinator, name, document_id) == 403, name


def test_a_stranger_is_asked_to_log_in() -> None:
    response = Client().get("/admin/scheduling/booking/")
    assert response.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("name", ["people_city", "people_recruiter", "people_candidate", "people_office"])
def test_an_empty_list_says_what_to_do_or_who_can(coordinator: Client, administrator: Client, name: str) -> None:
    """Guards: ``how_to_begin``, ``who_adds``."""
    own, others = (
        client.get(reverse(f"admin:{name}_changelist")).content.decode().partition("nothing-listed")[2]
        for client in (administrator, coordinator)
    )
    assert "Administrators add these: daria." in others and "Administrators" not in own
    assert ">Add" in own and "/add/" not in others


def test_a_form_whose_list_is_empty_says_how_something_comes_to_be_in_it(
    coordinator: Client, administrator: Client, event: InterviewEvent
) -> None:
    """Guard: ``say_what_is_missing``: on pages of our own and on Django's."""
    for url in (
        reverse("admin:scheduling_interviewevent_add_slots", args=[event.pk]),
        reverse("admin:scheduling_interviewslot_add"),
    ):
        own, others = (client.get(url).content.decode() for client in (administrator, coordinator))
        missing = "There is nothing to choose yet."
        assert f'{missing} <a class="desk-link" href="/admin/people/recruiter/add/">' in own
        assert f"{missing} Administrators add these: daria." in others


def test_where_nobody_is_administrator_superusers_are_named(desk: Client, coordinator: Client) -> None:
    """Guard: ``administrators``; of many the first are."""
    url = reverse("admin:people_city_add")
    assert "Administrators: anna." in coordinator.get(url).content.decode()
    for name in ("boris", "vera", "gleb", "dina"):
        give_role(User.objects.create(username=name, first_name=name.title(), is_staff=True), Post(Role.ADMINISTRATOR))
    assert "Administrators: Boris, Vera, Gleb and 1 more." in coordinator.get(url).content.decode()
