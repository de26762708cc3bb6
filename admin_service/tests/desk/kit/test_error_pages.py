"""What can't be answered gets a page of our own with a way back, never a bare error."""

from collections.abc import Iterator

import pytest
from bson import Int64
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from backoffice.services.logins import Post, give_role
from common.mongo import collection, connection
from common.roles import Role
from people.models import Candidate
from tests.conftest import MakeSlot
from tests.desk.conftest import Text

OTHERS = "6b0210a10ebbd9947507d2a0"
UNREADABLE = [
    "scheduling/booking/?_export=1&nosuch=1",
    "people/invitation/?_export=csv&batch__regex=.",
    "people/candidate/?first_name__regex=(",
    "people/candidate/?city__id__exact=zz",
    "people/candidate/?is_allowed__exact=maybe",
    "people/candidate/?is_allowed__exact=1&p=9999999",
    "scheduling/booking/?user_id__exact=zz",
    "scheduling/interviewslot/?is_active__exact=%00",
    "common/auditentry/?created_at__gte=31.02.2026",
    "common/auditentry/?version=99999999999999999999999",
    "messaging/outboxmessage/?attempts=1e400",
    "messaging/inboxmessage/?e=1&answer__contains=a",
]
POSTED = [
    ("people/candidate/", {"action": "remove", "_selected_action": "zz"}),
    ("people/candidate/", {"action": "invite_chosen", "_selected_action": "\x00"}),
    ("scheduling/interviewslot/", {"action": "delete_slots", "_selected_action": ["zz", OTHERS]}),
    ("people/invitation/", {"action": "revoke_chosen", "_selected_action": "1" * 500}),
]
NOT_THERE = ["r/1/1/", "nothing/here/", "people/candidate/zz/remove/", f"scheduling/booking/{OTHERS}/cancel/"]


@pytest.fixture
def _many(make_slot: MakeSlot) -> None:
    Candidate.objects.bulk_create([Candidate(first_name=f"К{number}", telegram_id=number) for number in range(1, 60)])


@pytest.fixture
def read_only() -> Client:
    """Lev, who may look at everything and change nothing."""
    lev = User.objects.create(username="lev", is_staff=True)
    give_role(lev, Post(Role.READ_ONLY, all_cities=True))
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(lev)
    return client


def is_a_page_with_a_way_back(page: str) -> bool:
    return 'id="desk-error"' in page and 'href="/admin/' in page.partition('id="desk-error"')[2]


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("address", UNREADABLE)
def test_an_address_that_cant_be_read_is_told_so_on_a_page_of_our_own(desk: Client, address: str) -> None:
    """Guards: ``ErrorPages`` and ``DeclaredLists``."""
    response = desk.get(f"/admin/{address}")
    assert response.status_code == 400
    assert is_a_page_with_a_way_back(response.content.decode())


@pytest.mark.parametrize(("address", "form"), POSTED)
def test_a_form_that_cant_be_read_is_told_so_and_changes_nothing(
    desk: Client, make_slot: MakeSlot, address: str, form: dict[str, str | list[str]]
) -> None:
    make_slot()
    response = desk.post(f"/admin/{address}", form)
    assert response.status_code == 400
    assert is_a_page_with_a_way_back(response.content.decode())
    assert collection("interview_slots").count_documents({}) == 1


@pytest.mark.parametrize("address", NOT_THERE)
def test_what_is_not_there_is_told_so_on_a_page_of_our_own(desk: Client, address: str) -> None:
    response = desk.get(f"/admin/{address}")
    assert response.status_code == 404
    assert is_a_page_with_a_way_back(response.content.decode())


@pytest.mark.parametrize(
    ("language", "words", "back"), [("en", "This can&#x27;t be read", "Back"), ("ru", "Так не прочитать", "Назад")]
)
def test_the_page_speaks_the_readers_language_and_leads_back_to_the_list(
    desk: Client, language: str, words: str, back: str
) -> None:
    page = desk.get("/admin/people/candidate/?token=1", headers={"Accept-Language": language}).content.decode()
    own = page.partition('id="desk-error"')[2]
    assert words in own and back in own and 'href="/admin/people/candidate/"' in own
    assert "Interview events" in page or "Наборы" in page or "Кандидаты" in page, "the desk's own menu"


