"""What is repeated of people and events follows them: bookings with their search, the waiting list, answers, cards."""

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from common import clock
from common.mongo import Document, collection
from config.consumers import DIALOGS
from people.models import Candidate, Recruiter, name_words
from scheduling.models import InterviewEvent
from scheduling.services.slots import save_event
from scheduling.services.waiting_list import join
from shared_contracts.booking import Outcome
from shared_contracts.dialog import ChatStarted, WaitingListJoined
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards
from tests.helpers.claiming import starts


def writes(person: Candidate, minutes: int = 0, **names: Any) -> None:
    """The person writes to the bot, called so in Telegram."""
    report = starts(person.telegram_id, names.pop("username", None))
    update = {"occurred_at": clock.now() + timedelta(minutes=minutes), "last_name": None, **names}
    DIALOGS[ChatStarted](report.model_copy(update=update), clock.now() + timedelta(minutes=minutes))


@pytest.fixture
def request_(approval_event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter, maria: Candidate) -> Document:
    """Maria's request, which waits for Olga; she also waits for a seat in another event, and has answered."""
    olga.telegram_id = 5001
    olga.save()
    other = InterviewEvent.objects.create(title="Стажировка")
    now = clock.now()
    join(
        WaitingListJoined(
            **starts(maria.telegram_id, None).model_dump(
                include={"message_id", "correlation_id", "occurred_at", "user_telegram_id"}
            ),
            event_id=str(other.pk),
        ),
        now,
    )
    answers = {
        "candidate_id": maria.pk,
        "event_id": approval_event.pk,
        "person": "Мария Петрова",
        "search": "",
        "event": "?",
        "answered_at": now,
        "version": 1,
        "status": "passed",
        "reason": None,
        "answers": [],
    }
    collection("questionnaire_answers").insert_one({"_id": ObjectId(), **answers})
    assert asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga))) is Outcome.PENDING_APPROVAL
    return asking.the_booking(maria)


def test_a_username_follows_telegram_wherever_it_is_shown(request_: Document, maria: Candidate) -> None:
    """Guards: ``follow_person`` and ``_names``. The name that staff put down stays; one that was Telegram's follows."""
    before = len(cards())
    writes(maria, 1, username="masha_new", first_name="Маша")
    booking = asking.the_booking(maria)
    assert (booking["user"]["username"], booking["user"]["first_name"]) == ("masha_new", "Мария")
    assert "masha_new" in booking["search"] and "maria_p" not in booking["search"]
    assert collection("waiting_list").distinct("username") == ["masha_new"]
    assert collection("questionnaire_answers").distinct("search") == [f"Мария Петрова masha_new {maria.telegram_id}"]
    card = cards()[before:][-1].card.candidate
    assert (card.name, card.username, card.link) == ("Мария Петрова", "masha_new", "https://t.me/masha_new")
    maria.refresh_from_db()
    assert maria.telegram_name == "Маша"
    assert maria.words == name_words(maria.__dict__) and "маша" in maria.words
    seen = len(cards())
    writes(maria, 2, username="masha_new", first_name="Маша")
    assert len(cards()) == seen
    writes(maria, 3, first_name="Маша")
    assert asking.the_booking(maria)["user"]["username"] == ""


def test_a_name_that_was_telegrams_follows_it(request_: Document, maria: Candidate) -> None:
    """Guard: ``telegram_name``."""
    Candidate.objects.filter(pk=maria.pk).update(first_name="Маша", last_name="", telegram_name="")
    writes(maria, 1, username="maria_p", first_name="Маша")
    writes(maria, 2, username="maria_p", first_name="Мария-Анна", last_name="Ким")
    booking = asking.the_booking(maria)
    assert (booking["user"]["first_name"], booking["user"]["last_name"]) == ("Мария-Анна", "Ким")
    assert "мария-анна ким" in booking["search"]
    assert collection("waiting_list").distinct("name") == ["Мария-Анна Ким"]


def test_bookings_follow_what_staff_call_somebody(request_: Document, maria: Candidate, desk: Client) -> None:
    """Guard: ``FollowedForm``."""
    page = reverse("admin:people_candidate_change", args=[maria.pk])
    desk.post(page, {"first_name": "Марья", "last_name": "Петрова", "username": "maria_p", "city": ""})
    assert asking.the_booking(maria)["user"]["first_name"] == "Марья"
    assert "марья" in asking.the_booking(maria)["search"]


def test_a_name_put_down_as_it_is_in_telegram_stays_in_its_parts(maria: Candidate) -> None:
    """Guard: ``_names``: many write first and last name into Telegram's first."""
    for minutes in (1, 2):
        writes(maria, minutes, username="maria_p", first_name="Мария Петрова")
    maria.refresh_from_db()
    assert (maria.first_name, maria.last_name) == ("Мария", "Петрова")


def test_an_events_title_follows_wherever_it_is_shown(
    request_: Document, maria: Candidate, approval_event: InterviewEvent
) -> None:
    """Guard: ``follow_event``."""
    before = len(cards())
    approval_event.title = "Набор наставников"
    save_event(approval_event, actor="anna")
    assert asking.the_booking(maria)["slot"]["event"] == "Набор наставников"
    assert collection("questionnaire_answers").distinct("event") == ["Набор наставников"]
    assert [card.card.booking.slot.event.name for card in cards()[before:]] == ["Набор наставников"]
