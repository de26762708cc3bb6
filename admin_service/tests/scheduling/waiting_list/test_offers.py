"""A freed seat is held for the first who waits: taken, passed, or not answered (R7)."""

from datetime import timedelta

import pytest

from common import clock
from common.mongo import collection
from people.models import Candidate, City, Recruiter
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.booking import AnyBookingRequest, BookingResult, Outcome
from shared_contracts.dialog import DialogOutcome
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind, SeatOfferLapsed
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import kinds, news, sent
from tests.helpers.waiting import joining, leaving, offered_to, states, told


@pytest.mark.usefixtures("_waiting")
def test_a_freed_seat_is_held_for_the_first_before_anyone_can_see_it(
    slot: InterviewSlot, anna: Candidate, maria: Candidate
) -> None:
    rows = asking.in_batch(asking.cancel(anna, asking.the_booking(anna)))

    held = offered_to(maria)
    assert held and timedelta() < held["expires_at"] - clock.now() <= timedelta(minutes=15)
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]
    assert kinds() == [(maria.telegram_id, NotificationKind.SLOT_OFFERED)]
    assert "bot.notification.command" in {row["queue"] for row in rows}
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
@pytest.mark.parametrize("how", ["booked", "moved"])
def test_a_freed_seat_goes_past_nobody_who_waits_even_to_who_asks_in_the_same_batch(
    slot: InterviewSlot, make_slot: MakeSlot, make_candidate: MakeCandidate, anna: Candidate, maria: Candidate, how: str
) -> None:
    """Guard: ``_before_freed_seats_are_wanted``. Each is answered, and who asked for another slot gets it."""
    oleg, vera, other = make_candidate(), make_candidate(), make_slot(timedelta(days=5))
    wish: AnyBookingRequest = asking.book(oleg, slot)
    if how == "moved":
        asking.outcome(asking.book(oleg, make_slot(timedelta(days=4))))
        wish = asking.move(oleg, asking.the_booking(oleg), slot)
    asked: list[AnyBookingRequest] = [asking.book(vera, other), asking.cancel(anna, asking.the_booking(anna)), wish]

    rows = [row for row in asking.in_batch(*asked) if row["queue"] == "bot.booking.result"]

    results = {item.request_id: item.outcome for item in (BookingResult.model_validate_json(it["body"]) for it in rows)}
    outcomes = Outcome.BOOKED, Outcome.CANCELLED, Outcome.SLOT_FULL
    assert results == {item.message_id: found for item, found in zip(asked, outcomes, strict=True)}
    assert offered_to(maria)
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]
    asking.assert_sound()
    again = [row for row in asking.in_batch(*asked) if row["queue"] == "bot.booking.result"]
    assert again == []


@pytest.mark.usefixtures("_waiting")
def test_whose_seat_is_only_held_reads_of_a_seat_and_not_of_an_interview(
    slot: InterviewSlot, anna: Candidate, maria: Candidate
) -> None:
    """Staff change the slot, then take it away. Guard: ``_OF_SEAT_OFFERS``."""
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="zoya", reason="ремонт")
    changed = news()[-1]
    assert (changed.kind, changed.booking.status.value) == (NotificationKind.SLOT_OFFER_CHANGED, "offered")
    assert changed.slot_before and changed.slot_before.room != changed.booking.slot.room == "9"

    staff_commands.cancel_booking(changed.booking.id, expected_version=2, actor="zoya", reason="ремонт")
    told_last = [item for item in news() if item.user_telegram_id == maria.telegram_id][-1]
    assert told_last.kind is NotificationKind.SLOT_OFFER_ENDED
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_a_taken_offer_is_booked_and_ends_the_waiting(anna: Candidate, maria: Candidate) -> None:
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    assert states() == ["waiting", "waiting"]

    assert asking.outcome(asking.take(maria, asking.the_booking(maria))) is Outcome.BOOKED

    assert states() == ["served", "waiting"]
    (entry,) = collection("audit_entries").find({"action": "waiting_served"})
    assert entry["actor"] == f"candidate:{maria.telegram_id}", "I7"
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_a_passed_offer_goes_to_the_next_and_then_to_nobody(
    slot: InterviewSlot, anna: Candidate, maria: Candidate, ivan: Candidate
) -> None:
    """Guard: nobody is asked again about a slot they turned down."""
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    assert asking.outcome(asking.pass_on(maria, asking.the_booking(maria))) is Outcome.CANCELLED
    assert offered_to(ivan)
    asking.outcome(asking.pass_on(ivan, asking.the_booking(ivan)))

    assert tasks.offer_free_seats() == 0
    assert asking.slot_now(slot)["booked_users"] == []
    assert states() == ["waiting", "waiting"]
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_who_passed_one_slot_is_still_offered_another(
    event: InterviewEvent, anna: Candidate, maria: Candidate, city: City, make_slot: MakeSlot
) -> None:
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    asking.outcome(asking.pass_on(maria, asking.the_booking(maria)))
    other = make_slot(timedelta(days=3), city=city)

    assert tasks.offer_free_seats() == 1
    held = offered_to(maria)
    assert held and held["slot_id"] == other.pk