def test_who_may_not_see_a_page_is_told_so_in_the_frame_and_led_where_they_may(reader: Client) -> None:
    response = reader.get(reverse("admin:people_candidate_changelist"))
    page = response.content.decode()
    assert response.status_code == 403
    assert is_a_page_with_a_way_back(page)
    assert 'href="/admin/people/candidate/"' not in page.partition('id="desk-error"')[2]


def test_who_may_look_but_not_delete_is_told_so_on_a_page_of_our_own(make_slot: MakeSlot, read_only: Client) -> None:
    response = read_only.get(reverse("admin:scheduling_interviewslot_delete", args=[make_slot().pk]))
    assert response.status_code == 403
    assert is_a_page_with_a_way_back(response.content.decode())


def test_a_stranger_is_told_too_but_without_the_frame() -> None:
    page = Client(headers={"Accept-Language": "en"}).get("/nothing").content.decode()
    assert is_a_page_with_a_way_back(page)
    assert "Candidates" not in page


def test_a_form_without_its_seal_is_refused_in_our_own_words(administrator: Client) -> None:
    """Guard: ``csrf_failure``."""
    outside = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    response = outside.post("/admin/login/", {"username": "a", "password": "b"})
    page = response.content.decode()
    assert response.status_code == 403
    assert "open for too long" in page and "CSRF" not in page
    assert is_a_page_with_a_way_back(page)
    assert "unfold" in page and "Open the login page again" in page.partition("href=")[2]


def test_a_form_without_its_seal_leads_back_to_the_page_it_stands_on(administrator: Client) -> None:
    """Guard: ``_form_page``: of ours only."""
    administrator.handler.enforce_csrf_checks = True
    stands_on = "http://testserver/admin/security/"
    for sender, back in ((stands_on, stands_on), ("https://elsewhere.example/", "/admin/"), ("", "/admin/")):
        answer = Client.post(administrator, "/admin/security/sessions/", {}, headers={"Referer": sender})
        page = answer.content.decode().partition('id="desk-error"')[2]
        assert answer.status_code == 403
        assert f'href="{back}"' in page and "Open the page again" in page, sender


def test_a_fault_of_ours_shows_no_detail_but_a_number_to_tell(desk: Client, maria: Candidate) -> None:
    """Guard: ``server_error``. Maria's document is damaged, so showing her raises."""
    collection("users").update_one({"_id": maria.pk}, {"$set": {"blocked_at": Int64(1), "first_name": 5}})
    collection("users").update_one({"_id": maria.pk}, {"$unset": {"listed_at": 1}, "$set": {"username": {"a": 1}}})
    desk.raise_request_exception = False
    response = desk.get(
        reverse("admin:people_candidate_change", args=[maria.pk]), headers={"X-Correlation-ID": "press-17"}
    )
    page = response.content.decode()
    assert response.status_code == 500
    assert "press-17" in page and "Error" not in page and "Traceback" not in page
    assert is_a_page_with_a_way_back(page)


@pytest.fixture
def _away(desk: Client) -> Iterator[None]:
    """MongoDB is gone: nothing listens where it was."""
    kept = {name: connection.settings_dict[name] for name in ("HOST", "OPTIONS")}
    connection.close_pool()
    connection.settings_dict["HOST"] = "mongodb://127.0.0.1:1"
    connection.settings_dict["OPTIONS"] = {**kept["OPTIONS"], "serverSelectionTimeoutMS": 50}
    desk.raise_request_exception = False
    try:
        yield
    finally:
        connection.settings_dict.update(kept)
        connection.close_pool()


@pytest.mark.usefixtures("_away")
@pytest.mark.parametrize("address", ["", "people/candidate/", "people/candidate/?is_allowed__exact=1"])
def test_while_the_database_is_away_every_page_says_so(desk: Client, address: str) -> None:
    """Guard: ``status_of``; the session is read before any view is, so the middleware alone can't tell."""
    response = desk.get(f"/admin/{address}")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    page = response.content.decode()
    assert "can&#x27;t be reached" in page
    assert is_a_page_with_a_way_back(page)


def test_a_list_without_mistakes_is_still_a_list(text: Text, maria: Candidate) -> None:
    assert "Мария" in text("/admin/people/candidate/?is_allowed__exact=1&o=1&q=мария")
