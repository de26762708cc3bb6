"""Two people's work on one page: a page opened before a colleague's change does not undo it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from broadcasts.models import AnnouncementChat
from common.models import AuditEntry
from common.mongo import collection
from messaging.models import OutboxMessage
from people.models import Candidate, City, ContactSettings, Recruiter
from questionnaires.models import Choice, Question, Questionnaire
from reminders.models import ReminderRule, StaffChat
from scheduling.models import InterviewEvent
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.desk.test_questionnaire_pages import rows
from tests.desk.test_slot_pages import form_of, on_the_minute, page_of
from tests.helpers import asking
from tests.helpers.questionnaires import make_draft
from tests.helpers.staff_client import StaffClient, unseen


@pytest.fixture
def boris() -> StaffClient:
    """Boris, Anna's colleague, who may do everything, too."""
    client = StaffClient(headers={"Accept-Language": "en"})
    client.force_login(User.objects.create(username="boris", is_staff=True, is_superuser=True))
    return client


def told(response: Any) -> str:
    """What a page says that was shown again."""
    assert response.status_code == 200
    return str(response.content.decode())


def test_adding_a_room_does_not_move_a_slot_back(
    desk: StaffClient, boris: StaffClient, make_slot: MakeSlot, maria: Candidate
) -> None:
    """The issue's example. Guard: ``_compare``."""
    slot = on_the_minute(make_slot(timedelta(days=3)))
    book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")
    opened, seen = unseen(desk.get(page_of(slot))), form_of(slot)
    boris.confirm(page_of(slot), form_of(slot, starts_at_1="15:00"))
    moved = asking.slot_now(slot)["starts_at"]
    written = OutboxMessage.objects.count()

    page = told(desk.post(page_of(slot), {**seen, "room": "7"}, opened=opened))

    assert "Nothing is saved yet" in page and "15:00</b> · staff boris" in page
    assert page.count('"desk-news desk-kept"') == 1, "not outlined as a mistake of this person's"
    assert 'value="15:00"' in page, "the field left alone shows what is stored"
    assert 'value="7"' in page, "and the person's own input is kept"
    now = asking.slot_now(slot)
    assert (now["starts_at"], now["room"], OutboxMessage.objects.count()) == (moved, "3.14", written)
    again = form_of(slot, starts_at_1="15:00", room="7")
    assert desk.confirm(page_of(slot), again, opened=unseen_in(page)).status_code == 302
    now = asking.slot_now(slot)
    assert (now["starts_at"], now["room"]) == (moved, "7")


def unseen_in(page: str) -> dict[str, str]:
    """As ``unseen``, of a page's text."""
    return unseen(type("Shown", (), {"content": page.encode()}))


def test_who_changed_the_same_field_puts_theirs_in_place_on_purpose(
    desk: StaffClient, boris: StaffClient, make_slot: MakeSlot
) -> None:
    slot = on_the_minute(make_slot(timedelta(days=3)))
    opened = unseen(desk.get(page_of(slot)))
    boris.post(page_of(slot), form_of(slot, room="12"))
    mine = form_of(slot, room="7")
    page = told(desk.post(page_of(slot), mine, opened=opened))
    assert "desk-kept" not in page
    assert "Now: <b" in page and "12</b> · staff boris" in page
    assert "save again to replace it with yours" in page
    assert asking.slot_now(slot)["room"] == "12"
    assert desk.post(page_of(slot), mine, opened=unseen_in(page)).status_code == 302
    assert asking.slot_now(slot)["room"] == "7"


def test_a_booking_meanwhile_is_no_news_to_the_slots_page(
    desk: StaffClient, make_slot: MakeSlot, maria: Candidate
) -> None:
    """``updated_at`` moves with every seat; the page compares its own fields."""
    slot = on_the_minute(make_slot())
    opened = unseen(desk.get(page_of(slot)))
    asking.outcome(asking.book(maria, slot))
    assert desk.confirm(page_of(slot), form_of(slot, room="7"), opened=opened).status_code == 302
    assert asking.slot_now(slot)["room"] == "7"
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]


