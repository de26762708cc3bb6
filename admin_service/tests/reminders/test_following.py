"""The ledger after answers, marks, edits of slots, and changed rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo import monitoring

from common import clock
from common.mongo import Document, GuardFailedError, collection, in_transaction
from people.models import Candidate, City, Recruiter
from reminders import tasks
from reminders.domain.kinds import PLANNED
from reminders.models import ReminderRule
from reminders.services import ledger as the_ledger
from reminders.services import replanning
from reminders.services.message_writes import BookingChange
from scheduling.domain import model
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.store import loading
from scheduling.services.store.slots import Names, load_slots
from shared_contracts.attendance import Attendance
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.spying import CommandSpy, watched_by
from tests.reminders.tools import Clock, kinds_now, ledger, moment, row_of, rows, sent_now, slot_at
from tests.rules.building import changed


@pytest.fixture
def booked(at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> Candidate:
    """Maria, who is booked for 16:00 with Olga."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00", recruiter=olga)))
    return maria


def as_loaded(person: Candidate) -> model.Candidate:
    """The person as the rules see them."""
    (row,) = collection("users").find({"_id": person.pk})
    return loading.candidate_from(row, Names())


def becomes(person: Candidate, **fields: Any) -> None:
    """Their booking changes, as a decision changes it."""
    before = loading.booking_from(asking.the_booking(person))
    after = changed(before, **fields)
    (slot,) = load_slots({"_id": asking.the_booking(person)["slot_id"]})
    stored = {name: getattr(value, "value", value) for name, value in fields.items()}
    collection("bookings").update_one({"user_id": person.pk}, {"$set": {**stored, "live": after.live}})
    in_transaction(
        lambda: the_ledger.write(
            the_ledger.ledger_writes([BookingChange(before, after, as_loaded(person), slot)], [], clock.now())
        )
    )


# Answers


def test_who_has_answered_is_not_asked_and_the_recruiter_hears_of_no_silence(booked: Candidate) -> None:
    """R8."""
    becomes(booked, attendance=Attendance.CONFIRMED, attendance_at=clock.now())
    assert ledger(booked) == {
        "day_of 24 16:00": "scheduled 24 11:00",
        "two_hours 24 16:00": "answered",
        "no_answer 24 16:00": "answered",
        "outcome_due 24 16:00": "scheduled 24 16:20",
    }


