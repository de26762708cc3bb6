"""``GET /api/auto-messages/{id}``: is it still to be sent, asked right before it is (I4)."""

from datetime import timedelta

import pytest
from bson import ObjectId
from django.test import Client

from common.mongo import collection
from people.models import Candidate, Recruiter
from reminders.services import sending
from scheduling.services.staff_commands import remove_candidates
from shared_contracts.attendance import Attendance
from shared_contracts.notification import AutoMessage
from tests.api.test_indexes import planned
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.reminders.tools import Clock, clock_at, moment, sent_now, slot_at


@pytest.fixture
def at() -> object:
    """Sets the clock."""
    with clock_at() as setting:
        yield setting


@pytest.fixture
def prompt(at: Clock, make_slot: MakeSlot, maria: Candidate) -> str:
    """The id of Maria's prompt, on its way."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 11:00")
    sent_now()
    at("2026-11-24 14:00")
    (command,) = sent_now()
    return command.notification_id


def asked(bot: Client, message_id: str) -> AutoMessage:
    response = bot.get(f"/api/auto-messages/{message_id}")
    assert response.status_code == 200, response.content
    return AutoMessage.model_validate_json(response.content)


def test_a_message_on_its_way_is_due_with_the_booking_as_it_is(bot: Client, prompt: str) -> None:
    answer = asked(bot, prompt)

    assert (answer.id, answer.due, answer.attempt, answer.asks_attendance) == (prompt, True, 1, True)
    assert answer.booking
    assert answer.booking.slot.starts_at == moment("2026-11-24 16:00")


def test_one_that_waits_or_was_sent_is_not_due(bot: Client, prompt: str, maria: Candidate) -> None:
    """Guard: the state."""
    for state in ("scheduled", "sent", "failed", "suppressed"):
        collection("auto_messages").update_one({"_id": ObjectId(prompt)}, {"$set": {"state": state}})
        assert asked(bot, prompt).due is False


def test_one_whose_booking_was_moved_or_cancelled_since_is_not_due(
    bot: Client, prompt: str, maria: Candidate, make_slot: MakeSlot
) -> None:
    """I4: moved, or cancelled, between queueing and sending."""
    slot = slot_at(make_slot, "2026-11-25 16:00")
    assert asked(bot, prompt).due is True
    move = asking.move(maria, asking.the_booking(maria), slot)
    collection("interview_events").update_many({}, {"$set": {"move_cutoff_minutes": 0}})
    asking.outcome(move)
    moved = asked(bot, prompt)
    assert moved.due is False

    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))
    assert asked(bot, prompt).due is False


def test_a_prompt_that_was_answered_since_is_not_due(bot: Client, prompt: str) -> None:
    answered = {"attendance": Attendance.CONFIRMED.value, "attendance_at": moment("2026-11-24 14:01")}
    collection("bookings").update_one({}, {"$set": answered})
    assert asked(bot, prompt).due is False


def test_who_keeps_a_booking_off_the_allow_list_is_asked_whether_they_come(
    bot: Client, prompt: str, maria: Candidate
) -> None:
    """FR2."""
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="c", reason="")
    answer = asked(bot, prompt)
    assert (answer.due, answer.asks_attendance) == (True, True)


def test_a_list_is_due_while_it_is_on_its_way(bot: Client, prompt: str) -> None:
    about_no_booking = {"booking_id": None, "kind": "tomorrow"}
    collection("auto_messages").update_one({"_id": ObjectId(prompt)}, {"$set": about_no_booking})
    answer = asked(bot, prompt)
    assert (answer.due, answer.booking) == (True, None)


@pytest.mark.parametrize("message_id", ["6b0210a10ebbd9947507d2a0", "nothing", "%00"])
def test_an_unknown_one_is_not_found(bot: Client, message_id: str) -> None:
    assert bot.get(f"/api/auto-messages/{message_id}").status_code == 404


def test_only_services_may_ask(stranger: Client, prompt: str) -> None:
    assert stranger.get(f"/api/auto-messages/{prompt}").status_code == 401


@pytest.mark.parametrize(
    ("query", "sort", "index"),
    [
        (sending.due(moment("2026-11-24 11:00")), [("due_at", 1)], "auto_due"),
        ({"target_chat_id": 1001}, [("due_at", -1)], "auto_target"),
        ({"booking_id": ObjectId()}, [("due_at", 1)], "auto_booking"),
        ({"booking_id": {"$in": [ObjectId(), ObjectId()]}}, [], "auto_booking"),
        ({"due_at": {"$lt": moment("2026-11-24 11:00")}}, [], "auto_age"),
        (
            {"subject_id": ObjectId(), "kind": "tomorrow", "starts_at": moment("2026-11-24 00:00"), "turn": 0},
            [],
            "auto_",
        ),
    ],
)
def test_the_ledger_is_read_by_its_indexes(
    at: Clock,
    make_slot: MakeSlot,
    make_candidate: MakeCandidate,
    olga: Recruiter,
    query: dict[str, object],
    sort: list[tuple[str, int]],
    index: str,
) -> None:
    """R1. Fails on a collection scan or a sort in memory when its index is taken away."""
    slot = make_slot(timedelta(days=1), capacity=30, recruiter=olga)
    asking.in_batch(*[asking.book(make_candidate(), slot) for _ in range(30)])
    plan = planned("auto_messages", query, sort)

    assert any(name.startswith(index) for name in plan)
    assert not plan & {"COLLSCAN", "SORT"}
