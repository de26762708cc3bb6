"""People and places at the desk (FR2, FR7)."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from messaging.models import OutboxMessage
from people.models import MOST_TAGS, Candidate, City, ContactSettings, Recruiter
from scheduling.models import Booking, InterviewEvent
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.helpers.staff_client import StaffClient, unseen

CANDIDATES = "admin:people_candidate_changelist"


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "telegram_id": "1042",
        "first_name": "Глеб",
        "last_name": "",
        "username": "",
        "city": "",
        **fields,
    }


def test_a_candidate_is_added_by_telegram_id(desk: Client) -> None:
    assert desk.post(reverse("admin:people_candidate_add"), entry()).status_code == 302
    added = Candidate.objects.get()
    assert (added.telegram_id, added.is_allowed) == (1042, True)
    assert AuditEntry.objects.get(subject="candidate").actor == "staff:anna"
    assert OutboxMessage.objects.get().queue == "bot.cache.invalidate"


def test_a_candidates_page_leads_to_their_bookings(
    desk: Client, text: Text, maria: Candidate, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    for person in (maria, make_candidate(first_name="Глеб")):
        book_for(person.telegram_id, str(make_slot().pk), actor="anna", reason="")
    listed = text(reverse("admin:people_candidate_see_bookings", args=[maria.pk]))
    assert "Мария Петрова" in listed
    assert "Глеб" not in listed


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"telegram_id": "0"}, "greater than or equal to 1"),
        ({"telegram_id": str(2**53)}, "less than or equal to"),
        ({"telegram_id": "@gleb"}, "Enter a whole number"),
        ({"first_name": ""}, "This field is required"),
        ({"first_name": "x\x00y"}, "Null characters are not allowed"),
        ({"username": "gleb smirnov"}, "Type @name, name or"),
        ({"city": "6b0210a10ebbd9947507d2a0"}, "Select a valid choice"),
        ({"city": "x"}, "Object Id"),
    ],
)
def test_a_wrong_entry_is_shown_and_not_saved(desk: Client, fields: dict[str, str], message: str) -> None:
    response = desk.post(reverse("admin:people_candidate_add"), entry(**fields))
    assert message in response.content.decode()
    assert not Candidate.objects.exists()


def test_the_same_telegram_id_is_not_added_twice(desk: Client, maria: Candidate) -> None:
    response = desk.post(reverse("admin:people_candidate_add"), entry(telegram_id=str(maria.telegram_id)))
    assert "already exists" in response.content.decode()
    assert Candidate.objects.count() == 1


def test_an_entry_keeps_its_telegram_id_for_good(desk: Client, maria: Candidate) -> None:
    url = reverse("admin:people_candidate_change", args=[maria.pk])
    desk.post(url, entry(telegram_id="777", first_name="Мария-Анна"))
    maria.refresh_from_db()
    assert (maria.first_name, maria.telegram_id) == ("Мария-Анна", 1001)


@pytest.mark.parametrize(("choice", "status"), [("keep", "booked"), ("cancel", "cancelled")])
def test_who_removes_someone_says_what_becomes_of_their_bookings(
    desk: StaffClient, text: Text, maria: Candidate, make_slot: MakeSlot, choice: str, status: str
) -> None:
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    url = reverse("admin:people_candidate_remove_one", args=[maria.pk])
    page = text(url)
    assert "Мария Петрова" in page and "1 of them has live bookings" in page
    maria.refresh_from_db()
    assert maria.is_allowed, "looking changes nothing"
    desk.confirm(url, {"_confirm": "1", "bookings": choice, "reason": ""})
    maria.refresh_from_db()
    assert (maria.is_allowed, Booking.objects.get().status) == (False, status)


def test_removing_without_a_choice_removes_nobody(desk: Client, maria: Candidate) -> None:
    response = desk.post(reverse("admin:people_candidate_remove_one", args=[maria.pk]), {"_confirm": "1"})
    assert "This field is required" in response.content.decode()
    maria.refresh_from_db()
    assert maria.is_allowed


def test_several_people_are_removed_and_put_back(desk: Client, make_candidate: MakeCandidate) -> None:
    people = [make_candidate() for _ in range(3)]
    chosen = {"_selected_action": [str(person.pk) for person in people[:2]]}
    asked = desk.post(reverse(CANDIDATES), {"action": "remove", **chosen}).content.decode()
    assert people[0].first_name in asked and people[2].first_name not in asked
    answer = {"action": "remove", "_confirm": "1", "bookings": "keep", "reason": "", **chosen}
    page = desk.post(reverse(CANDIDATES), answer, follow=True).content.decode()
    assert "2 people removed" in page
    assert Candidate.objects.filter(is_allowed=True).count() == 1
    assert page.count("off the list") == 2, "what came of each"
    desk.post(reverse(CANDIDATES), {"action": "restore", **chosen})
    assert Candidate.objects.filter(is_allowed=True).count() == 3


def report(page: Any) -> str:
    """What came of each row, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode().partition('id="report"')[2]).split())