def test_the_same_change_by_both_is_no_news(desk: StaffClient, boris: StaffClient, make_slot: MakeSlot) -> None:
    slot = on_the_minute(make_slot())
    opened = unseen(desk.get(page_of(slot)))
    boris.post(page_of(slot), form_of(slot, room="7"))
    assert desk.post(page_of(slot), form_of(slot, room="7"), opened=opened).status_code == 302
    assert AuditEntry.objects.filter(subject="slot").count() == 1, "nothing was left to write"


def test_the_heading_of_a_page_that_is_not_saved_names_what_is_stored(
    desk: StaffClient, boris: StaffClient, moscow: City
) -> None:
    url = reverse("admin:people_city_change", args=[moscow.pk])
    order = {"name": "Москва", "timezone": "Europe/Moscow", "contact_url": ""}
    opened = unseen(desk.get(url))
    boris.post(url, {**order, "name": "Москва-Сити"})
    answer = desk.post(url, {**order, "name": "Столица"}, opened=opened)
    assert "Nothing is saved yet" in told(answer)
    assert str(answer.context["original"]) == "Москва-Сити"


Case = tuple[str, Any, dict[str, Any], dict[str, Any], dict[str, Any]]


def _cases(moscow: City, maria: Candidate, olga: Recruiter, event: InterviewEvent) -> list[Case]:
    """Page, document, its form's fields, what Boris changes in them, what Anna changes."""
    chat = AnnouncementChat.objects.create(title="Новости", chat_id=-100)
    contact = ContactSettings.objects.create(contact_url="https://t.me/slotdesk_help")
    staff_chat = StaffChat.objects.create(chat_id=-200, language="ru")
    rule = ReminderRule.objects.create(kind="day_of", is_on=True, at="10:00", key="day_of.any.any")
    city = {"name": moscow.name, "timezone": "Europe/Moscow", "contact_url": moscow.contact_url}
    rules = {"title": event.title, "description": "", "is_open": "on", "pending_hours": 24, "reminder_minutes": 120}
    cutoffs = {"booking_cutoff_minutes": 120, "move_cutoff_minutes": 120, "cancel_cutoff_minutes": 0}
    names = {"first_name": "Мария", "last_name": "Петрова", "username": "maria_p"}
    person = {"name": olga.name, "city": str(moscow.pk), "telegram_id": 5001, "is_active": "on"}
    return [
        ("people_city", moscow, city, {"timezone": "Asia/Omsk"}, {"contact_url": "https://t.me/omsk_hr"}),
        ("scheduling_interviewevent", event, {**rules, **cutoffs}, {"is_open": ""}, {"description": "Паспорт"}),
        ("people_recruiter", olga, person, {"is_active": ""}, {"contact_url": "https://t.me/olga_hr"}),
        ("people_candidate", maria, names, {"city": str(moscow.pk)}, {"last_name": "Петрова-Ким"}),
        ("people_contactsettings", contact, {"contact_url": contact.contact_url},
         {"contact_url": "https://t.me/one_help"}, {"contact_url": "https://t.me/two_help"}),
        ("broadcasts_announcementchat", chat, {"title": "Новости", "chat_id": -100, "is_active": "on"},
         {"is_active": ""}, {"title": "Новости офиса"}),
        ("reminders_reminderrule", rule, {"kind": "day_of", "is_on": "on", "at": "10:00"}, {"at": "09:00"},
         {"at": "11:00"}),
        ("reminders_staffchat", staff_chat, {"chat_id": -200, "language": "ru"}, {"chat_id": -300},
         {"language": "en"}),
    ]  # fmt: skip


def test_no_page_undoes_what_a_colleague_saved(
    desk: StaffClient,
    boris: StaffClient,
    moscow: City,
    maria: Candidate,
    olga: Recruiter,
    event: InterviewEvent,
) -> None:
    """The kind: event, recruiter, city's zone, candidate, contact, chat, rule, staff chat. Guard: ``_compare``."""
    for name, document, fields, his, hers in _cases(moscow, maria, olga, event):
        url = reverse(f"admin:{name}_change", args=[document.pk])
        stored = collection(document._meta.db_table)
        opened = unseen(desk.get(url))
        assert boris.post(url, {**fields, **his}).status_code == 302, name
        before = stored.find_one({"_id": document.pk})
        assert before is not None and before["updated_at"] > document.updated_at, name

        page = told(desk.post(url, {**fields, **hers}, opened=opened))

        assert "staff boris" in page and "Nothing is saved yet" in page, name
        assert stored.find_one({"_id": document.pk}) == before, name


