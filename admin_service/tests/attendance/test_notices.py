"""The recruiter's card as a notice, and what it shows (R8)."""

import uuid
from datetime import timedelta

import pytest

from common import clock
from common.mongo import Document, collection
from config.consumers import DELIVERIES
from messaging.delivery_reports import DeliveryReports
from people.models import Candidate, Recruiter
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.recruiter_cards.cards import notice
from scheduling.services.store.booking_notes import CARDLESS
from shared_contracts.attendance import Attendance
from shared_contracts.booking import Outcome
from shared_contracts.broadcast import CardDelivered, Delivery, DeliveryStatus
from shared_contracts.card import CardAttention, CardOccasion
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind
from tests.attendance.tools import COMES, ROW, STAYS_AWAY, actions, answered, tell
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards, kinds, last_card, sent

OLGA, PAVEL, DINA = 5001, 5002, 5003
DAY = timedelta(days=1)


def test_a_notice_brings_the_card_of_a_booking_that_needed_no_approval(
    booking: Document, olga: Recruiter, maria: Candidate
) -> None:
    assert cards() == []
    (command,) = tell(CardOccasion.BOOKED, booking)

    assert (command.attention, command.occasion, command.auto_message_id) == (
        CardAttention.NOTICE,
        CardOccasion.BOOKED,
        ROW,
    )
    assert (command.recruiter_telegram_id, command.card.revision, command.card.yours) == (OLGA, 1, True)
    assert not command.card.awaits_answer
    assert asking.the_booking(maria)["card_readers"] == [OLGA]
    assert asking.the_booking(maria)["recruiter_by_hand"] is False


def test_a_booking_that_lacks_what_its_card_keeps_is_shown_all_the_same(booking: Document, maria: Candidate) -> None:
    """Such as came by a restored or an imported document. Guard: ``_card_fields``."""
    collection("bookings").update_one({"_id": booking["_id"]}, {"$unset": dict.fromkeys(CARDLESS, "")})
    assert asking.outcome(asking.cancel(maria, asking.the_booking(maria))) == "cancelled"
    collection("bookings").update_one({"_id": booking["_id"]}, {"$set": {"status": "booked", "live": True}})
    assert [card.attention.value for card in tell(CardOccasion.BOOKED, booking)] == ["notice"]


def test_who_holds_it_sees_what_becomes_of_the_booking(booking: Document, maria: Candidate) -> None:
    tell(CardOccasion.BOOKED, booking)
    asking.outcome(asking.says(maria, booking, COMES))

    assert sent() == [(OLGA, "notice", 1), (OLGA, "update", 2)]
    card = last_card(OLGA).card
    assert (card.booking.attendance, card.booking.attendance_at is not None) == (COMES, True)
    assert card.decided_by and card.decided_by.kind == "candidate"

    tell(CardOccasion.NO_ANSWER, booking)
    assert sent()[-1] == (OLGA, "notice", 3)


def test_a_notice_goes_to_the_deputy_where_the_recruiter_is_not_in_chat(
    booking: Document, olga: Recruiter, dina: Recruiter
) -> None:
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    (command,) = tell(CardOccasion.CANT_COME, booking)

    assert (command.recruiter_telegram_id, command.card.for_deputy) == (DINA, True)


def test_nobody_is_told_where_nobody_is_in_chat_and_staff_are_to(
    booking: Document, olga: Recruiter, maria: Candidate
) -> None:
    """R4: that there is nothing to answer does not make it known to them."""
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)

    assert tell(CardOccasion.BOOKED, booking) == []
    assert asking.the_booking(maria)["recruiter_by_hand"] is True
    assert notice(ROW, CardOccasion.BOOKED, ROW, "c" * 8, clock.now(), waits=True) == ([], None)


def test_a_card_that_did_not_arrive_is_told_by_hand_though_it_awaits_nothing(
    booking: Document, maria: Candidate
) -> None:
    """R4. Guard: ``by_hand``, which asks for no wish for approval."""
    tell(CardOccasion.BOOKED, booking)
    report = CardDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        booking_id=str(booking["_id"]),
        recruiter_telegram_id=OLGA,
        delivery=Delivery(chat_id=OLGA, status=DeliveryStatus.BLOCKED),
    )
    DeliveryReports(DELIVERIES).handle([report])

    assert asking.the_booking(maria)["recruiter_by_hand"] is True


