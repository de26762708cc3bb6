"""Answers and other times, as they are stored and told (R8)."""

from datetime import timedelta
from functools import partial

from django.utils.translation import override

from common import clock
from common.mongo import Document, collection
from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind
from staffkit.audit_trail import trail
from tests.attendance.tools import COMES, STAYS_AWAY, WANTS_ANOTHER, actions, answered
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import kinds, news, result_of
from tests.helpers.waiting import joining, told, zone_where_it_is
from tests.scheduling.test_races import together

OLGA, PAVEL, DINA = 5001, 5002, 5003
DAY = timedelta(days=1)


def test_an_answer_is_stored_with_its_time_and_told_back(booking: Document, maria: Candidate) -> None:
    answer = result_of(asking.in_batch(asking.says(maria, booking, COMES)))
    row = asking.the_booking(maria)

    assert answer.outcome is Outcome.BOOKED
    assert answer.booking and (answer.booking.attendance, answer.booking.version) == (COMES, 2)
    assert (row["attendance"], row["attendance_at"] is not None) == ("confirmed", True)
    assert actions() == ["created", "attendance_confirmed"]
    asking.assert_sound()


def test_a_delay_is_stored_told_back_and_kept_in_the_trail(booking: Document, maria: Candidate) -> None:
    """R8, I7."""
    answer = result_of(asking.in_batch(asking.late(maria, booking, 10)))
    row = asking.the_booking(maria)

    assert answer.booking and (answer.outcome, answer.booking.delay_minutes) == (Outcome.BOOKED, 10)
    assert (row["delay_minutes"], row["delay_at"] is not None) == (10, True)
    assert (row["status"], row["attendance"], row["version"]) == ("booked", "", booking["version"] + 1)
    assert actions() == ["created", "delay_announced"]
    with override("en"):
        newest = trail(str(booking["_id"]))[0]
    assert newest["action"] == "said they will be late"
    assert "minutes late: — → 10" in " ".join(newest["changes"])
    asking.assert_sound()


def test_a_booking_of_before_has_no_delay(booking: Document, maria: Candidate) -> None:
    """Documents written by an earlier version have no such fields."""
    collection("bookings").update_one({"_id": booking["_id"]}, {"$unset": {"delay_minutes": "", "delay_at": ""}})
    answer = result_of(asking.in_batch(asking.says(maria, booking, COMES)))

    assert answer.booking and (answer.booking.attendance, answer.booking.delay_minutes) == (COMES, None)


def test_one_answer_delivered_three_times_has_one_effect(booking: Document, maria: Candidate) -> None:
    """I2, I7."""
    request = asking.says(maria, booking, STAYS_AWAY)

    answers = [asking.decided(request) for _delivery in range(3)]

    assert {answer.outcome for answer in answers} == {Outcome.CANCELLED}
    assert actions() == ["created", "attendance_declined"]
    asking.assert_sound()


def test_the_seat_of_who_cannot_come_goes_to_the_waiting_list(
    make_slot: MakeSlot, olga: Recruiter, maria: Candidate, ivan: Candidate
) -> None:
    """R8, R7."""
    Candidate.objects.filter(pk=ivan.pk).update(started_at=clock.now())
    noon = City.objects.create(name="Полдень", timezone=zone_where_it_is(12))
    slot = make_slot(recruiter=olga, city=noon)
    asking.outcome(asking.book(maria, slot))
    told(joining(ivan, slot.event))

    asking.outcome(asking.says(maria, asking.the_booking(maria), STAYS_AWAY))

    assert asking.the_booking(maria)["status"] == "cancelled"
    assert asking.the_booking(ivan)["status"] == "offered"
    assert (ivan.telegram_id, NotificationKind.SLOT_OFFERED) in kinds()
    asking.assert_sound()


def test_declining_and_being_moved_at_once_leaves_one_of_both(
    make_slot: MakeSlot, olga: Recruiter, maria: Candidate
) -> None:
    """I1, I4: an answer about the old time does not cancel the new one."""
    for day in range(2, 7):
        old, new = make_slot(timedelta(days=day), recruiter=olga), make_slot(timedelta(days=day, hours=3))
        asking.outcome(asking.book(maria, old))
        row = asking.the_booking(maria)

        def move(booking_id: str = str(row["_id"]), slot_id: str = str(new.pk)) -> Outcome | None:
            try:
                return staff_commands.move_booking(booking_id, slot_id, expected_version=None, actor="anna", reason="")
            except staff_commands.AlreadyDecidedError:
                return None

        ends = together(partial(asking.outcome, asking.says(maria, row, STAYS_AWAY)), move)

        assert tuple(ends) in {(Outcome.CANCELLED, None), (Outcome.VERSION_CONFLICT, Outcome.MOVED)}
        asking.assert_sound()
        asking.outcome(asking.cancel(maria, asking.the_booking(maria)))


def test_another_time_is_offered_told_and_taken_with_one_press(
    wish: Document, other: InterviewSlot, slot: InterviewSlot, olga: Recruiter, maria: Candidate
) -> None:
    card = answered(asking.offer_time(olga, wish, other))
    (item,) = news()

    assert card.booking.offered_slot and card.booking.offered_slot.id == str(other.pk)
    assert (item.kind, item.user_telegram_id) == (NotificationKind.TIME_OFFERED, maria.telegram_id)
    assert item.booking.offered_slot and item.booking.offered_slot.starts_at == other.starts_at
    assert asking.slot_now(other)["booked_users"] == []

    answer = asking.decided(asking.answer_time(maria, asking.the_booking(maria), other, take=True))

    assert answer.outcome is Outcome.MOVED
    assert answer.booking and (answer.booking.slot.id, answer.booking.attendance) == (str(other.pk), None)
    assert asking.slot_now(slot)["booked_users"] == []
    assert actions() == ["created", "reschedule_wanted", "time_offered", "time_taken"]
    asking.assert_sound()


