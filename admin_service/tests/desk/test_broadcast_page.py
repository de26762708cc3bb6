"""The Broadcast button (FR1, FR12)."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from broadcasts.models import AnnouncementChat, Broadcast, BroadcastDelivery
from broadcasts.staff import composing
from common import clock
from messaging.models import OutboxMessage
from people.models import Candidate, City
from scheduling.models import InterviewEvent
from tests.conftest import MakeCandidate
from tests.desk.conftest import Text


@pytest.fixture
def chat() -> AnnouncementChat:
    """The one announcement chat."""
    return AnnouncementChat.objects.create(title="Объявления", chat_id=-1001000000001)


def page_of(event: InterviewEvent) -> str:
    return reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk])


def test_the_event_page_offers_the_button(text: Text, event: InterviewEvent) -> None:
    assert page_of(event) in text(reverse("admin:scheduling_interviewevent_change", args=[event.pk]))


def test_the_page_proposes_a_text_and_the_only_chat(
    text: Text, event: InterviewEvent, chat: AnnouncementChat, moscow: City
) -> None:
    page = text(page_of(event))
    assert event.title in page
    assert f'value="{chat.chat_id}"' in page and "checked" in page
    assert "Sign-up is open: {event}" in page and f"Sign-up is open: {event.title}" in page


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_proposed_text_is_in_its_readers_language_whatever_the_desks(
    desk: Client, event: InterviewEvent, language: str
) -> None:
    """Guard: ``_default_text``."""
    InterviewEvent.objects.update(description="Поговорим", description_en="We talk")
    page = desk.get(page_of(event), headers={"accept-language": language}).content.decode()
    typed = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL))
    assert typed["text"].startswith("Открыта запись: {event}\n\nПоговорим\n\n")
    assert typed["text_en"].startswith("Sign-up is open: {event}\n\nWe talk\n\n")


def test_sending_starts_the_broadcast_and_shows_it(desk: Client, event: InterviewEvent, chat: AnnouncementChat) -> None:
    order = {"_confirm": "1", "text": "Приходите <b>все</b>", "chats": [chat.chat_id], "audience": "", "city": ""}
    response = desk.post(page_of(event), order)
    made = Broadcast.objects.get()
    assert response.headers["Location"] == reverse("admin:broadcasts_broadcast_change", args=[made.pk])
    assert (made.chat_ids, made.started_by, made.message_text) == ([chat.chat_id], "anna", "Приходите <b>все</b>")
    command = json.loads(OutboxMessage.objects.get(queue="bot.broadcast.command").body)
    assert (command["action"], command["broadcast_id"]) == ("post_broadcast", str(made.pk))
    page = desk.get(response.headers["Location"]).content.decode()
    assert "Объявления" in page and "&lt;b&gt;все&lt;/b&gt;" in page


def test_the_same_sent_from_two_pages_goes_out_once_and_the_second_is_told_by_whom(
    desk: Client, event: InterviewEvent
) -> None:
    """Guard: ``_make_way``; left to the index alone, the second page shows an error."""
    order = {"_confirm": "1", "text": "Приходите", "audience": "all"}
    desk.post(page_of(event), order)
    again = desk.post(page_of(event), order).content.decode()
    assert "anna has started the same broadcast a moment ago" in again
    assert Broadcast.objects.count() == OutboxMessage.objects.filter(queue="bot.broadcast.command").count() == 1


def test_a_scheduled_one_is_changed_into_no_twin_of_another(desk: Client, event: InterviewEvent) -> None:
    """Guard: ``_make_way``; saved as it was it is its own twin, which is none."""
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    later = {"_confirm": "1", "audience": "all", "when": "later", "send_at_0": day, "send_at_1": "10:00"}
    for text in ("Приходите", "Ждём вас"):
        desk.post(page_of(event), {**later, "text": text})
    second = Broadcast.objects.get(message_text="Ждём вас")
    for text, told in (("Приходите", "a moment ago"), ("Ждём вас", "")):
        answer = desk.post(f"{page_of(event)}?change={second.pk}", {**later, "text": text})
        assert (told in answer.content.decode()) and (answer.status_code == 302) == (not told)
    assert sorted(Broadcast.objects.values_list("message_text", flat=True)) == ["Ждём вас", "Приходите"]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"text": "Привет"}, "Choose at least one chat, or an audience."),
        ({"text": "", "audience": "all"}, "This field is required."),
        ({"text": "Привет {who}", "audience": "all"}, "There is no such variable: {who}. There are: {city}"),
        ({"text": "Привет", "text_en": "Hello {", "audience": "all"}, "A brace has no pair"),
        ({"text": "{city}", "audience": "all"}, "Write 1 to 3500 characters."),
        ({"text": "Привет", "audience": "all", "when": "later"}, "Give the day and the time."),
        (
            {"text": "Привет", "audience": "all", "when": "later", "send_at_0": "2020-01-01", "send_at_1": "10:00"},
            "Give a time that is to come, within a year.",
        ),
        ({"text": "Привет", "audience": "everyone"}, "Select a valid choice."),
        ({"text": "Привет", "chats": ["-5"]}, "Select a valid choice."),
        ({"text": "а" * 4_000, "audience": "all"}, "At most 3500 characters"),
    ],
)
def test_a_mistake_is_shown_beside_its_field_and_nothing_is_sent(
    desk: Client, event: InterviewEvent, order: dict[str, str], message: str
) -> None:
    response = desk.post(page_of(event), {"_confirm": "1", **order})
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Broadcast.objects.exists()


def test_the_message_is_shown_as_it_will_come_with_its_variables_and_whom_it_reaches(
    desk: Client, event: InterviewEvent, moscow: City, make_candidate: MakeCandidate
) -> None:
    """Guards: ``as_html``, ``Reach``. Nothing is sent by looking; a number opens just the people it counts."""
    for city, at in ((moscow, clock.now()), (moscow, None), (None, clock.now())):
        make_candidate(started_at=at, city=city)
    order = {"_look": "1", "text": "{event} <b>\n{link}\n{contact_link}", "audience": "all", "city": str(moscow.pk)}
    shown = desk.post(page_of(event), order).content.decode()
    assert f"{event.title} &lt;b&gt;" in shown and f"start=e_{event.pk}</a>" in shown and moscow.contact_url in shown
    counted = dict(re.findall(r'href="([^"]*readers[^"]*)"[^>]*data-count="(\d+)"', shown))
    assert sorted(counted.values()) == ["1", "1"]
    for link, count in counted.items():
        listed = desk.get(unescape(link)).content.decode()
        assert listed.count("/people/candidate/") - listed.count('/people/candidate/"') == int(count), link
    assert not Broadcast.objects.exists()


def test_whom_it_does_not_reach_is_said_before_and_is_the_same_number_after(
    desk: Client, event: InterviewEvent, make_candidate: MakeCandidate
) -> None:
    """With why, and with their names. Guards: ``unstarted``, ``named_out_of_reach``, ``people_out_of_reach``."""
    now = clock.now()
    make_candidate(started_at=now)
    make_candidate(first_name="Глеб")
    make_candidate(first_name="Вера", telegram_id=None)
    make_candidate(first_name="Дина", started_at=now, blocked_at=now)
    order = {"text": "Приходите", "audience": "all"}
    before = desk.post(page_of(event), {"_look": "1", **order}).content.decode()
    assert "never started the bot: 2, blocked it: 1" in before
    found = re.search(r'href="([^"]*)"[^>]*id="console-others" data-count="(\d+)"', before)
    assert found
    desk.post(page_of(event), {"_confirm": "1", **order})
    began = Broadcast.objects.get()
    make_candidate(first_name="Зоя")  # added since
    Candidate.objects.filter(first_name="Глеб").update(started_at=clock.now())  # has started it since
    page = desk.get(reverse("admin:broadcasts_broadcast_change", args=[began.pk])).content.decode()
    after = re.search(r'href="([^"]*)"[^>]*id="number-out-of-reach" data-count="(\d+)"', page)
    assert after and after[2] == found[2] == "3"
    listed = desk.get(unescape(after[1])).content.decode()
    assert [name in listed for name in ("Глеб", "Вера", "Дина", "Зоя")] == [True, True, True, False]
    assert "blocked the bot" in listed and "has not started the bot" in listed


def test_the_names_behind_a_count_come_in_pages_none_twice_and_none_left_out(
    desk: Client, event: InterviewEvent, make_candidate: MakeCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: ``after`` in ``people`` and ``show_readers``, ``reached``, ``is_test`` in ``_named``."""
    monkeypatch.setattr(composing, "PEOPLE_PER_PAGE", 2)
    every = [make_candidate(started_at=clock.now()) for _number in range(5)]
    other = make_candidate()
    readers = reverse("admin:scheduling_interviewevent_readers", args=[event.pk])

    def listed(query: str) -> tuple[list[str], str]:
        page = desk.get(f"{readers}{query}").content.decode()
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        return re.findall(r"/people/candidate/(\w{24})/", page), unescape(following[1]) if following else ""

    pages, found, query = list[int](), list[str](), "?audience=all"
    while query:
        names, query = listed(query)
        pages.append(len(names))
        found += names
    assert (pages, found) == ([2, 2, 1], [str(person.pk) for person in every])
    assert listed("?audience=all&after=nonsense") == listed("?audience=all")
    assert listed("?audience=all&reached=0")[0] == [str(other.pk)]
    test = Broadcast.objects.create(event=event, message_text="Раз", audience="all", started_by="anna", is_test=True)
    assert desk.get(f"{readers}?audience=all&again={test.pk}&to=failed").status_code == 404


