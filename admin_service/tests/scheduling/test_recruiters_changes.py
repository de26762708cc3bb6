"""A recruiter moves an approved interview, or calls it off: what everybody is told."""

from datetime import timedelta
from typing import Any

import pytest

from common.mongo import collection
from people.models import Candidate, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards, news, result_of


def test_a_recruiter_moves_an_interview_and_calls_it_off(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Both are told to the candidate at once, with the calendar's entry; the recruiter's card is the answer."""
    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    moved = result_of(asking.in_batch(asking.move_interview(olga, asking.the_booking(maria), other)))
    assert (moved.outcome, moved.calendar_entry) == (Outcome.MOVED, None)
    assert moved.card and moved.card.booking.slot.id == str(other.pk)
    told = news()[-1]
    assert (told.kind, told.booking.slot.id) == (NotificationKind.BOOKING_MOVED, str(other.pk))
    assert told.calendar_entry and told.calendar_entry.method == "PUBLISH"

    off = result_of(asking.in_batch(asking.cancel_interview(olga, asking.the_booking(maria), "Рекрутер заболел")))
    assert off.card and (off.outcome, off.card.reason) == (Outcome.CANCELLED, "Рекрутер заболел")
    assert off.card.decided_by and off.card.decided_by.name == "Ольга Смирнова"
    told = news()[-1]
    assert (told.kind, told.reason) == (NotificationKind.BOOKING_CANCELLED, "Рекрутер заболел")
    assert told.calendar_entry and told.calendar_entry.method == "CANCEL"
    asking.assert_sound()


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"venue": {"room": "9"}}, Outcome.WRONG_PLACE),
        ({"venue": {"location": "", "room": "", "video_link": "https://meet.example/a"}}, Outcome.WRONG_PLACE),
        ({"starts_at": timedelta(hours=1)}, Outcome.SLOT_NOT_FOUND),
    ],
    ids=["room", "online", "time"],
)
def test_nothing_is_booked_or_proposed_that_the_recruiter_was_not_shown(
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    change: dict[str, Any],
    outcome: Outcome,
) -> None:
    """R2: staff change a slot that stands in a recruiter's list. Guard: ``shown`` of both requests is passed on."""
    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    asking.in_batch(asking.says(maria, asking.the_booking(maria), Attendance.RESCHEDULE_ASKED))
    if "starts_at" in change:
        change = {"starts_at": other.starts_at + change["starts_at"]}
    edit_slot(str(other.pk), SlotChanges(**change), actor="zoya")

    booking = asking.the_booking(maria)
    for press in (asking.offer_time, asking.move_interview):
        answer = result_of(asking.in_batch(press(olga, booking, other)))
        assert (answer.outcome, asking.the_booking(maria)["version"]) == (outcome, booking["version"])
        assert answer.card and [item.id for item in answer.card.free_slots] == [str(other.pk)], "as it is now"


@pytest.mark.parametrize("seats", [1, 2])
def test_a_time_that_does_not_suit_the_recruiter_any_more_is_offered_to_nobody(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter, seats: int
) -> None:
    """Who else is in it stays, and hears nothing. Guards: ``withdraws_slot`` of the request, ``_slot_withdrawn``.

    The slot's trail says who and why.
    """
    slot = make_slot(of=approval_event, recruiter=olga, capacity=seats)
    for person in (maria, ivan)[:seats]:
        asking.outcome(asking.book(person, slot))
    booking = asking.the_booking(maria)
    asking.in_batch(asking.approve(olga, booking))
    off = result_of(
        asking.in_batch(asking.cancel_interview(olga, asking.the_booking(maria), "Больничный", withdraws_slot=True))
    )
    assert off.card and (off.outcome, off.card.slot_withdrawn) == (Outcome.CANCELLED, True)
    assert not off.card.slot_left

    row = collection("interview_slots").find_one({"_id": slot.pk}) or {}
    assert (row["is_active"], row["booked_users"]) == (False, [ivan.pk] * (seats - 1))
    query = {"subject": "slot", "subject_id": slot.pk, "action": "changed"}
    entries = list(collection("audit_entries").find(query))
    told = [(entry["actor"], entry["reason"], entry["after"]["is_active"]) for entry in entries]
    assert told == [(f"recruiter:{olga.telegram_id}", "Больничный", False)]
    asking.assert_sound()


def test_whoever_is_proposed_a_time_that_is_taken_off_hears_of_it_and_its_recruiter_of_them(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    """Why Maria is called off is hers alone. Guards: ``reason_about``, ``occasion`` of ``ProposedTimeWithdrawn``."""
    slot = make_slot(timedelta(days=3), of=approval_event, recruiter=olga, capacity=2)
    for person, theirs in ((maria, slot), (ivan, make_slot(of=approval_event, recruiter=olga))):
        asking.outcome(asking.book(person, theirs))
        asking.in_batch(asking.approve(olga, asking.the_booking(person)))
    asking.in_batch(asking.says(ivan, asking.the_booking(ivan), Attendance.RESCHEDULE_ASKED))
    asking.in_batch(asking.offer_time(olga, asking.the_booking(ivan), slot))
    collection("outbox").delete_many({})

    off = asking.cancel_interview(olga, asking.the_booking(maria), "Мария не подошла", withdraws_slot=True)
    assert result_of(asking.in_batch(off)).outcome is Outcome.CANCELLED
    assert [(item.user_telegram_id, item.kind, item.reason) for item in news()] == [
        (ivan.telegram_id, NotificationKind.PROPOSAL_ENDED, None),
        (maria.telegram_id, NotificationKind.BOOKING_CANCELLED, "Мария не подошла"),
    ]
    booking = asking.the_booking(ivan)
    (card,) = [item.card for item in cards() if item.card.booking.id == str(booking["_id"])]
    assert card.reason is None
    notice = {"booking_id": booking["_id"], "turn": booking["version"]}
    assert collection("auto_messages").distinct("occasion", notice) == [CardOccasion.RESCHEDULE_ASKED.value]
    query = {"subject_id": booking["_id"], "action": "time_withdrawn"}
    assert [entry["reason"] for entry in collection("audit_entries").find(query)] == [""]
    asking.assert_sound()


def test_a_time_that_is_left_to_others_is_not_offered_to_who_was_called_off(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    """They choose from the others. Guards: ``_REFUSED_SLOTS``, and ``rejections`` of what was called off."""
    slot, other = (make_slot(timedelta(days=days), of=approval_event, recruiter=olga) for days in (2, 3))
    asking.outcome(asking.book(maria, slot))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    off = result_of(asking.in_batch(asking.cancel_interview(olga, asking.the_booking(maria))))
    assert off.card and (off.card.slot_withdrawn, off.card.slot_left) == (None, True)

    again = result_of(asking.in_batch(asking.book(maria, slot)))
    assert (again.outcome, [item.id for item in again.alternatives]) == (Outcome.REJECTED, [str(other.pk)])
    assert asking.outcome(asking.book(ivan, slot)) is Outcome.PENDING_APPROVAL
