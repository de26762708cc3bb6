"""The Broadcast button (FR1, FR12)."""

import json

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from broadcasts.models import AnnouncementChat, Broadcast
from common import clock
from messaging.models import OutboxMessage
from people.models import City
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


def test_the_page_proposes_a_text_the_only_chat_and_says_how_many_it_reaches(
    text: Text, event: InterviewEvent, chat: AnnouncementChat, moscow: City, make_candidate: MakeCandidate
) -> None:
    for city in (moscow, None, None):
        make_candidate(started_at=clock.now(), city=city)
    page = text(page_of(event))
    assert event.title in page
    assert f'value="{chat.chat_id}"' in page and "checked" in page
    assert "all candidates who have started the bot: 3" in page
    assert "Москва: 1" in page


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


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"text": "Привет"}, "Choose at least one chat, or an audience."),
        ({"text": "", "audience": "all"}, "This field is required."),
        ({"text": "Привет", "audience": "city"}, "Choose the city."),
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


def test_a_closed_event_is_not_announced(desk: Client, event: InterviewEvent, chat: AnnouncementChat) -> None:
    InterviewEvent.objects.update(is_open=False)
    response = desk.post(page_of(event), {"_confirm": "1", "text": "Привет", "chats": [chat.chat_id]})
    assert "not open for sign-up" in response.content.decode()


def test_looking_at_the_page_sends_nothing(desk: Client, event: InterviewEvent, chat: AnnouncementChat) -> None:
    desk.get(page_of(event))
    assert not Broadcast.objects.exists()


def test_a_broadcast_shows_its_deliveries(desk: Client, text: Text, event: InterviewEvent) -> None:
    made = Broadcast.objects.create(
        event=event, message_text="Привет", chat_ids=[-5], started_by="anna", status="finished", sent=3, blocked=1
    )
    from broadcasts.models import BroadcastDelivery

    BroadcastDelivery.objects.create(
        broadcast_id=ObjectId(made.pk), chat_id=1007, status="blocked", error="bot was blocked by the user"
    )
    page = text(reverse("admin:broadcasts_broadcast_change", args=[made.pk]))
    assert "sent 3, blocked 1" in page
    assert "1007" in page and "bot was blocked by the user" in page