def test_what_has_ended_is_no_news_to_who_never_had_it(booking: Document, maria: Candidate) -> None:
    asking.outcome(asking.cancel(maria, booking))
    assert tell(CardOccasion.CANCELLED, booking) == []


def test_what_has_ended_is_news_to_who_had_it(booking: Document, maria: Candidate) -> None:
    tell(CardOccasion.BOOKED, booking)
    asking.outcome(asking.says(maria, booking, STAYS_AWAY))
    (command,) = tell(CardOccasion.CANT_COME, booking)

    assert sent() == [(OLGA, "notice", 1), (OLGA, "update", 2), (OLGA, "notice", 3)]
    assert (command.card.booking.status, command.card.booking.attendance) == (BookingStatus.CANCELLED, STAYS_AWAY)


def test_how_it_went_is_asked_even_of_who_never_had_the_card(booking: Document) -> None:
    asking.let_begin(booking, timedelta(hours=1))
    tasks.close_finished()
    (command,) = tell(CardOccasion.OUTCOME_DUE, booking)

    assert (command.card.may_mark, command.card.booking.status) == (True, BookingStatus.UNMARKED)


def test_the_card_shows_the_recruiters_next_free_slots_to_who_asks_for_another_time(
    wish: Document,
    slot: InterviewSlot,
    event: InterviewEvent,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    make_candidate: MakeCandidate,
    olga: Recruiter,
    pavel: Recruiter,
) -> None:
    """R8. Not: full ones, past ones, inactive ones, other events', other recruiters', their own."""
    free = [make_slot(timedelta(days=3, hours=hour), recruiter=olga) for hour in range(7)]
    asking.outcome(asking.book(make_candidate(), make_slot(timedelta(days=2, hours=5), recruiter=olga)))
    make_slot(-DAY, recruiter=olga)
    make_slot(timedelta(days=1), recruiter=olga, is_active=False)
    make_slot(timedelta(days=1), recruiter=pavel)
    make_slot(timedelta(days=1), recruiter=olga, of=approval_event)
    (command,) = tell(CardOccasion.RESCHEDULE_ASKED, wish)

    assert [item.id for item in command.card.free_slots] == [str(item.pk) for item in free[:6]]

    card = answered(asking.offer_time(olga, wish, free[0]))
    assert [item.id for item in card.free_slots] == [str(item.pk) for item in free[1:]], "another may be offered"
    assert card.booking.offered_slot and card.booking.offered_slot.id == str(free[0].pk)


@pytest.mark.parametrize("answer", [None, COMES])
def test_no_slots_are_shown_to_who_asks_for_none(
    booking: Document, other: InterviewSlot, maria: Candidate, answer: Attendance | None
) -> None:
    if answer:
        asking.outcome(asking.says(maria, booking, answer))
    (command,) = tell(CardOccasion.BOOKED, booking)

    assert command.card.free_slots == []


def test_an_offered_time_that_is_gone_shows_on_the_card_with_the_slots_that_are_left(
    offer: Document, other: InterviewSlot, make_slot: MakeSlot, olga: Recruiter, maria: Candidate, ivan: Candidate
) -> None:
    tell(CardOccasion.RESCHEDULE_ASKED, offer)
    later = make_slot(timedelta(days=5), recruiter=olga)
    asking.outcome(asking.book(ivan, other))

    assert asking.outcome(asking.answer_time(maria, offer, other, take=True)) is Outcome.SLOT_FULL

    card = last_card(OLGA).card
    assert (card.booking.offered_slot, [item.id for item in card.free_slots]) == (None, [str(later.pk)])
    assert actions()[-1] == "time_gone"
    asking.assert_sound()


def test_a_booking_that_goes_to_another_recruiter_is_told_to_both_by_one_message_each(
    booking: Document, make_slot: MakeSlot, pavel: Recruiter, maria: Candidate
) -> None:
    tell(CardOccasion.BOOKED, booking)
    asking.outcome(asking.move(maria, booking, make_slot(timedelta(days=3), recruiter=pavel)))
    assert sent()[1:] == [(OLGA, "update", 2)], "the notice is yet to come, and brings the card to Pavel"
    assert not last_card(OLGA).card.yours

    tell(CardOccasion.MOVED, booking)

    assert sent()[2:] == [(OLGA, "notice", 3), (PAVEL, "notice", 3)]
    assert (last_card(OLGA).card.yours, last_card(PAVEL).card.yours) == (False, True)
    assert asking.the_booking(maria)["card_readers"] == [PAVEL]


