"""Every page opens, in both languages; garbled addresses and filters never break one."""

from datetime import timedelta

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse
from django.utils.functional import empty

from common.mongo import collection
from people.models import Candidate, City, ContactSettings, Recruiter
from scheduling.models import Booking, InterviewEvent
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.conftest import Text

LISTS = [
    "people_candidate",
    "people_city",
    "people_recruiter",
    "people_invitation",
    "people_contactsettings",
    "scheduling_interviewevent",
    "scheduling_interviewslot",
    "scheduling_booking",
    "scheduling_waitingentry",
    "questionnaires_questionnaire",
    "questionnaires_questionnaireanswers",
    "broadcasts_announcementchat",
    "broadcasts_broadcast",
    "wording_messagetemplate",
    "reminders_automessage",
    "reminders_reminderrule",
    "reminders_staffchat",
    "common_auditentry",
    "messaging_outboxmessage",
    "messaging_inboxmessage",
]


@pytest.fixture
def _some_of_each(
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    default_contact: ContactSettings,
) -> None:
    book_for(maria.telegram_id, str(make_slot(recruiter=olga).pk), actor="anna", reason="")


@pytest.mark.usefixtures("_some_of_each")
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_lists_open_in_both_languages(desk: Client, name: str, language: str) -> None:
    url = reverse(f"admin:{name}_changelist")
    assert desk.get(url, follow=True, headers={"Accept-Language": language}).status_code == 200


def test_a_page_makes_no_list_of_applications_that_it_does_not_show(desk: Client) -> None:
    """Guard: ``DeskSite``. What is shown has it: the page of one application is in the matrix."""
    listed = desk.get(reverse("admin:people_city_changelist")).context["available_apps"]
    assert listed._wrapped is empty
    assert "people" in {app["app_label"] for app in listed}


@pytest.mark.usefixtures("_some_of_each")
def test_details_open(desk: Client, moscow: City, maria: Candidate, event: InterviewEvent) -> None:
    booking = Booking.objects.get()
    for name, document_id in [
        ("people_city", moscow.pk),
        ("people_candidate", maria.pk),
        ("scheduling_interviewevent", event.pk),
        ("scheduling_interviewslot", booking.slot_id),
        ("scheduling_booking", booking.pk),
    ]:
        assert desk.get(reverse(f"admin:{name}_change", args=[document_id])).status_code == 200, name


@pytest.mark.parametrize("name", ["scheduling_interviewevent", "scheduling_interviewslot", "scheduling_booking"])
@pytest.mark.parametrize("garbled", ["x", "6b0210a10ebbd9947507d2a0", "6b02 10", "%00"])
def test_a_garbled_id_is_no_page_but_no_crash(desk: Client, name: str, garbled: str) -> None:
    base = reverse(f"admin:{name}_changelist")
    for tail in ("change/", "delete/", "broadcast/", "add-slots/", "move/", "cancel/", "book/"):
        assert desk.get(f"{base}{garbled}/{tail}").status_code in {302, 403, 404}, tail


@pytest.mark.usefixtures("_some_of_each")
@pytest.mark.parametrize(
    "query",
    [
        "event=x",
        "city=6b0210a10ebbd9947507d2a0",
        "starts_at_from=31.02.2026",
        "starts_at_from=0001-01-01&starts_at_to=9999-12-31",
        "status__exact=nonsense",
        "q=%27%22%5B%24ne%5D%20.*%28",
        "p=999",
        "o=99.-98",
        "time=whenever",
        "is_active__exact=maybe",
        "attendance=maybe",
        "no_such_parameter=1",
        "_export=csv&q=мария",
    ],
)
@pytest.mark.parametrize("name", ["scheduling_interviewslot", "scheduling_booking"])
def test_garbled_filters_never_break_a_list(desk: Client, name: str, query: str) -> None:
    """Guard: ``DeclaredLists``; what the page doesn't ask is refused, whatever else it asks is answered."""
    response = desk.get(f"{reverse(f'admin:{name}_changelist')}?{query}")
    assert response.status_code in {200, 400}


def test_the_front_page_shows_the_numbers(text: Text, make_slot: MakeSlot) -> None:
    make_slot(capacity=4)
    assert "<b>1</b>slot to book in the next 7 days" in text("/admin/")


def test_the_front_page_counts_what_waits_for_staff(text: Text, make_slot: MakeSlot, maria: Candidate) -> None:
    """R4, R7: who is to be told by hand, and who waits for a seat, with links to just those."""
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    assert "<b>0</b> bookings to tell of by hand" in text("/admin/")
    collection("bookings").update_one({}, {"$set": {"candidate_by_hand": True}})

    page = text("/admin/")
    assert "<b>1</b> booking to tell of by hand" in page
    assert "<b>0</b>people on the waiting list" in page
    flagged = reverse("admin:scheduling_booking_changelist") + "?now=by-hand"
    assert flagged in page
    assert "Мария Петрова" in text(flagged)
    collection("bookings").update_one({}, {"$set": {"live": False, "status": "cancelled"}})
    assert "<b>1</b> booking to tell of by hand" in text("/admin/"), "that it is off has not reached her, either"
    collection("bookings").update_one({}, {"$set": {"candidate_by_hand": False}})
    assert "<b>0</b> bookings to tell of by hand" in text("/admin/")
    assert "Мария Петрова" not in text(flagged)


@pytest.mark.usefixtures("_some_of_each")
def test_russian_pages_count_and_title_in_right_grammar(desk: Client, maria: Candidate) -> None:
    russian = {"Accept-Language": "ru"}
    url = reverse("admin:people_candidate_changelist")
    listed = desk.get(url, headers=russian).content.decode()
    assert "<title>Кандидаты |" in " ".join(listed.split()).replace("<title> ", "<title>")
    assert "Всего: 1" in listed
    page = reverse("admin:people_candidate_change", args=[maria.pk])
    saved = desk.post(page, {"first_name": "Мария", "last_name": "Петрова"}, follow=True, headers=russian)
    assert "Сохранено:" in saved.content.decode()


def test_the_address_of_the_site_leads_to_the_desk(desk: Client) -> None:
    assert desk.get("/").headers["Location"] == "/admin/"


def test_staff_choose_their_language(desk: Client) -> None:
    desk.post("/i18n/setlang/", {"language": "ru", "next": "/admin/"})
    page = desk.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    assert "слотов для записи в ближайшие 7 дней" in page
    assert "Slotdesk" in page


@pytest.mark.parametrize(("count", "said"), [(1, "слот для"), (2, "слота для"), (5, "слотов для"), (21, "слот для")])
def test_the_front_page_counts_in_right_grammar(desk: Client, make_slot: MakeSlot, count: int, said: str) -> None:
    first = make_slot()
    made = collection("interview_slots").find_one({"_id": first.pk}) or {}
    more = [{**made, "_id": ObjectId(), "starts_at": made["starts_at"] + timedelta(hours=n)} for n in range(1, count)]
    if more:
        collection("interview_slots").insert_many(more)
    assert f"<b>{count}</b>{said}" in desk.get("/admin/", headers={"Accept-Language": "ru"}).content.decode()
