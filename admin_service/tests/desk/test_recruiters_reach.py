"""R4: whom the bot can write to has started it; a Telegram id that staff typed is no chat, of recruiters either."""

import html
import uuid
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from broadcasts.services.testing import find_chat
from common import clock
from common.mongo import collection
from config.consumers import DELIVERIES, DIALOGS
from messaging.delivery_reports import DeliveryReports
from messaging.dialogs import DialogCommands
from people.models import Candidate, Recruiter
from people.services.people import save_recruiter
from people.staff.reaching import telegram_words
from reminders.models import AutoMessage
from scheduling.models import InterviewEvent
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus
from shared_contracts.dialog import ChatStarted, ChatStopped
from tests.conftest import MakeSlot
from tests.helpers import asking

VERA = 5077
RECRUITERS = "admin:people_recruiter_changelist"


@pytest.fixture
def vera() -> Recruiter:
    """Whose id staff typed."""
    save_recruiter(Recruiter(name="Вера Ким", telegram_id=VERA), actor="anna")
    return Recruiter.objects.get(name="Вера Ким")


@pytest.fixture
def asked(vera: Recruiter, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate) -> Any:
    """What Maria, who asks for a time of Vera's, is answered."""
    return asking.decided(asking.book(maria, make_slot(of=approval_event, recruiter=vera))).booking


def chat(kind: type[ChatStarted] | type[ChatStopped], ago: timedelta = timedelta()) -> None:
    """Vera starts the bot, or stops it, so long ago."""
    item = kind(message_id=uuid.uuid4(), correlation_id="c" * 8, occurred_at=clock.now() - ago, user_telegram_id=VERA)
    DialogCommands(DIALOGS).handle([item])


def card_came(status: DeliveryStatus) -> None:
    booking = collection("bookings").find_one({}) or {}
    item = CardDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        booking_id=str(booking["_id"]),
        recruiter_telegram_id=VERA,
        delivery=Delivery(chat_id=VERA, status=status, error="Chat not found"),
    )
    DeliveryReports(DELIVERIES).handle([item])


def is_by_hand() -> bool:
    return bool((collection("bookings").find_one({}) or {})["recruiter_by_hand"])


def read(client: Client, url: str) -> str:
    return html.unescape(client.get(url).content.decode())


def test_a_recruiter_who_never_started_the_bot_is_told_by_hand_from_the_first(
    desk: Client,
    asked: Any,
    vera: Recruiter,
    approval_event: InterviewEvent,
) -> None:
    """Wherever the desk names them, and to the candidate. Guards: ``is_in_reach``, ``reachable``, ``tell_reach``,
    ``why_no_recruiter``, ``why_not_in_chat``."""
    assert is_by_hand() and not asked.recruiter_reachable
    words = "has not started the bot"
    assert f"the recruiter: {words}" in read(desk, "/admin/")
    for url in (reverse(RECRUITERS), reverse("admin:people_recruiter_change", args=[vera.pk])):
        assert words in read(desk, url), url
    booked = collection("interview_slots").find_one({}) or {}
    for url in (
        reverse("admin:scheduling_interviewevent_add_slots", args=[approval_event.pk]),
        reverse("admin:scheduling_interviewslot_change", args=[booked["_id"]]),
    ):
        assert f"Вера Ким — {words}" in read(desk, url), url
    assert find_chat(str(VERA)) is None
    card_came(DeliveryStatus.BLOCKED)
    assert f"the recruiter: {words}" in read(desk, "/admin/"), "who has not started it can't have blocked it"
    chat(ChatStarted)
    assert "reached" in read(desk, reverse(RECRUITERS)) and find_chat(str(VERA)) == VERA


def test_a_card_that_came_shows_that_they_are_in_chat(asked: Any, vera: Recruiter) -> None:
    """Guard: ``_note_reach``."""
    card_came(DeliveryStatus.SENT)
    vera.refresh_from_db()
    assert vera.started_at and not is_by_hand()


def test_who_stops_the_bot_is_out_of_reach_until_they_start_it_again(vera: Recruiter) -> None:
    """Reports may come in any order. Guard: ``_note_recruiter_gone``."""

    def blocked() -> bool:
        vera.refresh_from_db()
        return vera.blocked_at is not None

    chat(ChatStopped)
    assert not blocked(), "never started"
    chat(ChatStarted, timedelta(minutes=5))
    chat(ChatStopped, timedelta(minutes=3))
    assert blocked()
    chat(ChatStarted, timedelta(minutes=1))
    chat(ChatStopped, timedelta(minutes=2))
    assert not blocked()


def test_another_account_is_not_in_reach_for_what_the_first_did(vera: Recruiter, maria: Candidate) -> None:
    """It is if it has started the bot itself, as a candidate. Guard: ``_chat_of``."""
    chat(ChatStarted)
    at = clock.now()
    Candidate.objects.filter(pk=maria.pk).update(started_at=at)
    for telegram_id, known in ((5078, False), (maria.telegram_id, True)):
        vera.refresh_from_db()
        vera.telegram_id = telegram_id
        save_recruiter(vera, actor="anna")
        vera.refresh_from_db()
        assert (vera.started_at is not None) is known, telegram_id


@pytest.mark.parametrize(
    ("said", "ru", "en"),
    [
        ("Chat not found", "чата с ботом нет", "the bot has no chat with them"),
        ("Forbidden: bot was blocked by the user", "бот заблокирован", "they have blocked the bot"),
        ("Flood of frogs", "«Flood of frogs»", "Telegram says: “Flood of frogs”"),
    ],
)
def test_what_telegram_said_is_told_in_words(desk: Client, said: str, ru: str, en: str) -> None:
    """Guards: ``telegram_words``, ``reason`` of an automatic message."""
    starts_at = clock.now() + timedelta(days=1)
    message = AutoMessage.objects.create(
        kind="day_of",
        subject_id=ObjectId(),
        stale_at=starts_at,
        state="failed",
        error=said,
        due_at=clock.now(),
        starts_at=starts_at,
        target_chat_id=VERA,
    )
    assert en in read(desk, reverse("admin:reminders_automessage_change", args=[message.pk]))
    with override("ru"):
        assert ru.lower() in telegram_words(said).lower()