def test_each_language_is_sent_with_its_variables_filled_in(desk: Client, event: InterviewEvent) -> None:
    """Guard: ``fill`` in ``_begin``."""
    order = {"text": "{event} & ко", "text_en": "Sign up: {link}", "audience": "all"}
    desk.post(page_of(event), {"_confirm": "1", **order})
    command = json.loads(OutboxMessage.objects.get(queue="bot.broadcast.command").body)
    assert command["message_text"] == f"{event.title} & ко"
    assert command["texts"]["en"].startswith("Sign up: https://t.me/") and str(event.pk) in command["texts"]["en"]


def test_a_test_goes_to_who_is_known_by_the_username_alone_and_once(
    desk: Client, event: InterviewEvent, make_candidate: MakeCandidate
) -> None:
    """Guards: ``find_chat``, and the ``twin`` of a test."""
    anna = make_candidate(username="Anna_K", started_at=clock.now())
    make_candidate(username="anna_kk")
    order = {"_test": "1", "text": "{event}", "text_en": "Hello", "test_to": "@anna_kk"}
    assert "Open the bot in Telegram" in desk.post(page_of(event), order).content.decode()
    for _press in range(2):
        assert "on its way" in desk.post(page_of(event), order | {"test_to": "anna_k"}).content.decode()
    commands = [json.loads(row.body) for row in OutboxMessage.objects.filter(queue="bot.broadcast.command")]
    sent = sorted((one["chat_ids"], one["message_text"]) for one in commands)
    assert sent == [([anna.telegram_id], "Hello"), ([anna.telegram_id], event.title)]

    assert {one["message_text"]: one["chat_ids"] for one in commands} == {
        event.title: [anna.telegram_id],
        "Hello": [anna.telegram_id],
    }
    assert len(commands) == 2
    assert "@Anna_K" in desk.get(page_of(event)).content.decode()


def test_a_closed_event_is_not_announced(desk: Client, event: InterviewEvent, chat: AnnouncementChat) -> None:
    InterviewEvent.objects.update(is_open=False)
    response = desk.post(page_of(event), {"_confirm": "1", "text": "Привет", "chats": [chat.chat_id]})
    assert "not open for sign-up" in response.content.decode()


def test_looking_at_the_page_sends_nothing(desk: Client, event: InterviewEvent, chat: AnnouncementChat) -> None:
    desk.get(page_of(event))
    assert not Broadcast.objects.exists()


def test_the_names_behind_a_number_come_with_telegrams_words(text: Text, event: InterviewEvent) -> None:
    made = Broadcast.objects.create(
        event=event, message_text="Привет", chat_ids=[-5], started_by="anna", status="finished", sent=3, blocked=1
    )
    BroadcastDelivery.objects.create(
        broadcast_id=ObjectId(made.pk), chat_id=1007, status="blocked", error="bot was blocked by the user"
    )
    page = text(f"{reverse('admin:broadcasts_broadcast_recipients', args=[made.pk])}?of=blocked")
    assert "1007" in page and "they have blocked the bot" in page
