"""What recruiters hear by themselves: changes, no answer, how did it go; from the decision to the outbox."""

import uuid

import pytest

from common import clock
from common.mongo import collection
from config.consumers import DELIVERIES
from messaging.delivery_reports import DeliveryReports
from people.models import Candidate, City, Recruiter
from scheduling import tasks as scheduling_tasks
from scheduling.domain.commands import SlotChanges
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.attendance import Attendance
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus
from shared_contracts.card import CardAttention, CardCommand
from shared_contracts.directory import BookingStatus
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards
from tests.reminders.tools import Clock, kinds_now, ledger, row_of, rows, sent_now, slot_at


@pytest.fixture
def booked(at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Candidate:
    """Maria, who is booked for 16:00 with Olga, who has heard of it."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00", recruiter=olga)))
    assert notices() == ["booked"]
    return maria


def notices() -> list[str | None]:
    """What recruiters are told at this moment."""
    return [card.occasion and card.occasion.value for card in new_cards() if card.attention is CardAttention.NOTICE]


def new_cards() -> list[CardCommand]:
    known = {card.message_id for card in cards()}
    sent_now()
    return [card for card in cards() if card.message_id not in known]


def test_each_change_of_a_booking_is_told_once(
    at: Clock, booked: Candidate, make_slot: MakeSlot, olga: Recruiter
) -> None:
    asking.outcome(
        asking.move(booked, asking.the_booking(booked), slot_at(make_slot, "2026-11-25 16:00", recruiter=olga))
    )
    assert notices() == ["moved"]
    asking.outcome(asking.cancel(booked, asking.the_booking(booked)))
    assert notices() == ["cancelled"]
    assert notices() == []


def test_what_changed_in_the_night_is_told_in_the_morning_as_it_is_then(
    at: Clock, booked: Candidate, make_slot: MakeSlot, olga: Recruiter
) -> None:
    at("2026-11-23 23:00")
    asking.outcome(
        asking.move(booked, asking.the_booking(booked), slot_at(make_slot, "2026-11-25 16:00", recruiter=olga))
    )
    asking.outcome(asking.cancel(booked, asking.the_booking(booked)))
    assert notices() == []
    at("2026-11-24 08:00")
    assert notices() == ["cancelled"]


@pytest.mark.parametrize(
    ("handed_over", "told"),
    [
        ("23 20:00", ["23 20:00 olga", "24 01:00 vera"]),
        ("23 23:30", ["24 01:00 vera", "24 08:00 olga"]),
    ],
)
def test_a_handover_is_told_to_each_recruiter_in_their_own_waking_hours(
    at: Clock, booked: Candidate, olga: Recruiter, handed_over: str, told: list[str]
) -> None:
    """Vera's eight in the morning is one at night to Olga, who loses the interview. Guard: ``wakes_at``."""
    east = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    vera = Recruiter.objects.create(name="Вера", city=east, telegram_id=7_501, started_at=clock.now())
    names = {vera.telegram_id: "vera", olga.telegram_id: "olga"}
    at(f"2026-11-{handed_over}")
    edit_slot(str(asking.the_booking(booked)["slot_id"]), SlotChanges(recruiter_id=str(vera.pk)), actor="anna")
    heard: dict[tuple[str | None, int], str] = {}  # the bot brings a notice to each chat once
    for moment in ("23 20:00", "23 23:30", "24 00:59", "24 01:00", "24 07:59", "24 08:00", "24 09:00"):
        if moment >= handed_over:
            at(f"2026-11-{moment}")
            for card in new_cards():
                if card.attention is CardAttention.NOTICE:
                    line = f"{moment} {names[card.recruiter_telegram_id]}"
                    heard.setdefault((card.auto_message_id, card.recruiter_telegram_id), line)

    assert list(heard.values()) == told


def test_no_answer_is_told_an_hour_before(at: Clock, booked: Candidate) -> None:
    """R8."""
    at("2026-11-24 11:00")
    sent_now()
    at("2026-11-24 14:00")
    assert kinds_now() == [("reminder_soon", True)]
    at("2026-11-24 14:59:59")
    assert notices() == []
    at("2026-11-24 15:00")
    assert notices() == ["no_answer"]


@pytest.mark.parametrize("answer", [Attendance.CONFIRMED, Attendance.RESCHEDULE_ASKED])
def test_an_answer_is_no_silence(at: Clock, booked: Candidate, answer: Attendance) -> None:
    at("2026-11-24 14:00")
    sent_now()
    asking.outcome(asking.says(booked, asking.the_booking(booked), answer))
    notices()
    at("2026-11-24 15:00")
    assert notices() == []
    assert ledger(booked)["no_answer 24 16:00"] == "answered"


def test_who_can_not_come_is_reminded_of_nothing_more(at: Clock, booked: Candidate) -> None:
    at("2026-11-24 11:00")
    assert kinds_now() == [("reminder_today", False)]
    asking.outcome(asking.says(booked, asking.the_booking(booked), Attendance.DECLINED))
    assert notices() == ["cant_come"]
    at("2026-11-24 16:30")
    assert (sent_now(), notices()) == ([], [])


def test_the_recruiter_is_asked_how_it_went_and_a_no_show_is_offered_another_time(
    at: Clock, booked: Candidate, olga: Recruiter
) -> None:
    at("2026-11-24 16:20")
    scheduling_tasks.close_finished()
    assert "outcome_due" in notices()
    asking.in_batch(asking.mark(olga, asking.the_booking(booked), BookingStatus.NO_SHOW))
    at("2026-11-24 16:35")
    assert kinds_now() == [("no_show", False)]


def test_a_mark_taken_back_in_time_offers_nothing(at: Clock, booked: Candidate, olga: Recruiter) -> None:
    at("2026-11-24 16:20")
    asking.in_batch(asking.mark(olga, asking.the_booking(booked), BookingStatus.NO_SHOW))
    asking.in_batch(asking.mark(olga, asking.the_booking(booked), None))
    at("2026-11-24 16:40")
    assert kinds_now() == []


def test_a_recruiter_who_is_not_in_chat_is_not_told_and_the_ledger_says_so(
    at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R4."""
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    slot = slot_at(make_slot, "2026-11-24 16:00", recruiter=olga)
    staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="c", reason="")
    assert notices() == []
    assert row_of(maria, "change")["why"] == "no_chat"


def test_a_change_that_only_a_former_recruiters_card_shows_is_not_sent_and_says_why(
    at: Clock, booked: Candidate, olga: Recruiter, moscow: City
) -> None:
    """Olga's card follows by an edit, of which the bot tells nothing: the message does not wait for its report."""
    elsewhere = Recruiter.objects.create(name="Павел", city=moscow)  # not in chat
    collection("interview_slots").update_many({}, {"$set": {"recruiter_id": elsewhere.pk}})
    at("2026-11-23 12:00")
    asking.outcome(asking.says(booked, asking.the_booking(booked), Attendance.RESCHEDULE_ASKED))
    told = new_cards()

    assert [(card.recruiter_telegram_id, card.attention) for card in told] == [(5001, CardAttention.UPDATE)]
    change = max(rows_of_changes(booked), key=lambda row: str(row["due_at"]))
    assert (change["occasion"], change["state"], change["why"]) == ("reschedule_asked", "suppressed", "no_chat")


@pytest.mark.parametrize("first", [DeliveryStatus.BLOCKED, DeliveryStatus.SENT])
def test_one_of_two_readers_is_enough(booked: Candidate, olga: Recruiter, first: DeliveryStatus) -> None:
    """The deputy's chat may be closed, before or after the recruiter's card arrives."""
    (row,) = rows_of_changes(booked)
    for status in (first, DeliveryStatus.SENT if first is DeliveryStatus.BLOCKED else DeliveryStatus.BLOCKED):
        item = CardDelivered(
            message_id=uuid.uuid4(),
            correlation_id="c" * 8,
            occurred_at=clock.now(),
            booking_id=str(row["booking_id"]),
            recruiter_telegram_id=5001,
            delivery=Delivery(chat_id=5001, status=status),
            auto_message_id=str(row["_id"]),
        )
        DeliveryReports(DELIVERIES).handle([item])

    (row,) = rows_of_changes(booked)
    assert row["state"] == "sent"


def rows_of_changes(person: Candidate) -> list[dict[str, object]]:
    return [row for row in rows(person) if row["kind"] == "change"]


def test_the_chat_a_card_went_to_is_noted(booked: Candidate, olga: Recruiter) -> None:
    """R1: ``target_chat_id``."""
    collection("auto_messages").update_many(
        {"kind": "change"}, {"$set": {"target_chat_id": None, "state": "scheduled"}}
    )
    notices()
    assert row_of(booked, "change")["target_chat_id"] == olga.telegram_id


def test_a_delay_is_told_at_once_and_answers_the_question_whether_they_come(at: Clock, booked: Candidate) -> None:
    """R8. Nobody is asked again, and the recruiter does not hear of silence."""
    at("2026-11-24 11:00")
    sent_now()
    at("2026-11-24 14:05")
    sent_now()
    asking.outcome(asking.late(booked, asking.the_booking(booked), 10))
    assert notices() == ["delay"]
    card = cards()[-1].card
    assert (card.booking.delay_minutes, card.booking.attendance, card.booking.status) == (10, None, "booked")
    at("2026-11-24 15:00")
    assert notices() == []


def test_a_delay_shortly_before_the_interview_wakes_the_recruiter_and_one_long_before_does_not(
    at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Quiet hours end at 8:00. Guard: ``waits_for_morning``, where it is written and where it is sent."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-25 09:00", recruiter=olga)))
    notices()
    at("2026-11-24 23:30")
    asking.outcome(asking.late(maria, asking.the_booking(maria), 5))
    assert notices() == []
    at("2026-11-25 07:10")
    assert notices() == [], "it waits for 8:00 still"
    asking.outcome(asking.late(maria, asking.the_booking(maria), 15))
    assert notices() == ["delay"], "and the later word says it too"
    at("2026-11-25 08:00")
    assert notices() == []


def test_a_delay_that_could_not_be_told_until_the_end_is_told_no_more(at: Clock, booked: Candidate) -> None:
    """After an outage. Guard: ``outdated_reason``."""
    at("2026-11-24 16:10")
    asking.outcome(asking.late(booked, asking.the_booking(booked), 20))
    at("2026-11-24 16:20")
    scheduling_tasks.close_finished()
    assert "delay" not in notices()