def test_only_what_was_changed_is_written(desk: StaffClient, moscow: City) -> None:
    """A page that is saved untouched writes nothing. Guard: ``_take``."""
    url = reverse("admin:people_city_change", args=[moscow.pk])
    opened = unseen(desk.get(url))
    fields = {"name": moscow.name, "timezone": "Europe/Moscow", "contact_url": moscow.contact_url}
    assert desk.post(url, fields, opened=opened).status_code == 302
    assert not AuditEntry.objects.filter(subject="city").exists() and not OutboxMessage.objects.exists()
    assert City.objects.get().updated_at == moscow.updated_at


def test_what_was_stored_past_the_model_is_put_right_by_saving_it_anew(desk: StaffClient, moscow: City) -> None:
    """Guard: ``_is_other``."""
    url = reverse("admin:people_city_change", args=[moscow.pk])
    City.objects.filter(pk=moscow.pk).update(contact_url="Https://t.me/anna_moscow")
    fields = {"name": moscow.name, "timezone": "Europe/Moscow", "contact_url": "Https://t.me/anna_moscow"}
    assert desk.post(url, fields).status_code == 302
    assert City.objects.get().contact_url == "https://t.me/anna_moscow"


def test_a_page_that_does_not_say_what_it_showed_saves_nothing(desk: StaffClient, moscow: City) -> None:
    """A form made by hand, and one about another document. Guard: ``_compare``."""
    omsk = City.objects.create(name="Омск", timezone="Asia/Omsk")
    url = reverse("admin:people_city_change", args=[moscow.pk])
    fields = {"name": "Столица", "timezone": "Europe/Moscow", "contact_url": ""}
    other = unseen(desk.get(reverse("admin:people_city_change", args=[omsk.pk])))
    for opened in ({}, {"_seen": "x"}, {"_seen": other["_seen"]}):
        page = told(desk.post(url, fields, opened=opened))
        assert "did not say what it showed" in page and 'value="Столица"' in page
        assert "Москва</b>" in page, "what is stored is beside it"
    assert set(City.objects.values_list("name", flat=True)) == {"Москва", "Омск"}
    assert desk.post(url, fields, opened=unseen_in(page)).status_code == 302, "and it can be saved from there"


def test_of_two_who_save_at_once_one_is_shown_the_others_change(
    desk: StaffClient, boris: StaffClient, moscow: City
) -> None:
    """Both pages may be compared before either writes. Guard: ``renewed`` looks again where it is written."""
    url = reverse("admin:people_city_change", args=[moscow.pk])
    start = threading.Barrier(2)

    def save(client: StaffClient, zone: str, opened: dict[str, str]) -> int:
        start.wait(timeout=60)
        fields = {"name": "Москва", "timezone": zone, "contact_url": moscow.contact_url}
        return int(client.post(url, fields, opened=opened).status_code)

    for turn in range(8):
        zones = [f"Etc/GMT+{turn + 1}", f"Etc/GMT-{turn + 1}"]
        jobs = [(client, zone, unseen(client.get(url))) for client, zone in zip((desk, boris), zones, strict=True)]
        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(lambda job: save(*job), jobs))
        assert sorted(statuses) == [200, 302], turn
        assert City.objects.get().timezone == zones[statuses.index(302)], turn