def test_a_row_that_cant_be_done_stops_no_other(desk: StaffClient, make_candidate: MakeCandidate) -> None:
    """Guards: ``act_on_each`` and ``_came_of``. Another entry awaits Gleb's username by now."""
    off = {"is_allowed": False, "telegram_id": None}
    gleb, vera = (
        make_candidate(first_name=name, username=name_in_chat, **off)
        for name, name_in_chat in (("Глеб", "gleb_s"), ("Вера", "vera_k"))
    )
    make_candidate(first_name="Другой", username="gleb_s", telegram_id=None)
    chosen = {"action": "restore", "_selected_action": [str(gleb.pk), str(vera.pk)]}
    opened = unseen(desk.get(reverse(CANDIDATES)))
    said = report(desk.post(reverse(CANDIDATES), chosen, opened=opened, follow=True))
    assert "Done: 1. Not done: 1." in said
    assert "Глеб @gleb_s is awaited already by another entry." in said and "Вера back on the list" in said
    before = AuditEntry.objects.count()
    again = desk.post(reverse(CANDIDATES), chosen, opened=opened, follow=True)
    assert "Done: 1. Not done: 1." in report(again), "pressed twice it acts once, and leads to the same report"
    assert AuditEntry.objects.count() == before


def test_a_report_is_for_who_pressed(desk: StaffClient, administrator: Client, maria: Candidate) -> None:
    """Guard: ``show_report``."""
    order = {"action": "tag", "_selected_action": [str(maria.pk)], "_confirm": "1", "tags": "аналитик"}
    address = desk.post(reverse(CANDIDATES), order).headers["Location"]
    assert "аналитик" in report(desk.get(address))
    assert "no such report" in administrator.get(address, follow=True).content.decode()


def test_several_people_are_tagged_and_untagged(desk: StaffClient, maria: Candidate, ivan: Candidate) -> None:
    """Guards: ``TagsForm``, and ``change_tags`` row by row: Ivan has as many tags as one may have."""
    Candidate.objects.filter(pk=ivan.pk).update(tags=[f"т{number:02}" for number in range(MOST_TAGS)])
    chosen = {"_selected_action": [str(maria.pk), str(ivan.pk)]}
    asked = desk.post(reverse(CANDIDATES), {"action": "tag", **chosen}).content.decode()
    assert "Мария Петрова" in asked and "Иван Сидоров" in asked
    assert (
        "This field is required"
        in desk.post(reverse(CANDIDATES), {"action": "tag", "_confirm": "1", "tags": "", **chosen}).content.decode()
    )
    order = {"action": "tag", "_confirm": "1", "tags": "Второй этап, аналитик", **chosen}
    said = report(desk.post(reverse(CANDIDATES), order, follow=True))
    assert "Мария Петрова аналитик, второй этап" in said and "Иван Сидоров A person has 20 tags at most" in said
    order = {"action": "untag", "_confirm": "1", "tags": "аналитик", **chosen}
    said = report(desk.post(reverse(CANDIDATES), order, follow=True))
    assert "Done: 2." in said and "was so already" in said
    maria.refresh_from_db()
    assert maria.tags == ["второй этап"]
    assert "@maria_p · #второй этап" in desk.get(reverse(CANDIDATES)).content.decode()


def test_one_person_is_put_back_by_pressing_not_by_looking(desk: Client, make_candidate: MakeCandidate) -> None:
    gone = make_candidate(is_allowed=False)
    url = reverse("admin:people_candidate_restore_one", args=[gone.pk])
    desk.get(url)
    gone.refresh_from_db()
    assert not gone.is_allowed
    desk.post(url, {"_confirm": "1"})
    gone.refresh_from_db()
    assert gone.is_allowed


def test_nobody_is_ever_deleted(
    desk: Client, maria: Candidate, olga: Recruiter, moscow: City, event: InterviewEvent
) -> None:
    for name, document in [
        ("people_candidate", maria),
        ("people_recruiter", olga),
        ("people_city", moscow),
        ("scheduling_interviewevent", event),
    ]:
        url = reverse(f"admin:{name}_delete", args=[document.pk])
        assert desk.post(url, {"post": "yes"}).status_code == 403
    order = {"action": "delete_selected", "_selected_action": [str(maria.pk)], "post": "yes"}
    desk.post(reverse(CANDIDATES), order)
    assert Candidate.objects.exists()


