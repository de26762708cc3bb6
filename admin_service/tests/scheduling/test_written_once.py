"""A batch writes each document once, whatever follows from it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from pymongo import monitoring

from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.spying import CommandSpy, watched_by
from tests.helpers.waiting import joining, told, zone_where_it_is


class WriteSpy(CommandSpy):
    """How often each document was updated, and into which collections commands inserted."""

    def __init__(self) -> None:
        self.updated: Counter[tuple[str, str]] = Counter()
        self.inserts: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        command: dict[str, Any] = dict(event.command)
        for statement in command.get("updates", []):
            self.updated[command["update"], str(statement["q"].get("_id"))] += 1
        if "insert" in command:
            self.inserts[command["insert"]] += 1


@pytest.fixture
def noon() -> City:
    """Where people may be written to."""
    return City.objects.create(name="Полдень", timezone=zone_where_it_is(12))


def assert_once(spy: WriteSpy) -> None:
    assert spy.updated and spy.inserts["outbox"] == spy.inserts["audit_entries"] == 1
    assert [item for item, count in (*spy.updated.items(), *spy.inserts.items()) if count > 1] == []


def test_a_seat_that_is_given_up_and_offered_is_written_once(
    make_slot: MakeSlot, event: InterviewEvent, noon: City, olga: Recruiter, maria: Candidate, ivan: Candidate
) -> None:
    """The one who leaves, their messages, the slot, who is offered the seat."""
    asking.outcome(asking.book(maria, make_slot(city=noon, recruiter=olga)))
    told(joining(ivan, event))
    spy = WriteSpy()
    with watched_by(spy):
        asking.in_batch(asking.cancel(maria, asking.the_booking(maria)))

    assert asking.the_booking(ivan)["status"] == "offered"
    assert_once(spy)


def test_an_answer_with_its_card_its_news_and_its_reminders_is_written_once(
    make_slot: MakeSlot, approval_event: InterviewEvent, olga: Recruiter, maria: Candidate
) -> None:
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    spy = WriteSpy()
    with watched_by(spy):
        asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    row = asking.the_booking(maria)
    assert (row["status"], row["card_revision"], len(row["notification_ids"])) == ("booked", 2, 1)
    assert_once(spy)


def test_an_edit_that_bookings_follow_and_that_frees_a_seat_is_written_once(
    make_slot: MakeSlot, event: InterviewEvent, noon: City, olga: Recruiter, maria: Candidate, ivan: Candidate
) -> None:
    slot = make_slot(city=noon, recruiter=olga)
    asking.outcome(asking.book(maria, slot))
    told(joining(ivan, event))
    spy = WriteSpy()
    with watched_by(spy):
        edit_slot(str(slot.pk), SlotChanges(max_users=2, venue={"room": "9"}), actor="coordinator")

    assert asking.the_booking(ivan)["status"] == "offered"
    assert asking.slot_now(slot)["booked_users"] == [maria.pk, ivan.pk]
    assert_once(spy)
    asking.assert_sound()


def test_a_removal_that_ends_several_bookings_is_written_once(
    make_slot: MakeSlot, approval_event: InterviewEvent, maria: Candidate
) -> None:
    """Each booking and each slot; the entry of the list is another matter."""
    asking.outcome(asking.book(maria, make_slot()))
    later = make_slot(of=approval_event, starts_in=timedelta(days=4))
    asking.outcome(asking.book(maria, later))
    spy = WriteSpy()
    with watched_by(spy):
        staff_commands.remove_candidates([str(maria.pk)], keep_bookings=False, actor="coordinator", reason="")

    ours = {item: count for item, count in spy.updated.items() if item[0] in {"bookings", "interview_slots"}}
    assert sorted(ours.values()) == [1, 1, 1, 1]
    asking.assert_sound()
