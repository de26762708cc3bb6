"""Invitations at the desk (R10): links made, shown, revoked; many people from a table."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate, City, Invitation, Recruiter
from people.services.invitations import invite
from people.services.tokens import digest
from tests.conftest import MakeSlot
from tests.desk.conftest import Text
from tests.desk.test_people_pages import entry
from tests.helpers import claiming
from tests.helpers.staff_client import StaffClient, unseen

LIST = "admin:people_invitation_changelist"
IMPORT = "admin:people_candidate_import_table"
LINK = "https://t.me/slotdesk_test_bot?start=i_"


@pytest.fixture
def masha() -> Candidate:
    """Maria, whom staff know by name only."""
    return Candidate.objects.create(first_name="Мария", last_name="Ким")


def shown_in(page: str) -> str:
    """The token of the only link that a page shows."""
    (token,) = set(re.findall(re.escape(LINK) + r"([\w-]+)", page))
    return str(token)


def exported(desk: Client, query: str = "") -> list[dict[str, str]]:
    response = desk.get(f"{reverse(LIST)}?_export=csv{query}")
    assert isinstance(response, StreamingHttpResponse)
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_candidate_known_by_name_only_is_added_and_invited(desk: Client, text: Text) -> None:
    """R10: staff need no numeric id."""
    desk.post(reverse("admin:people_candidate_add"), entry(telegram_id=""))
    gleb = Candidate.objects.get()
    assert gleb.telegram_id is None
    url = reverse("admin:people_candidate_invite_one", args=[gleb.pk])
    assert "works once" in text(url)
    made = desk.post(url, {"_confirm": "1", "days": "3", "note": "набор"}, follow=True).content.decode()
    invitation = Invitation.objects.get()
    token = shown_in(made)
    assert digest(token) == invitation.token_hash
    assert timedelta(days=2) < invitation.expires_at - clock.now() <= timedelta(days=3)
    assert (invitation.created_by, invitation.note) == ("anna", "набор")
    page = text(url)
    assert "A link waits for them until" in page and LINK not in page, "it was shown, and is in no database"


def test_a_candidate_is_added_by_username_with_or_without_its_at(desk: Client) -> None:
    order = entry(telegram_id="", first_name="", username="@Gleb_S")
    assert desk.post(reverse("admin:people_candidate_add"), order).status_code == 302
    assert (Candidate.objects.get().username, Candidate.objects.get().awaited_username) == ("Gleb_S", "gleb_s")


def test_one_username_is_not_awaited_twice(desk: Client) -> None:
    """Guards: ``check_person``, and the unique index behind it."""
    for username in ("gleb_s", "GLEB_s"):
        order = entry(telegram_id="", username=username)
        page = desk.post(reverse("admin:people_candidate_add"), order).content.decode()
    assert "awaited already by another entry" in page
    assert Candidate.objects.count() == 1


def test_an_entry_without_an_id_gets_one_by_hand(desk: Client, masha: Candidate) -> None:
    desk.post(reverse("admin:people_candidate_change", args=[masha.pk]), entry(telegram_id="777"))
    masha.refresh_from_db()
    assert masha.telegram_id == 777


def recruiter(**fields: str) -> dict[str, str]:
    return {
        "name": "Ольга",
        "city": "",
        "username": "",
        "telegram_id": "",
        "contact_url": "",
        "deputy": "",
        "is_active": "on",
        **fields,
    }


def test_a_page_opened_before_a_recruiter_came_in_does_not_put_them_out_again(desk: StaffClient) -> None:
    """Guard: ``_compare`` holds what is sent against what was shown."""
    olga = Recruiter.objects.create(name="Ольга")
    url = reverse("admin:people_recruiter_change", args=[olga.pk])
    opened = unseen(desk.get(url))
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=5001)
    page = desk.post(url, recruiter(), opened=opened).content.decode()
    assert "Changed meanwhile, now: " in page and "5001" in page
    olga.refresh_from_db()
    assert olga.telegram_id == 5001
    desk.post(url, recruiter(telegram_id="6001"))
    olga.refresh_from_db()
    assert olga.telegram_id == 6001


def test_a_recruiter_has_a_deputy_who_is_someone_else(desk: Client, olga: Recruiter) -> None:
    vera = Recruiter.objects.create(name="Вера", telegram_id=5002, started_at=clock.now())
    url = reverse("admin:people_recruiter_change", args=[olga.pk])
    page = desk.post(url, recruiter(deputy=str(olga.pk))).content.decode()
    assert "Select a valid choice" in page
    with pytest.raises(ValidationError, match="deputy"):
        Recruiter(pk=olga.pk, name="Ольга", deputy_id=olga.pk).clean()
    desk.post(url, recruiter(telegram_id="5001", deputy=str(vera.pk)))
    olga.refresh_from_db()
    assert olga.deputy_id == vera.pk


def test_a_deputy_who_left_stays_until_someone_else_is_chosen(desk: Client, olga: Recruiter) -> None:
    """What a page does not offer would be taken away by saving something else."""
    vera = Recruiter.objects.create(name="Вера", telegram_id=5002, started_at=clock.now(), is_active=False)
    Recruiter.objects.filter(pk=olga.pk).update(deputy=vera)
    page = desk.get(reverse("admin:people_recruiter_change", args=[olga.pk])).content.decode()
    assert f'<option value="{vera.pk}" selected>' in page


def test_a_recruiters_telegram_id_is_not_given_twice(desk: Client, olga: Recruiter) -> None:
    """Guard: unique among those who have one."""
    page = desk.post(reverse("admin:people_recruiter_add"), recruiter(telegram_id="5001")).content.decode()
    assert "already exists" in page
    for _number in range(2):
        desk.post(reverse("admin:people_recruiter_add"), recruiter())
    assert Recruiter.objects.filter(telegram_id=None).count() == 2


@pytest.mark.parametrize("kind", ["candidate", "recruiter"])
def test_several_people_are_invited_at_once(desk: Client, masha: Candidate, maria: Candidate, kind: str) -> None:
    vera = Recruiter.objects.create(name="Вера")
    chosen = [masha.pk, maria.pk] if kind == "candidate" else [vera.pk]
    order = {"action": "invite_chosen", "_selected_action": [str(item) for item in chosen]}
    page = desk.post(reverse(f"admin:people_{kind}_changelist"), order, follow=True).content.decode()
    invitation = Invitation.objects.get()  # Maria is in already
    assert "1 link made" in page and digest(shown_in(page)) == invitation.token_hash


def test_nobody_off_the_list_is_invited(desk: Client, masha: Candidate) -> None:
    """Guard: ``invite`` asks whether staff let them in."""
    Candidate.objects.update(is_allowed=False)
    page = desk.post(
        reverse("admin:people_candidate_invite_one", args=[masha.pk]), {"_confirm": "1", "days": "3"}
    ).content.decode()
    assert "Put them back first" in page
    assert not Invitation.objects.exists()


def test_a_link_is_revoked_by_pressing_not_by_looking(desk: Client, text: Text, masha: Candidate) -> None:
    invite([masha], actor="anna")
    invitation = Invitation.objects.get()
    url = reverse("admin:people_invitation_revoke_one", args=[invitation.pk])
    assert "will not be able to come in" in text(url)
    assert Invitation.objects.get().revoked_at is None
    desk.post(url, {"_confirm": "1"})
    assert Invitation.objects.get().revoked_at
    assert AuditEntry.objects.filter(subject="invitation", action="revoked").count() == 1


@pytest.mark.parametrize("state", ["waiting", "used", "expired", "revoked"])
def test_links_are_found_by_state(text: Text, masha: Candidate, state: str) -> None:
    past = {"used": "used_at", "expired": "expires_at", "revoked": "revoked_at"}
    for name, field in past.items():
        Candidate.objects.update(first_name=f"Она-{name}")
        invite([Candidate.objects.get()], actor="anna")
        Invitation.objects.filter(name__startswith=f"Она-{name}").update(
            **{"revoked_at": None, field: clock.now() - timedelta(minutes=1)}
        )
    Candidate.objects.update(first_name="Она-waiting")
    invite([Candidate.objects.get()], actor="anna")
    page = text(f"{reverse(LIST)}?state={state}")
    assert [name for name in ("waiting", *past) if f"Она-{name}" in page] == [state]


def test_links_are_found_by_name_and_their_pages_open(desk: Client, text: Text, masha: Candidate) -> None:
    invite([masha], actor="anna")
    assert "Мария Ким" in text(f"{reverse(LIST)}?q=ким")
    assert "Мария Ким" not in text(f"{reverse(LIST)}?q=иванов")
    url = reverse("admin:people_invitation_change", args=[Invitation.objects.get().pk])
    for language in ("ru", "en"):
        assert desk.get(url, headers={"Accept-Language": language}).status_code == 200


def test_coordinators_see_who_is_invited_but_no_link(
    coordinator: Client, administrator: Client, masha: Candidate
) -> None:
    """Whoever holds a link can come in by it, as a recruiter too."""
    made = invite([masha], actor="anna")
    invitation = Invitation.objects.get()
    page = reverse("admin:people_invitation_change", args=[invitation.pk])
    for url in (reverse(LIST), f"{reverse(LIST)}?batch={made.batch}", page):
        shown = coordinator.get(url).content.decode()
        assert "Мария Ким" in shown and LINK not in shown
    forbidden = [
        coordinator.get(f"{reverse(LIST)}?_export=csv"),
        coordinator.get(reverse(IMPORT)),
        coordinator.post(reverse("admin:people_candidate_invite_one", args=[masha.pk]), {"_confirm": "1", "days": "3"}),
        coordinator.post(reverse("admin:people_invitation_revoke_one", args=[invitation.pk]), {"_confirm": "1"}),
    ]
    assert [response.status_code for response in forbidden] == [403] * 4
    order = {"action": "invite_chosen", "_selected_action": [str(masha.pk)]}
    coordinator.post(reverse("admin:people_candidate_changelist"), order)
    chosen = {"action": "revoke_chosen", "_selected_action": [str(invitation.pk)]}
    coordinator.post(reverse(LIST), chosen)
    assert Invitation.objects.get().revoked_at is None
    administrator.post(reverse(LIST), chosen)
    assert Invitation.objects.get().revoked_at


@pytest.mark.parametrize("way", ["one", "chosen"])
def test_a_lost_link_is_made_anew_and_the_first_ends(desk: Client, masha: Candidate, way: str) -> None:
    first = claiming.link(masha)
    lost = Invitation.objects.get()
    if way == "one":
        page = desk.get(reverse("admin:people_invitation_change", args=[lost.pk])).content.decode()
        renew = reverse("admin:people_invitation_renew_one", args=[lost.pk])
        assert renew in page
        form = desk.get(renew).headers["Location"]
        page = desk.post(form, {"_confirm": "1", "days": "3"}, follow=True).content.decode()
    else:
        order = {"action": "renew_chosen", "_selected_action": [str(lost.pk)]}
        page = desk.post(reverse(LIST), order, follow=True).content.decode()
    second = shown_in(page)
    assert claiming.result(claiming.opens(first, 70_002)).outcome == "invitation_revoked"
    assert claiming.result(claiming.opens(second, 70_001)).outcome == "accepted"
    used = Invitation.objects.get(used_by_telegram_id=70_001)
    page = desk.get(reverse("admin:people_invitation_change", args=[used.pk])).content.decode()
    assert reverse("admin:people_invitation_renew_one", args=[used.pk]) not in page, "they are in"


def test_another_browser_is_not_shown_what_was_made_in_this_one(desk: Client, masha: Candidate) -> None:
    """Guard: ``handed_over``; the moment of showing is the maker's alone, and no database or session has it."""
    url = reverse("admin:people_candidate_invite_one", args=[masha.pk])
    made = desk.post(url, {"_confirm": "1", "days": "3"})
    other = Client(headers={"Accept-Language": "en"})
    other.force_login(User.objects.get(username="anna"))
    assert LINK not in other.get(made.headers["Location"]).content.decode()
    cookie = made.cookies["made_links"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["max-age"] <= 120
    assert not any(cookie.value in str(list(collection(name).find())) for name in ("django_session", "invitations"))
    shown = desk.get(made.headers["Location"])
    assert LINK in shown.content.decode() and "no-store" in shown.headers["Cache-Control"]


def test_a_name_is_escaped_on_every_page(text: Text, masha: Candidate) -> None:
    Candidate.objects.update(first_name="<script>alert(1)</script>")
    invite([Candidate.objects.get()], actor="anna")
    for url in (
        reverse(LIST),
        reverse("admin:people_candidate_invite_one", args=[masha.pk]),
        reverse("admin:people_invitation_change", args=[Invitation.objects.get().pk]),
    ):
        assert "<script>alert(1)" not in text(url)


def pictures(page: str) -> int:
    """How many QR codes a page shows to those who see, each with its words for those who don't."""
    return len(re.findall(r'role="img" aria-label="QR code with the link of [^"]+"><svg ', page))


def test_a_link_comes_with_its_picture_to_scan_and_print(desk: Client, masha: Candidate) -> None:
    page = desk.post(reverse("admin:people_candidate_invite_one", args=[masha.pk]), {"_confirm": "1", "days": "3"})
    shown = desk.get(page.headers["Location"]).content.decode()
    assert pictures(shown) == 1 and "data-print" in shown and "data-copy" in shown


def test_links_for_everybody_of_a_city_or_an_event_who_has_not_come(
    desk: StaffClient, masha: Candidate, moscow: City, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guards: ``WhomForm`` and ``MOST_LINKS``. Maria has come; Gleb of Omsk is asked where a time is to be there."""
    omsk = City.objects.create(name="Омск", timezone="Asia/Omsk")
    Candidate.objects.create(first_name="Глеб", city=omsk)
    Candidate.objects.create(first_name="Анна", city=moscow)
    Candidate.objects.create(first_name="Снятая", city=moscow, is_allowed=False)
    event = make_slot().event
    url = reverse("admin:people_candidate_invite_many")

    def asked(query: str) -> set[str]:
        page = desk.get(f"{url}?{query}").content.decode().partition('id="invited"')[2].partition("</ul>")[0]
        return {name for name in ("Мария Ким", "Мария Петрова", "Глеб", "Анна", "Снятая") if name in page}

    assert asked("") == {"Мария Ким", "Глеб", "Анна"}
    assert asked(f"city={moscow.pk}") == {"Анна"}
    assert asked(f"event={event.pk}") == {"Мария Ким", "Анна"}
    assert asked("city=zz") == set()
    page = desk.post(f"{url}?event={event.pk}", {"_confirm": "1", "days": "3", "note": ""}, follow=True)
    assert pictures(page.content.decode()) == 2
    assert set(Invitation.objects.values_list("name", flat=True)) == {"Мария Ким", "Анна"}
    with pytest.raises(RefusedError, match="500 links at a time"):
        invite([masha] * 501, actor="anna")


def test_tables_are_taken_in_on_the_peoples_list_and_the_old_address_leads_there(desk: Client, text: Text) -> None:
    assert reverse(IMPORT) in text(reverse("admin:people_candidate_changelist"))
    assert "/import/" not in text(reverse(LIST))
    assert desk.get("/admin/people/invitation/import/").headers["Location"] == reverse(IMPORT)