def test_a_questionnaires_rows_are_held_against_what_was_shown(desk: StaffClient, boris: StaffClient) -> None:
    """Guard: ``_should_delete_form`` lets nobody drop a row that a colleague has just changed."""
    made = make_draft()
    url = reverse("admin:questionnaires_questionnaire_change", args=[made.questionnaire.pk])
    opened, order = unseen(desk.get(url)), _draft(made)
    boris.post(url, {**_draft(made), "questions-1-text_ru": "Какой у вас стаж?"})

    page = told(desk.post(url, {**order, "questions-0-text_ru": "Опыт есть?"}, opened=opened))
    assert "Changed meanwhile, now: <b" in page and "Какой у вас стаж?</b> · staff boris" in page
    page = told(desk.post(url, {**order, "questions-1-DELETE": "on"}, opened=opened))
    assert "Какой у вас стаж?</b>" in page
    texts = list(Question.objects.order_by("position").values_list("text_ru", flat=True))
    assert texts[:2] == ["Есть опыт?", "Какой у вас стаж?"]

    again = {**order, "questions-1-text_ru": "Какой у вас стаж?", "questions-1-DELETE": "on"}
    assert desk.post(url, again, opened=unseen_in(page)).status_code == 302
    assert Question.objects.count() == len(texts) - 1


def _draft(made: Any) -> dict[str, Any]:
    """The questionnaire's form as it is stored now."""
    questions = Question.objects.filter(questionnaire_id=made.questionnaire.pk).order_by("position")
    whole = {"questionnaire": str(made.questionnaire.pk)}
    items = [
        {"id": str(one.pk), "position": one.position, "text_ru": one.text_ru, "text_en": one.text_en, "kind": one.kind}
        | whole
        | ({"optional": "on"} if one.optional else {})
        for one in questions
    ]
    title = Questionnaire.objects.get(pk=made.questionnaire.pk)
    return {"title_ru": title.title_ru, "title_en": title.title_en, **rows("questions", items, existing=len(items))}


def test_a_row_that_a_colleague_dropped_says_so(desk: StaffClient) -> None:
    """Guard: ``_leave_out_dropped``. The others stay beside their own documents."""
    made = make_draft()
    url = reverse("admin:questionnaires_questionnaire_change", args=[made.questionnaire.pk])
    opened, order = unseen(desk.get(url)), _draft(made)
    Question.objects.filter(pk=order["questions-1-id"]).delete()
    page = told(desk.post(url, {**order, "questions-1-text_ru": "Стаж?"}, opened=opened))
    assert "Someone has dropped this meanwhile: Стаж?. Nothing is saved yet" in page
    left = Question.objects.order_by("position").values_list("pk", flat=True)
    shown = re.findall(r'name="questions-\d-id" value="(\w+)"', page)
    assert shown == [str(key) for key in left]
    assert 'name="questions-INITIAL_FORMS" value="4"' in page
    assert desk.post(url, {**order, "questions-1-DELETE": "on"}, opened=opened).status_code == 302


def test_a_questions_choices_are_held_against_what_was_shown(desk: StaffClient, boris: StaffClient) -> None:
    made = make_draft()
    url = reverse("admin:questionnaires_question_change", args=[made.questions["experience"].pk])
    opened, order = unseen(desk.get(url)), _choices(made)
    boris.post(url, {**_choices(made), "choices-0-label_ru": "Ага"})
    page = told(desk.post(url, {**order, "choices-1-label_en": "Nope"}, opened=opened))
    assert "Ага</b> · staff boris" in page
    assert "Nope" not in set(Choice.objects.values_list("label_en", flat=True))
    assert "Ага" in set(Choice.objects.values_list("label_ru", flat=True))


def _choices(made: Any) -> dict[str, Any]:
    question = Question.objects.get(pk=made.questions["experience"].pk)
    names = ("label_ru", "label_en", "effect", "text_ru", "text_en", "position")
    items = [
        {"id": str(one.pk), "question": str(question.pk), **{name: getattr(one, name) for name in names}}
        for one in Choice.objects.filter(question_id=question.pk).order_by("position")
    ]
    texts = {name: getattr(question, name) for name in ("text_ru", "text_en", "kind", "hint_ru", "hint_en")}
    return {**texts, **rows("choices", items, existing=len(items))}


def test_a_plain_client_shares_nothing_with_the_page_it_did_not_open(desk: StaffClient, moscow: City) -> None:
    """The tests' own browser is what fills the hidden fields in, not the product."""
    plain = Client()
    plain.cookies = desk.cookies
    url = reverse("admin:people_city_change", args=[moscow.pk])
    fields = {"name": "Столица", "timezone": "Europe/Moscow", "contact_url": ""}
    assert plain.post(url, fields).status_code == 200
    assert City.objects.get().name == "Москва"