@pytest.mark.parametrize("query", ["мар", "ПЕТР", "@maria_p", "мария петрова", "1001"])
def test_people_are_found(text: Text, maria: Candidate, ivan: Candidate, query: str) -> None:
    page = text(f"{reverse(CANDIDATES)}?q={query}")
    assert "maria_p" in page and "ivan_s" not in page


def test_places_and_recruiters_are_saved_with_an_audit_entry(desk: Client) -> None:
    desk.post(reverse("admin:people_city_add"), {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": ""})
    city = City.objects.get()
    desk.post(
        reverse("admin:people_recruiter_add"),
        {
            "name": "Вера",
            "city": str(city.pk),
            "telegram_id": "",
            "contact_url": "https://t.me/vera",
            "is_active": "on",
        },
    )
    assert Recruiter.objects.get().telegram_id is None
    written = AuditEntry.objects.exclude(subject="login").values_list("subject", flat=True)
    assert sorted(written) == ["city", "recruiter"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"timezone": "Moscow"}, "is not a time zone"),
        ({"timezone": "localtime"}, "is not a time zone"),
        ({"timezone": "../../etc/passwd"}, "is not a time zone"),
        ({"contact_url": "call me"}, "Type @name, or a link"),
        ({"contact_url": "79161234567"}, "Type @name, or a link"),
        ({"contact_url": "javascript:alert(1)"}, "Type @name, or a link"),
    ],
)
def test_a_wrong_city_is_shown_and_not_saved(desk: Client, fields: dict[str, str], message: str) -> None:
    order = {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": "", **fields}
    assert message in desk.post(reverse("admin:people_city_add"), order).content.decode()
    assert not City.objects.exists()


def test_the_default_contact_is_one_document(desk: Client, default_contact: ContactSettings) -> None:
    listed = desk.get(reverse("admin:people_contactsettings_changelist"))
    url = reverse("admin:people_contactsettings_change", args=[default_contact.pk])
    assert listed.headers["Location"] == url
    desk.post(url, {"contact_url": "https://t.me/new_help"})
    assert ContactSettings.objects.get().contact_url == "https://t.me/new_help"
    assert desk.get(reverse("admin:people_contactsettings_add")).status_code == 403


@pytest.mark.parametrize("number", ["-1", "9" * 40, "1.5", "x"])
def test_a_wrong_rule_of_an_event_is_shown_and_not_saved(desk: Client, event: InterviewEvent, number: str) -> None:
    order = {
        "title": "Набор",
        "description": "",
        "is_open": "on",
        "booking_cutoff_minutes": 120,
        "move_cutoff_minutes": 120,
        "cancel_cutoff_minutes": 0,
        "pending_hours": 24,
        "move_limit": number,
    }
    response = desk.post(reverse("admin:scheduling_interviewevent_change", args=[event.pk]), order)
    assert response.status_code == 200
    assert InterviewEvent.objects.get().title == event.title


@pytest.mark.parametrize("typed", ["@vera_kim", "vera_kim", "https://t.me/vera_kim", "t.me/vera_kim/", " @vera_kim "])
def test_a_telegram_name_is_taken_however_it_is_typed(
    desk: StaffClient, default_contact: ContactSettings, typed: str
) -> None:
    """Guard: ``bare_username``: of contacts, usernames and in the search."""
    desk.post(reverse("admin:people_city_add"), {"name": "Омск", "timezone": "Asia/Omsk", "contact_url": typed})
    city = City.objects.get()
    recruiter = {"name": "Вера Ким", "city": str(city.pk), "username": typed, "contact_url": typed, "is_active": "on"}
    desk.post(reverse("admin:people_recruiter_add"), recruiter)
    desk.post(reverse("admin:people_candidate_add"), {"first_name": "Вера", "username": typed})
    url = reverse("admin:people_contactsettings_change", args=[default_contact.pk])
    desk.post(url, {"contact_url": typed})
    link = "https://t.me/vera_kim"
    vera = Recruiter.objects.get()
    assert (city.contact_url, vera.contact_url, ContactSettings.objects.get().contact_url) == (link, link, link)
    assert (vera.username, Candidate.objects.get().username) == ("vera_kim", "vera_kim")
    assert "vera_kim" in desk.get(reverse(CANDIDATES), {"q": typed}).content.decode().partition("result_list")[2]