def test_an_offered_time_that_staff_changed_since_it_was_shown_is_not_booked_unseen(
    offer: Document, other: InterviewSlot, slot: InterviewSlot, maria: Candidate
) -> None:
    """R2. Guard: ``shown`` of the request. The answer shows the offer as it is now, which can be taken."""
    later = other.starts_at + timedelta(hours=1)
    edit_slot(str(other.pk), SlotChanges(starts_at=later), actor="anna")

    answer = asking.decided(asking.answer_time(maria, offer, other, take=True))

    assert answer.outcome is Outcome.SLOT_NOT_FOUND
    assert answer.booking and answer.booking.offered_slot and answer.booking.offered_slot.starts_at == later
    assert asking.the_booking(maria)["slot_id"] == slot.pk
    other.refresh_from_db()
    assert asking.outcome(asking.answer_time(maria, offer, other, take=True)) is Outcome.MOVED
    asking.assert_sound()


def test_a_bot_that_does_not_say_what_it_showed_is_answered_as_before(
    offer: Document, other: InterviewSlot, maria: Candidate
) -> None:
    request = asking.answer_time(maria, offer, other, take=True).model_copy(update={"shown": None})

    assert asking.outcome(request) is Outcome.MOVED


def test_an_offered_time_past_its_closing_is_taken_all_the_same(
    offer: Document, other: InterviewSlot, maria: Candidate
) -> None:
    """Guard: ``writing._within_limits`` leaves ``closes_at`` out here, and only here."""
    collection("interview_slots").update_one({"_id": other.pk}, {"$set": {"closes_at": clock.now() - DAY}})

    assert asking.outcome(asking.answer_time(maria, offer, other, take=True)) is Outcome.MOVED
    asking.assert_sound()


def test_who_keeps_their_time_is_asked_for_nothing_more(
    offer: Document, other: InterviewSlot, maria: Candidate
) -> None:
    answer = asking.decided(asking.answer_time(maria, offer, other, take=False))

    assert answer.outcome is Outcome.BOOKED
    assert answer.booking and (answer.booking.attendance, answer.booking.offered_slot) == (None, None)
    assert actions()[-1] == "time_kept"


def test_two_candidates_who_take_the_last_offered_seat_at_once_are_not_both_given_it(
    make_slot: MakeSlot, make_candidate: MakeCandidate, olga: Recruiter
) -> None:
    """I1. Guard: the conditional update of the seats."""
    wanted = make_slot(timedelta(days=9), recruiter=olga)
    people = [make_candidate() for _ in range(4)]
    for number, person in enumerate(people):
        asking.outcome(asking.book(person, make_slot(timedelta(days=2, hours=number), recruiter=olga)))
        asking.outcome(asking.says(person, asking.the_booking(person), WANTS_ANOTHER))
        asking.outcome(asking.offer_time(olga, asking.the_booking(person), wanted))
    presses = [asking.answer_time(person, asking.the_booking(person), wanted, take=True) for person in people]

    ends = together(*(partial(asking.outcome, press) for press in presses))

    assert sorted(ends) == sorted([Outcome.MOVED] + [Outcome.SLOT_FULL] * 3)
    rows = [asking.the_booking(person) for person in people]
    assert [row["offered_slot_id"] for row in rows] == [None] * 4
    assert sorted(row["attendance"] for row in rows) == ["", *["reschedule_asked"] * 3]
    asking.assert_sound()


def test_another_recruiter_sees_and_changes_nothing(
    wish: Document, other: InterviewSlot, pavel: Recruiter, maria: Candidate
) -> None:
    """Guard: ``_may_touch``; the answer holds nothing of the booking."""
    for request in (asking.offer_time(pavel, wish, other), asking.mark(pavel, wish, BookingStatus.ATTENDED)):
        answer = result_of(asking.in_batch(request))
        assert (answer.outcome, answer.booking, answer.card) == (Outcome.BOOKING_NOT_FOUND, None, None)
    assert asking.the_booking(maria)["version"] == wish["version"]


def test_a_recruiter_whose_offer_is_refused_is_shown_their_own_slots_and_nobody_elses(
    wish: Document, other: InterviewSlot, make_slot: MakeSlot, olga: Recruiter, pavel: Recruiter, ivan: Candidate
) -> None:
    own = make_slot(timedelta(days=5), recruiter=olga)
    make_slot(timedelta(days=4), recruiter=pavel)
    asking.outcome(asking.book(ivan, other))
    answer = result_of(asking.in_batch(asking.offer_time(olga, wish, other)))

    assert (answer.outcome, answer.alternatives) == (Outcome.SLOT_FULL, [])
    assert answer.card and [item.id for item in answer.card.free_slots] == [str(own.pk)]


def test_every_action_is_told_in_words(wish: Document, other: InterviewSlot, maria: Candidate, olga: Recruiter) -> None:
    """I7, at the desk."""
    asking.outcome(asking.offer_time(olga, wish, other))
    asking.outcome(asking.answer_time(maria, asking.the_booking(maria), other, take=True))
    with override("en"):
        told_at_desk = trail(str(wish["_id"]))

    assert [item["action"] for item in told_at_desk[::-1]] == [
        "made",
        "asked for another time",
        "another time offered",
        "the offered time taken",
    ]
    assert "will come: asks for another time" in " ".join(told_at_desk[2]["changes"]).replace("— → ", "")
