"""R4: whom the bot can write to has started it; a Telegram id that staff typed is no chat, of recruiters either."""

import html
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
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
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.recruiter_cards.told_by_hand import note_told
from scheduling.tasks import bring_requests, close_finished
from shared_contracts.attendance import Attendance
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus
from shared_contracts.card import CardOccasion
from shared_contracts.dialog import ChatStarted, ChatStopped
from tests.attendance.tools import tell
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards

VERA = 5077
OLGA = 5001
BOOKING = "admin:scheduling_booking_change"
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
    assert f"the recruiter (Вера Ким): {words}" in read(desk, "/admin/")
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
    assert f"the recruiter (Вера Ким): {words}" in read(desk, "/admin/"), "who has not started it can't have blocked it"
    chat(ChatStarted)
    assert "reached" in read(desk, reverse(RECRUITERS)) and find_chat(str(VERA)) == VERA


@pytest.fixture
def booked(vera: Recruiter, make_slot: MakeSlot, maria: Candidate) -> tuple[Any, Any]:
    """What Maria is answered who books a time of Vera's for whom nobody has to say yes, and the slot."""
    slot = make_slot(recruiter=vera)
    return asking.decided(asking.book(maria, slot)).booking, slot


def test_of_what_nobody_has_to_approve_they_are_told_by_hand_too(
    desk: Client, booked: tuple[Any, Any], vera: Recruiter, olga: Recruiter, maria: Candidate
) -> None:
    """R4: once, until there is news, and no longer than the interview lasts.

    Guards: ``by_hand``, ``has_card``, ``_by_hand``, ``announced``.
    """
    (answered, slot), words = booked, "has not started the bot"
    booking_id = answered.id
    assert is_by_hand() and not answered.recruiter_reachable
    assert words in read(desk, "/admin/") and words in read(desk, reverse(BOOKING, args=[booking_id]))
    assert note_told(booking_id, actor="anna") and words not in read(desk, "/admin/")
    asking.outcome(asking.says(maria, asking.the_booking(maria), Attendance.CONFIRMED))
    assert words not in read(desk, "/admin/"), "that she will come asks nothing of Vera"
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(olga.pk)), actor="anna")
    assert not is_by_hand()
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(vera.pk)), actor="anna")
    assert words in read(desk, "/admin/"), "it is hers anew"
    asking.let_begin(asking.the_booking(maria))
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        close_finished()
    assert not is_by_hand() and words not in read(desk, "/admin/")


def test_a_slot_without_a_recruiter_has_nobody_to_tell(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``by_hand``."""
    asking.outcome(asking.book(maria, make_slot()))
    assert not is_by_hand()


def test_who_starts_the_bot_gets_all_that_is_to_come_with_one_sound(
    booked: tuple[Any, Any], vera: Recruiter, make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """R4. Guards: ``joined_since``, ``has_card``, ``silent`` of ``bring``."""
    for number in (1, 2):
        asking.outcome(asking.book(make_candidate(), make_slot(timedelta(days=2, hours=number), recruiter=vera)))
    flagged = {"recruiter_by_hand": True}
    assert (bring_requests(), collection("bookings").count_documents(flagged)) == (0, 3)
    chat(ChatStarted)
    assert (bring_requests(), bring_requests(), collection("bookings").count_documents(flagged)) == (3, 0, 0)
    came = sorted(cards(), key=lambda item: item.card.booking.slot.starts_at)
    assert [(item.recruiter_telegram_id, item.attention.value, item.silent) for item in came] == [
        (VERA, "new", False),
        (VERA, "new", True),
        (VERA, "new", True),
    ]


def test_a_deputy_in_chat_is_told_at_once_of_whom_a_typed_id_does_not_reach(
    vera: Recruiter, olga: Recruiter, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Guard: ``holders``."""
    Recruiter.objects.filter(pk=vera.pk).update(deputy_id=olga.pk)
    asking.outcome(asking.book(maria, make_slot(recruiter=vera)))
    told = tell(CardOccasion.BOOKED, asking.the_booking(maria))
    assert (OLGA in {card.recruiter_telegram_id for card in told}, is_by_hand()) == (True, False)


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