@pytest.mark.usefixtures("_waiting")
def test_an_offer_that_nobody_took_goes_to_the_next(anna: Candidate, maria: Candidate, ivan: Candidate) -> None:
    """And the message that makes it is put right. Guard: ``offer_lapsed``."""
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    collection("bookings").update_many({"status": "offered"}, {"$set": {"expires_at": clock.now()}})

    assert tasks.expire_requests() == 1

    assert asking.the_booking(maria)["status"] == "expired"
    assert offered_to(ivan)
    assert [kind for _who, kind in kinds()] == [NotificationKind.SLOT_OFFERED] * 2
    row = collection("outbox").find_one({"body": {"$regex": "seat_offer_lapsed"}})
    lapsed = SeatOfferLapsed.model_validate_json(row["body"] if row else "")
    assert (lapsed.user_telegram_id, lapsed.booking.status) == (maria.telegram_id, BookingStatus.EXPIRED)
    asking.assert_sound()


@pytest.mark.parametrize("how", ["cancelled", "moved away"])
def test_who_gave_a_slot_up_and_then_asks_to_be_told_is_told_of_it(
    slot: InterviewSlot, make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, how: str, city: City
) -> None:
    """Guard: ``_forget_left_slots``."""
    asking.outcome(asking.book(maria, slot))
    if how == "moved away":
        other = make_slot(timedelta(days=3), of=event, city=city)
        asking.outcome(asking.move(maria, asking.the_booking(maria), other))
        edit_slot(str(other.pk), SlotChanges(is_active=False), actor="anna")
    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))
    assert told(joining(maria, event)) is DialogOutcome.JOINED

    assert tasks.offer_free_seats() == 1


@pytest.mark.usefixtures("_waiting")
def test_who_passed_a_slot_is_offered_it_again_only_once_they_ask_again(
    event: InterviewEvent, anna: Candidate, maria: Candidate, ivan: Candidate, city: City
) -> None:
    """Guards: ``left_slot_ids``, ``_forget_left_slots``."""
    told(leaving(ivan, event))
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    asking.outcome(asking.pass_on(maria, asking.the_booking(maria)))
    assert tasks.offer_free_seats() == 0

    assert told(joining(maria, event)) is DialogOutcome.ALREADY_JOINED
    assert tasks.offer_free_seats() == 1
    assert offered_to(maria)


def test_where_approval_is_needed_a_taken_seat_is_a_request_with_a_card(
    approval_event: InterviewEvent, make_slot: MakeSlot, city: City, olga: Recruiter, maria: Candidate
) -> None:
    make_slot(of=approval_event, city=city, recruiter=olga)
    told(joining(maria, approval_event))
    assert tasks.offer_free_seats() == 1
    assert sent() == []

    assert asking.outcome(asking.take(maria, asking.the_booking(maria))) is Outcome.PENDING_APPROVAL

    assert sent() == [(5001, "new", 1)]
    assert asking.the_booking(maria)["remind_at"]
    asking.assert_sound()


def test_booking_otherwise_ends_the_waiting(
    make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, city: City
) -> None:
    told(joining(maria, event))
    asking.outcome(asking.book(maria, make_slot(city=city)))

    assert states() == ["served"]


def test_an_offer_does_not_outlast_a_slot_that_staff_bring_forward(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """R7: no offer past ``closes_at``. Guard: ``kept_within``."""
    told(joining(maria, event))
    assert tasks.offer_free_seats() == 1

    edit_slot(str(slot.pk), SlotChanges(starts_at=clock.now() + timedelta(hours=2, minutes=5)), actor="anna")

    held = offered_to(maria)
    assert held and held["expires_at"] == asking.slot_now(slot)["closes_at"]
    asking.assert_sound()