def test_a_reminder_with_buttons_goes_without_them_to_who_has_answered(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 13:00")))
    becomes(maria, attendance=Attendance.CONFIRMED, attendance_at=clock.now())
    at("2026-11-24 11:00")
    assert kinds_now() == [("reminder_today", False)]


# Outcomes


def test_a_no_show_is_offered_another_time_after_a_while(at: Clock, booked: Candidate) -> None:
    at("2026-11-24 16:10")
    becomes(booked, status=BookingStatus.NO_SHOW, marked_at=clock.now())
    assert ledger(booked)["no_show 24 16:00"] == "scheduled 24 16:25"
    assert ledger(booked)["outcome_due 24 16:00"] == "answered"

    at("2026-11-24 16:25")
    assert kinds_now() == [("no_show", False)]


def test_a_mark_that_is_taken_back_offers_nothing_until_it_is_made_again(at: Clock, booked: Candidate) -> None:
    at("2026-11-24 16:10")
    becomes(booked, status=BookingStatus.NO_SHOW, marked_at=clock.now())
    becomes(booked, status=BookingStatus.UNMARKED, marked_at=None)
    assert ledger(booked)["no_show 24 16:00"] == "taken_back"

    becomes(booked, status=BookingStatus.NO_SHOW, marked_at=clock.now())
    assert ledger(booked)["no_show 24 16:00"] == "scheduled 24 16:25"


def test_another_time_is_offered_once(at: Clock, booked: Candidate, make_slot: MakeSlot) -> None:
    """I4: sent, undone and marked again; and after a second no-show in the event."""
    at("2026-11-24 16:10")
    becomes(booked, status=BookingStatus.NO_SHOW, marked_at=clock.now())
    at("2026-11-24 16:25")
    assert kinds_now() == [("no_show", False)]
    becomes(booked, status=BookingStatus.UNMARKED, marked_at=None)
    becomes(booked, status=BookingStatus.NO_SHOW, marked_at=clock.now())
    at("2026-11-24 17:00")
    assert kinds_now() == []

    asking.outcome(asking.book(booked, slot_at(make_slot, "2026-11-24 20:00")))
    at("2026-11-24 20:05")
    collection("bookings").update_one({"live": True}, {"$set": {"status": "no_show", "live": False}})
    before = loading.booking_from(asking.the_booking(booked))
    (slot,) = load_slots({"_id": asking.the_booking(booked)["slot_id"]})
    was = replace(before, status=BookingStatus.BOOKED)
    in_transaction(
        lambda: the_ledger.write(
            the_ledger.ledger_writes([BookingChange(was, before, as_loaded(booked), slot)], [], clock.now())
        )
    )
    at("2026-11-24 20:20")

    assert kinds_now() == []
    assert ledger(booked)["no_show 24 20:00"] == "offered_before"


def test_a_mark_in_the_night_is_told_in_the_morning(at: Clock, booked: Candidate) -> None:
    at("2026-11-24 23:00")
    becomes(booked, status=BookingStatus.RECRUITER_ABSENT, marked_at=clock.now())
    assert ledger(booked)["recruiter_absent 24 16:00"] == "scheduled 25 08:00"


def test_an_interview_that_is_over_keeps_the_question_how_it_went(at: Clock, booked: Candidate) -> None:
    at("2026-11-24 16:20")
    becomes(booked, status=BookingStatus.UNMARKED)
    assert ledger(booked)["outcome_due 24 16:00"] == "scheduled 24 16:20"


# Changes, told to recruiters


def tell(person: Candidate, occasion: CardOccasion, **fields: Any) -> None:
    booking = changed(loading.booking_from(asking.the_booking(person)), **fields)
    (slot,) = load_slots({"_id": asking.the_booking(person)["slot_id"]})
    notices = [the_ledger.RecruiterNotice(booking, slot, occasion)]
    in_transaction(lambda: the_ledger.write(the_ledger.ledger_writes([], notices, clock.now())))


def changes(person: Candidate) -> list[tuple[str, str]]:
    every = sorted((row for row in rows(person) if row["kind"] == "change"), key=lambda row: row["turn"])
    return [(row["occasion"], row["why"] or f"{row['due_at']:%H:%M}") for row in every]


def test_a_recruiter_hears_of_a_change_at_once(at: Clock, booked: Candidate, olga: Recruiter) -> None:
    collection("auto_messages").delete_many({"kind": "change"})
    tell(booked, CardOccasion.BOOKED)
    assert changes(booked) == [("booked", "06:00")]
    assert row_of(booked, "change")["target_chat_id"] == olga.telegram_id


def test_a_change_in_the_recruiters_night_waits_and_a_newer_one_replaces_it(at: Clock, booked: Candidate) -> None:
    collection("auto_messages").delete_many({"kind": "change"})
    at("2026-11-23 23:00")
    tell(booked, CardOccasion.MOVED, version=2)
    tell(booked, CardOccasion.CANCELLED, version=3)
    assert changes(booked) == [("moved", "merged"), ("cancelled", "05:00")]


def test_a_slot_without_a_recruiter_and_a_rule_that_says_no_tell_nobody(
    at: Clock, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    tell(maria, CardOccasion.BOOKED)
    asking.outcome(asking.book(ivan, slot_at(make_slot, "2026-11-24 17:00", recruiter=olga)))
    ReminderRule.objects.create(kind="change", is_on=False, key="change")
    collection("auto_messages").delete_many({"kind": "change"})
    tell(ivan, CardOccasion.BOOKED)
    assert changes(maria) + changes(ivan) == []


def test_a_message_that_went_out_since_it_was_read_is_not_planned_anew(at: Clock, booked: Candidate) -> None:
    """Guard: ``write`` looks whether each message was as it was read."""
    booking = loading.booking_from(asking.the_booking(booked))
    (slot,) = load_slots({"_id": asking.the_booking(booked)["slot_id"]})
    ended = replace(booking, status=BookingStatus.CANCELLED)
    writes = the_ledger.ledger_writes([BookingChange(booking, ended, as_loaded(booked), slot)], [], clock.now())
    collection("auto_messages").update_many({"kind": "two_hours"}, {"$set": {"state": "queued"}})

    with pytest.raises(GuardFailedError):
        in_transaction(lambda: the_ledger.write(writes))
    assert row_of(booked, "two_hours")["state"] == "queued"
    assert row_of(booked, "day_of")["state"] == "scheduled"


# Slots edited by staff


def test_an_edited_slot_is_told_to_its_recruiter(at: Clock, booked: Candidate) -> None:
    collection("auto_messages").delete_many({"kind": "change"})
    edit_slot(str(asking.the_booking(booked)["slot_id"]), SlotChanges(venue={"room": "B-12"}), actor="c")
    assert changes(booked) == [("changed", "06:00")]


def test_an_answer_goes_with_the_time_that_staff_change(at: Clock, booked: Candidate) -> None:
    """R8: they are asked again about the new time."""
    becomes(booked, attendance=Attendance.CONFIRMED, attendance_at=clock.now())
    slot_id = str(asking.the_booking(booked)["slot_id"])
    edit_slot(slot_id, SlotChanges(venue={"room": "B-12"}), actor="c")
    assert asking.the_booking(booked)["attendance"] == "confirmed"
    edit_slot(slot_id, SlotChanges(starts_at=moment("2026-11-24 18:00")), actor="c")

    assert asking.the_booking(booked)["attendance"] == ""
    assert ledger(booked)["two_hours 24 18:00"] == "scheduled 24 16:00 ask"


def test_a_slot_that_goes_to_another_citys_clocks_is_planned_by_those(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = slot_at(make_slot, "2026-11-24 16:00")
    asking.outcome(asking.book(maria, slot))
    city = City.objects.create(name="Екатеринбург", timezone="Asia/Yekaterinburg")
    edit_slot(str(slot.pk), SlotChanges(city_id=str(city.pk)), actor="c")

    assert ledger(maria) == {"day_of 24 16:00": "scheduled 24 09:00", "two_hours 24 16:00": "scheduled 24 14:00 ask"}


# Changed rules


def rule(**fields: Any) -> ReminderRule:
    return ReminderRule.objects.create(**{"replan": True, "key": str(fields), **fields})


def test_a_changed_rule_moves_what_it_concerns_and_nothing_else(
    at: Clock, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, event: InterviewEvent
) -> None:
    other = InterviewEvent.objects.create(title="Другое")
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    asking.outcome(asking.book(ivan, slot_at(make_slot, "2026-11-24 16:00", of=other)))
    rule(kind="day_of", at="12:30", event=event)

    assert tasks.replan() == 1
    assert tasks.replan() == 0
    # 12:30 is within ninety minutes of the prompt: one message.
    assert ledger(maria) == {"day_of 24 16:00": "scheduled 24 12:30 ask", "two_hours 24 16:00": "merged"}
    assert ledger(ivan)["day_of 24 16:00"] == "scheduled 24 11:00"


def test_a_message_switched_off_says_so_and_comes_back_when_it_is_switched_on(at: Clock, booked: Candidate) -> None:
    off = rule(kind="two_hours", is_on=False)
    tasks.replan()
    assert ledger(booked)["two_hours 24 16:00"] == "switched_off"
    assert ledger(booked)["no_answer 24 16:00"] == "not_asked"

    ReminderRule.objects.filter(pk=off.pk).update(is_on=True, replan=True)
    tasks.replan()
    assert ledger(booked)["two_hours 24 16:00"] == "scheduled 24 14:00 ask"
    assert ledger(booked)["no_answer 24 16:00"] == "scheduled 24 15:00"


def test_planning_again_judges_lateness_by_when_the_booking_was_made(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """Booked before 11:00: a rule that is changed at 10:30 does not make the booking a late one."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    at("2026-11-24 13:45")
    rule(kind="two_hours", minutes=90)
    tasks.replan()
    assert ledger(maria)["two_hours 24 16:00"] == "scheduled 24 14:30 ask"


def test_planning_again_sends_nothing_twice_and_nothing_late(at: Clock, booked: Candidate) -> None:
    """I4: the reminder was sent at 11:00; its time is changed to 13:00, and another's to one that has passed."""
    at("2026-11-24 11:00")
    assert len(sent_now()) == 1
    rule(kind="day_of", at="13:00")
    tasks.replan()
    at("2026-11-24 13:00")
    assert sent_now() == []


def test_a_rule_that_is_changed_again_meanwhile_stays_marked(
    at: Clock, booked: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: the mark is taken off the rule as it was read."""
    changed = rule(kind="day_of", at="12:00")
    plan_again = replanning.replan

    def while_staff_save(where: Document, now: datetime) -> int:
        ReminderRule.objects.filter(pk=changed.pk).update(at="13:00", updated_at=now + timedelta(seconds=1))
        return plan_again(where, now)

    with monkeypatch.context() as racing:
        racing.setattr(replanning, "replan", while_staff_save)
        tasks.replan()

    assert ReminderRule.objects.get(pk=changed.pk).replan is True


def test_bookings_of_an_installation_from_before_are_planned(at: Clock, booked: Candidate) -> None:
    """What is yet to come; what had its time before says so."""
    collection("auto_messages").delete_many({})
    collection("bookings").update_many({}, {"$set": {"created_at": moment("2026-11-20 12:00")}})
    at("2026-11-24 12:00")
    assert tasks.check_plans() == 1

    assert ledger(booked) == {
        "day_of 24 16:00": "stale",
        "two_hours 24 16:00": "scheduled 24 14:00 ask",
        "no_answer 24 16:00": "scheduled 24 15:00",
        "outcome_due 24 16:00": "scheduled 24 16:20",
    }


def test_checking_plans_changes_nothing_that_is_right(
    at: Clock, booked: Candidate, make_candidate: MakeCandidate
) -> None:
    at("2026-11-24 11:00")
    sent_now()
    before = rows(booked)
    at("2026-11-24 12:00")
    tasks.check_plans()
    assert rows(booked) == before


def test_a_citys_new_time_zone_is_followed_within_the_hour(at: Clock, booked: Candidate, moscow: City) -> None:
    City.objects.filter(pk=moscow.pk).update(timezone="Asia/Yekaterinburg")
    tasks.check_plans()
    assert ledger(booked)["day_of 24 16:00"] == "scheduled 24 09:00"


class LedgerSpy(CommandSpy):
    """How many commands write to the ledger."""

    def __init__(self) -> None:
        self.writes = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        written = event.command.get("insert"), event.command.get("update")
        self.writes += "auto_messages" in written


def test_a_batch_of_fifty_is_written_in_as_many_round_trips_as_one(
    at: Clock, make_slot: MakeSlot, make_candidate: MakeCandidate, olga: Recruiter
) -> None:
    slot, people = make_slot(timedelta(days=1), capacity=50, recruiter=olga), [make_candidate() for _ in range(50)]
    spy = LedgerSpy()
    with watched_by(spy):
        asking.in_batch(*[asking.book(person, slot) for person in people])
    planned = collection("auto_messages").count_documents({"kind": {"$in": [kind.value for kind in PLANNED]}})

    assert planned == 50 * 4
    assert spy.writes <= 2