def test_a_slot_that_gets_another_recruiter_is_told_to_both_by_the_notice(
    booking: Document, slot: InterviewSlot, pavel: Recruiter
) -> None:
    tell(CardOccasion.BOOKED, booking)
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(pavel.pk)), actor="anna")
    assert sent()[1:] == [(OLGA, "update", 2)]

    tell(CardOccasion.CHANGED, booking)
    assert sent()[2:] == [(OLGA, "notice", 3), (PAVEL, "notice", 3)]


def test_who_it_no_longer_belongs_to_is_told_by_an_edit_that_is_no_automatic_message(
    booking: Document, slot: InterviewSlot, pavel: Recruiter
) -> None:
    """An edit is never reported as one. Guard: only notices carry the automatic message's id."""
    tell(CardOccasion.BOOKED, booking)
    collection("interview_slots").update_one({"_id": slot.pk}, {"$set": {"recruiter_id": pavel.pk}})
    by_reader = {card.recruiter_telegram_id: card for card in tell(CardOccasion.CANT_COME, booking)}
    gone, told = by_reader[OLGA], by_reader[PAVEL]

    assert (gone.attention, gone.occasion, gone.auto_message_id) == (CardAttention.UPDATE, None, None)
    assert (told.attention, told.occasion, told.auto_message_id) == (CardAttention.NOTICE, CardOccasion.CANT_COME, ROW)


def test_who_it_no_longer_belongs_to_is_shown_no_slots_and_no_marks(
    wish: Document, make_slot: MakeSlot, other: InterviewSlot, pavel: Recruiter, olga: Recruiter
) -> None:
    tell(CardOccasion.RESCHEDULE_ASKED, wish)
    edited = {"$set": {"recruiter_id": pavel.pk}}
    collection("interview_slots").update_many({}, edited)
    tell(CardOccasion.CHANGED, wish)

    theirs, his = last_card(OLGA).card, last_card(PAVEL).card
    assert (theirs.yours, theirs.free_slots) == (False, [])
    assert [item.id for item in his.free_slots] == [str(other.pk)]


def test_who_it_no_longer_belongs_to_is_asked_for_no_mark(booking: Document, pavel: Recruiter) -> None:
    tell(CardOccasion.BOOKED, booking)
    asking.let_begin(booking)
    collection("interview_slots").update_many({}, {"$set": {"recruiter_id": pavel.pk}})
    tell(CardOccasion.CHANGED, booking)

    assert (last_card(OLGA).card.may_mark, last_card(PAVEL).card.may_mark) == (False, True)


def test_who_it_no_longer_belongs_to_can_take_no_mark_back(booking: Document, pavel: Recruiter) -> None:
    tell(CardOccasion.BOOKED, booking)
    asking.let_begin(booking)
    collection("interview_slots").update_many({}, {"$set": {"recruiter_id": pavel.pk}})
    staff_commands.mark_outcome(str(booking["_id"]), BookingStatus.LATE, expected_version=None, actor="anna")

    card = last_card(OLGA).card
    assert (card.booking.status, card.yours, card.undo_until) == (BookingStatus.LATE, False, None)


def test_staff_booking_where_approval_is_the_rule_is_told_by_the_notice_alone(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    slot = make_slot(of=approval_event, recruiter=olga)
    staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="")

    assert cards() == []
    assert asking.the_booking(maria)["recruiter_by_hand"] is False
    tell(CardOccasion.BOOKED, asking.the_booking(maria))
    assert [item[:2] for item in sent()] == [(OLGA, "notice")]


def test_staff_offer_another_time_for_the_recruiter(wish: Document, other: InterviewSlot, maria: Candidate) -> None:
    tell(CardOccasion.RESCHEDULE_ASKED, wish)
    end = staff_commands.propose_time(str(wish["_id"]), str(other.pk), expected_version=wish["version"], actor="anna")

    assert end is Outcome.BOOKED
    assert kinds() == [(maria.telegram_id, NotificationKind.TIME_OFFERED)]
    assert asking.the_booking(maria)["offered_slot_id"] == other.pk
    assert last_card(OLGA).attention is CardAttention.UPDATE
