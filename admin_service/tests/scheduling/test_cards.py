"""Recruiters' cards: who gets them, what they show, revisions, hand-over, flags (R3, R4)."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
import time_machine
from bson import ObjectId

from common import clock
from common.mongo import Document, collection
from config.consumers import DELIVERIES, DIALOGS
from messaging.delivery_reports import DeliveryReports
from people.consumer import store_report
from people.models import Candidate, City, Recruiter
from people.services.people import save_recruiter
from reminders.tasks import send_due
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.recruiter_cards.request_reminders import bring
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest, Outcome
from shared_contracts.broadcast import AnyDeliveryEvent, CardDelivered, Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.card import CardAttention
from shared_contracts.dialog import ChatStarted
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import cards, kinds, last_card, news, result_of, sent
from tests.scheduling.test_races import together

OLGA, PAVEL, DINA = 5001, 5002, 5003


@pytest.fixture(autouse=True)
def _by_day() -> Iterator[None]:
    """Nine in Moscow, 16:00 in Vladivostok: nobody sleeps."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
    with time_machine.travel(tomorrow, tick=True):
        yield


@pytest.fixture
def dina(olga: Recruiter) -> Recruiter:
    """Dina, who stands in for Olga, in Vladivostok."""
    city = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    deputy = Recruiter.objects.create(name="Дина", city=city, telegram_id=DINA, started_at=clock.now())
    olga.deputy = deputy
    olga.save()
    return deputy


@pytest.fixture
def pavel(moscow: City) -> Recruiter:
    return Recruiter.objects.create(name="Павел", city=moscow, telegram_id=PAVEL, started_at=clock.now())


@pytest.fixture
def slot(approval_event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter) -> InterviewSlot:
    return make_slot(of=approval_event, recruiter=olga)


@pytest.fixture
def request_(slot: InterviewSlot, maria: Candidate) -> Document:
    """Maria's request, which waits for Olga."""
    assert asking.outcome(asking.book(maria, slot)) is Outcome.PENDING_APPROVAL
    return asking.the_booking(maria)


def now_stored() -> Document:
    row = collection("bookings").find_one({})
    assert row
    return row


def test_a_request_comes_to_its_recruiter_with_all_they_need(
    slot: InterviewSlot, request_: Document, maria: Candidate, olga: Recruiter
) -> None:
    """R3."""
    (command,) = cards()
    card = command.card

    assert sent() == [(OLGA, "new", 1)]
    assert (card.recruiter_id, card.recruiter_name, card.yours, card.for_deputy) == (
        str(olga.pk),
        "Ольга Смирнова",
        True,
        False,
    )
    assert card.timezone == "Europe/Moscow"
    assert (card.candidate.name, card.candidate.link) == ("Мария Петрова", "https://t.me/maria_p")
    assert card.candidate.city == "Москва"
    assert card.awaits_answer
    assert card.decided_by and card.decided_by.kind == "candidate"
    assert now_stored()["recruiter_by_hand"] is False


def test_a_candidate_without_a_username_is_reached_by_id(slot: InterviewSlot, ivan: Candidate) -> None:
    Candidate.objects.filter(pk=ivan.pk).update(username="", started_at=clock.now())
    asking.outcome(asking.book(ivan, slot))

    assert cards()[0].card.candidate.link == f"tg://user?id={ivan.telegram_id}"
    assert cards()[0].card.candidate.reachable


def test_an_event_without_approval_sends_no_cards(make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> None:
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))

    assert cards() == []


def test_the_recruiter_who_decides_gets_the_card_as_the_answer_to_the_press(
    request_: Document, olga: Recruiter
) -> None:
    answer = result_of(asking.in_batch(asking.approve(olga, request_)))

    assert answer.outcome is Outcome.BOOKED
    assert answer.card and (answer.card.revision, answer.card.booking.status.value) == (2, "booked")
    assert answer.card.decided_by and (answer.card.decided_by.kind, answer.card.decided_by.name) == (
        "recruiter",
        "Ольга Смирнова",
    )
    assert sent() == [(OLGA, "new", 1)]


def test_a_late_or_second_press_gets_the_card_as_it_stands(request_: Document, olga: Recruiter) -> None:
    asking.in_batch(asking.reject(olga, request_, "Позиция закрыта"))
    answer = result_of(asking.in_batch(asking.approve(olga, request_)))

    assert answer.outcome is Outcome.REJECTED
    assert answer.card and (answer.card.revision, answer.card.reason) == (2, "Позиция закрыта")
    assert not answer.card.awaits_answer


def test_a_press_that_comes_too_late_gets_the_expired_card_which_names_nobody(
    request_: Document, olga: Recruiter, maria: Candidate
) -> None:
    collection("bookings").update_one({}, {"$set": {"expires_at": clock.now()}})
    answer = result_of(asking.in_batch(asking.reject(olga, request_, "Нет")))

    assert answer.outcome is Outcome.EXPIRED
    assert answer.card and answer.card.decided_by
    assert (answer.card.decided_by.kind, answer.card.reason) == ("system", None)
    assert kinds() == [(maria.telegram_id, NotificationKind.BOOKING_EXPIRED)]


def test_a_stranger_sees_no_card(request_: Document, pavel: Recruiter) -> None:
    """Guard: ``_may_touch``: the answer to somebody else's press holds nothing of the request."""
    answer = result_of(asking.in_batch(asking.approve(pavel, request_)))

    assert answer.outcome is Outcome.BOOKING_NOT_FOUND
    assert (answer.card, answer.booking) == (None, None)


@pytest.mark.parametrize("by", ["approve_booking", "reject_booking", "ask_reschedule"])
def test_what_staff_do_shows_on_the_card(request_: Document, by: str) -> None:
    getattr(staff_commands, by)(str(request_["_id"]), expected_version=1, actor="anna", reason="По телефону")
    card = last_card(OLGA)

    assert sent() == [(OLGA, "new", 1), (OLGA, "update", 2)]
    assert card.card.decided_by and (card.card.decided_by.kind, card.card.decided_by.name) == ("staff", "")
    assert card.card.reason == "По телефону"


def test_a_candidates_cancel_and_an_expiry_show_on_the_card(
    request_: Document, slot: InterviewSlot, maria: Candidate, ivan: Candidate
) -> None:
    asking.outcome(asking.cancel(maria, request_))
    assert last_card(OLGA).card.booking.status.value == "cancelled"

    asking.outcome(asking.book(ivan, slot))
    collection("bookings").update_many({"live": True}, {"$set": {"expires_at": clock.now() - timedelta(seconds=1)}})
    tasks.expire_requests()

    card = last_card(OLGA).card
    assert (card.booking.status.value, card.candidate.telegram_id) == ("expired", ivan.telegram_id)
    assert card.decided_by and card.decided_by.kind == "system"
    assert kinds() == [(ivan.telegram_id, NotificationKind.BOOKING_EXPIRED)]


def test_asking_for_another_time_tells_the_candidate_and_a_new_choice_asks_again(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    slot: InterviewSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """R3."""
    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    answer = result_of(asking.in_batch(asking.ask_reschedule(olga, request_)))
    assert answer.outcome is Outcome.PENDING_APPROVAL
    assert answer.card and answer.card.booking.reschedule_asked
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]
    (told,) = news()
    assert (told.kind, told.candidate_name) == (NotificationKind.RESCHEDULE_ASKED, "Мария")
    assert told.booking.recruiter_url is None and told.booking.reschedule_asked

    assert asking.outcome(asking.move(maria, asking.the_booking(maria), other)) is Outcome.PENDING_APPROVAL
    assert sent()[-1] == (OLGA, "new", 3)
    assert last_card(OLGA).card.awaits_answer
    assert not last_card(OLGA).card.booking.reschedule_asked
    asking.assert_sound()


def test_a_wanted_move_goes_to_the_other_recruiter_and_the_former_is_told(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
    pavel: Recruiter,
) -> None:
    asking.in_batch(asking.approve(olga, request_))
    theirs = make_slot(timedelta(days=3), of=approval_event, recruiter=pavel)
    asking.outcome(asking.move(maria, asking.the_booking(maria), theirs))

    assert sent()[-2:] == [(OLGA, "update", 3), (PAVEL, "new", 3)]
    former, holder = last_card(OLGA).card, last_card(PAVEL).card
    assert (former.yours, former.awaits_answer, former.recruiter_name) == (False, False, "Павел")
    assert holder.yours and holder.awaits_answer

    answer = result_of(asking.in_batch(asking.reject(pavel, asking.the_booking(maria), "Нет времени")))
    assert answer.card and not answer.card.yours
    assert sent()[-1] == (OLGA, "update", 4)
    assert last_card(OLGA).card.decided_by and last_card(OLGA).card.decided_by.name == "Павел"  # type: ignore[union-attr]


def test_a_wanted_move_that_is_taken_back_leaves_the_booking_and_frees_the_other_seat(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    slot: InterviewSlot,
    maria: Candidate,
    olga: Recruiter,
    pavel: Recruiter,
) -> None:
    """FR6: both cards say so, and nobody is reminded. Guards: ``withdraw_move``, ``_MOVE_ENDS``."""
    asking.in_batch(asking.approve(olga, request_))
    theirs = make_slot(timedelta(days=3), of=approval_event, recruiter=pavel)
    asking.outcome(asking.move(maria, asking.the_booking(maria), theirs))
    assert asking.slot_now(theirs)["booked_users"] == [maria.pk]

    wish = asking.withdraw_move(maria, asking.the_booking(maria))
    answer = result_of(asking.in_batch(wish))
    assert answer.outcome is Outcome.BOOKED
    assert answer.booking and answer.booking.slot.id == str(slot.pk) and answer.booking.requested_slot is None
    assert asking.slot_now(theirs)["booked_users"] == []
    row = now_stored()
    assert (row["expires_at"], row["remind_at"], row["requested_slot_id"], row["moves"]) == (None, None, None, 0)
    assert sent()[-2:] == [(OLGA, "update", 4), (PAVEL, "update", 4)]
    shown = [(last_card(person).card.move_end, last_card(person).card.yours) for person in (OLGA, PAVEL)]
    assert shown == [("withdrawn", True), ("withdrawn", False)]
    assert kinds()[-1] == (maria.telegram_id, NotificationKind.BOOKING_APPROVED), "she knows of it herself"
    late = result_of(asking.in_batch(asking.approve(pavel, asking.the_booking(maria))))
    assert (late.outcome, asking.the_booking(maria)["slot_id"]) == (Outcome.BOOKING_NOT_FOUND, slot.pk)
    asking.assert_sound()


@pytest.mark.parametrize(("hour", "told"), [(1, 5), (9, 9)])
def test_that_nobody_answered_is_told_in_the_morning(request_: Document, hour: int, told: int) -> None:
    """04:00 in Moscow is no time to hear it; 12:00 is. Guard: ``_morning``."""
    at = (datetime.now(UTC) + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    with time_machine.travel(at, tick=False):
        collection("bookings").update_one({}, {"$set": {"expires_at": clock.now()}})
        assert tasks.expire_requests() == 1
    assert news()[-1].kind is NotificationKind.BOOKING_EXPIRED
    row = collection("outbox").find_one({"_id": str(news()[-1].message_id)}) or {}
    assert (row["status"], row["due_at"]) == ("waiting" if told > hour else "pending", at.replace(hour=told))


def test_who_holds_an_interview_hears_of_its_candidate_while_a_move_to_another_is_asked_for(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    slot: InterviewSlot,
    maria: Candidate,
    olga: Recruiter,
    pavel: Recruiter,
) -> None:
    """Guards: ``keeping`` in ``show``, ``_loudness_at_move``, and ``_occasion`` of ``BookingFollowedSlot``."""
    asking.in_batch(asking.approve(olga, request_))
    theirs = make_slot(timedelta(days=3), of=approval_event, recruiter=pavel)
    asking.outcome(asking.move(maria, asking.the_booking(maria), theirs))
    told: list[uuid.UUID] = []

    def heard() -> list[tuple[int, str]]:
        known = len(cards())
        noon = (datetime.now(UTC) + timedelta(days=1)).replace(hour=9)  # in Moscow; today's may be over
        with time_machine.travel(noon, tick=False):
            send_due()
        loud = [item for item in cards() if item.attention is CardAttention.NOTICE and item.message_id not in told]
        told.extend(item.message_id for item in loud)
        assert len(cards()) > known
        return [(item.recruiter_telegram_id, str(item.occasion)) for item in loud]

    asking.outcome(asking.late(maria, asking.the_booking(maria), 10))
    assert heard() == [(OLGA, "delay")]
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="anna")
    assert heard() == [(OLGA, "changed")]
    asking.outcome(asking.says(maria, asking.the_booking(maria), Attendance.DECLINED))
    assert heard() == [(OLGA, "cant_come")]
    asking.assert_sound()


def test_who_asked_for_a_move_is_told_what_has_changed_of_the_time_they_want(
    request_: Document, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """One message, old → new. Guards: ``WantedSlotEdited`` in ``KINDS`` and in ``_slot_before``."""
    asking.in_batch(asking.approve(olga, request_))
    wanted = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    already = len(news())
    edit_slot(str(wanted.pk), SlotChanges(venue={"room": "9"}), actor="anna", reason="ремонт")

    (message,) = news()[already:]
    assert (message.kind, message.reason) == (NotificationKind.WANTED_CHANGED, "ремонт")
    assert message.slot_before and message.slot_before.room == wanted.room
    assert message.booking.requested_slot and message.booking.requested_slot.room == "9"
    assert last_card(OLGA).card.booking.requested_slot == message.booking.requested_slot


@pytest.mark.parametrize("by_staff", [True, False])
def test_the_card_knows_what_the_candidate_was_told_so_that_it_can_be_sent_by_hand(
    by_staff: bool,
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    slot: InterviewSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """R4: of a move, old → new; of a cancellation, that. Guard: ``told`` of an ``Act``."""
    approved = result_of(asking.in_batch(asking.approve(olga, request_)))
    assert approved.card and approved.card.told is NotificationKind.BOOKING_APPROVED
    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    if by_staff:
        booking = asking.the_booking(maria)
        staff_commands.move_booking(
            str(booking["_id"]), str(other.pk), expected_version=booking["version"], actor="anna", reason=""
        )
        card = last_card(OLGA).card
    else:
        answer = result_of(asking.in_batch(asking.move_interview(olga, asking.the_booking(maria), other)))
        assert answer.card
        card = answer.card
    assert card.told is NotificationKind.BOOKING_MOVED
    assert card.slot_before and (card.slot_before.id, card.booking.slot.id) == (str(slot.pk), str(other.pk))
    answer = result_of(asking.in_batch(asking.cancel_interview(olga, asking.the_booking(maria))))
    assert answer.card and answer.card.told is NotificationKind.BOOKING_CANCELLED


def test_a_move_is_asked_for_as_loudly_as_a_new_request_and_its_end_leaves_what_stands(
    request_: Document, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guards: ``asking`` for the first, ``_MOVE_ENDS`` for the card, ``KINDS`` for the candidate's news,
    ``_slot_before`` for the time in them."""
    asking.in_batch(asking.approve(olga, request_))
    wanted = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    assert sent()[-1] == (OLGA, "new", 3)

    answer = result_of(asking.in_batch(asking.reject(olga, asking.the_booking(maria), "Отпуск")))
    assert answer.card and (answer.card.booking.status, answer.card.move_end) == (BookingStatus.BOOKED, "rejected")
    told = news()[-1]
    assert (told.kind, told.reason) == (NotificationKind.MOVE_REJECTED, "Отпуск")
    assert told.slot_before and told.slot_before.id == str(wanted.pk), "what they asked for"

    again = make_slot(timedelta(days=4), of=approval_event, recruiter=olga)
    assert asking.outcome(asking.move(maria, asking.the_booking(maria), again)) is Outcome.PENDING_APPROVAL
    assert last_card(OLGA).card.move_end is None
    collection("bookings").update_one({}, {"$set": {"expires_at": clock.now()}})
    assert tasks.expire_requests() == 1
    assert last_card(OLGA).card.move_end == "expired"
    told = news()[-1]
    assert told.kind is NotificationKind.MOVE_EXPIRED
    assert told.slot_before and told.slot_before.id == str(again.pk)
    asking.assert_sound()


def test_a_slot_given_to_another_recruiter_takes_its_requests_along(
    request_: Document, slot: InterviewSlot, pavel: Recruiter
) -> None:
    edit_slot(str(slot.pk), SlotChanges(recruiter_id=str(pavel.pk)), actor="anna", reason="Отпуск")

    assert sent()[-2:] == [(OLGA, "update", 2), (PAVEL, "new", 2)]
    assert (last_card(OLGA).card.yours, last_card(PAVEL).card.yours) == (False, True)
    assert [row["telegram_id"] for row in now_stored()["card_holders"]] == [PAVEL]


def test_a_request_without_a_recruiter_in_chat_is_flagged_and_the_candidate_gets_the_link(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate
) -> None:
    """R4."""
    vera = Recruiter.objects.create(name="Вера", contact_url="https://t.me/vera")
    answer = asking.decided(asking.book(maria, make_slot(of=approval_event, recruiter=vera)))

    assert answer.outcome is Outcome.PENDING_APPROVAL
    assert answer.booking and answer.booking.recruiter_url == "https://t.me/vera"
    assert (now_stored()["recruiter_by_hand"], cards()) == (True, [])
    staff_commands.approve_booking(str(now_stored()["_id"]), expected_version=1, actor="anna")
    staff_commands.cancel_booking(str(now_stored()["_id"]), expected_version=2, actor="anna", reason="")
    assert now_stored()["recruiter_by_hand"] is False


def test_a_recruiter_who_joins_later_is_not_told_of_what_has_ended_before_they_saw_it(
    request_: Document, maria: Candidate, olga: Recruiter
) -> None:
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=5009)
    asking.outcome(asking.cancel(maria, request_))

    assert {item.recruiter_telegram_id for item in cards()} == {OLGA}


@pytest.mark.parametrize("has_deputy", [True, False])
def test_a_move_that_a_deputy_answers_is_answered_in_chat(
    make_slot: MakeSlot,
    approval_event: InterviewEvent,
    maria: Candidate,
    olga: Recruiter,
    dina: Recruiter,
    has_deputy: bool,
) -> None:
    """The candidate is to write to nobody. Guard: ``asked_reachable``."""
    vera = Recruiter.objects.create(name="Вера Ким", city=olga.city, deputy=dina if has_deputy else None)
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    asking.outcome(asking.approve(olga, asking.the_booking(maria)))
    wanted = make_slot(timedelta(days=3), of=approval_event, recruiter=vera)
    answered = asking.decided(asking.move(maria, asking.the_booking(maria), wanted))
    assert answered.booking and answered.booking.requested_slot
    assert (answered.booking.recruiter_reachable, answered.booking.asked_reachable) == (True, has_deputy)


def test_where_the_recruiter_is_not_in_chat_the_deputy_gets_the_card_at_once(
    slot: InterviewSlot, maria: Candidate, olga: Recruiter, dina: Recruiter
) -> None:
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    asking.outcome(asking.book(maria, slot))

    assert sent() == [(DINA, "new", 1)]
    card = cards()[0].card
    assert (card.for_deputy, card.yours, card.timezone) == (True, True, "Asia/Vladivostok")
    assert asking.outcome(asking.approve(dina, now_stored())) is Outcome.BOOKED


def test_a_recruiter_who_comes_into_chat_later_gets_what_waits_for_them(
    slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R4, R10."""
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    asking.outcome(asking.book(maria, slot))
    assert (tasks.bring_requests(), sent()) == (0, [])

    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=OLGA)

    assert (sum(together(*[tasks.bring_requests] * 4)), tasks.bring_requests()) == (1, 0)
    assert sent() == [(OLGA, "new", 2)]
    assert now_stored()["recruiter_by_hand"] is False
    assert asking.outcome(asking.approve(olga, now_stored())) is Outcome.BOOKED


def test_a_recruiter_who_comes_into_chat_later_gets_what_was_approved_meanwhile(
    slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R4: nobody has to tell them of it any more. Guard: ``out_of_reach``, which asks for no wish for approval."""
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    asking.outcome(asking.book(maria, slot))
    staff_commands.approve_booking(str(now_stored()["_id"]), expected_version=1, actor="anna")
    assert now_stored()["recruiter_by_hand"] is True
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=OLGA)

    with time_machine.travel(slot.starts_at, tick=False):
        assert tasks.bring_requests() == 0
    assert (tasks.bring_requests(), tasks.bring_requests()) == (1, 0)
    assert (now_stored()["recruiter_by_hand"], sent()) == (False, [(OLGA, "new", 3)])
    assert last_card(OLGA).card.booking.status is BookingStatus.BOOKED


def test_a_request_that_another_scan_has_brought_is_not_brought_again(
    slot: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: ``out_of_reach`` again in the transaction of ``bring``; both scans had found the request."""
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=None)
    asking.outcome(asking.book(maria, slot))
    Recruiter.objects.filter(pk=olga.pk).update(telegram_id=OLGA)
    booking_id, now = str(now_stored()["_id"]), clock.now()

    assert [bring(booking_id, now, "c" * 8) for _scan in range(2)] == [True, False]
    assert sent() == [(OLGA, "new", 2)]


def test_a_recruiter_whom_staff_give_another_account_is_reached_there(request_: Document, olga: Recruiter) -> None:
    """R4. Guard: a new Telegram id clears ``blocked_at``, which was about the former account."""
    reported(card_report(DeliveryStatus.BLOCKED))
    olga.refresh_from_db()
    save_recruiter(olga, actor="anna")
    assert Recruiter.objects.get(pk=olga.pk).blocked_at is not None
    assert tasks.bring_requests() == 0

    olga.telegram_id = 5009
    save_recruiter(olga, actor="anna")

    assert Recruiter.objects.get(pk=olga.pk).blocked_at is None
    assert tasks.bring_requests() == 0, "nobody has started the bot there"
    now = clock.now()
    store_report(ChatStarted(message_id=uuid.uuid4(), correlation_id="c", occurred_at=now, user_telegram_id=5009), now)
    assert tasks.bring_requests() == 1
    assert (5009, "new", 2) in sent()


def test_a_request_is_answered_in_time_for_a_slot_that_staff_bring_forward(
    request_: Document, slot: InterviewSlot
) -> None:
    """A booking's life: a request expires an hour before its start. Guard: ``kept_within``."""
    starts_at = clock.now().replace(microsecond=0) + timedelta(hours=9)
    edit_slot(str(slot.pk), SlotChanges(starts_at=starts_at), actor="anna")

    now = now_stored()
    assert now["expires_at"] == starts_at - timedelta(hours=1)
    assert now["expires_at"] - now["remind_at"] == request_["expires_at"] - request_["remind_at"]

    edit_slot(str(slot.pk), SlotChanges(starts_at=starts_at + timedelta(days=3)), actor="anna")
    assert now_stored()["expires_at"] == now["expires_at"], "a later start gives no more time"


def test_a_wanted_move_is_answered_in_time_for_a_slot_that_staff_bring_forward(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    slot: InterviewSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """Before the earlier of both. Guards: ``WantedSlotEdited`` for the one wanted, ``kept_within`` for both."""
    asking.in_batch(asking.approve(olga, request_))
    wanted = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, now_stored(), wanted))
    starts_at = clock.now().replace(microsecond=0) + timedelta(hours=9)

    edit_slot(str(slot.pk), SlotChanges(starts_at=starts_at), actor="anna")
    assert now_stored()["expires_at"] == starts_at - timedelta(hours=1)
    edit_slot(str(wanted.pk), SlotChanges(starts_at=starts_at - timedelta(hours=2)), actor="anna")
    assert now_stored()["expires_at"] == starts_at - timedelta(hours=3)
    asking.assert_sound()
    assert asking.outcome(asking.approve(olga, now_stored())) is Outcome.MOVED


@pytest.mark.parametrize("answer", [asking.approve, partial(asking.reject, reason=""), asking.ask_reschedule])
def test_a_yes_or_no_to_a_wanted_slot_as_it_was_before_an_edit_changes_nothing_and_shows_it_as_it_is(
    answer: Callable[[Recruiter, Document], AnyBookingRequest],
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    """Guard: ``WantedSlotEdited``, one version up by each edit that shows, whether or not the answer is due sooner."""
    asking.in_batch(asking.approve(olga, request_))
    wanted = make_slot(timedelta(days=5), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, now_stored(), wanted))
    before_edit = now_stored()
    later = wanted.starts_at + timedelta(hours=3)
    edit_slot(str(wanted.pk), SlotChanges(starts_at=later), actor="anna")

    result = result_of(asking.in_batch(answer(olga, before_edit)))

    assert result.outcome is Outcome.VERSION_CONFLICT
    assert result.card and result.card.booking.requested_slot and result.card.booking.requested_slot.starts_at == later
    assert now_stored()["requested_slot_id"] == wanted.pk
    assert asking.outcome(asking.approve(olga, now_stored())) is Outcome.MOVED


def test_a_recruiter_who_unblocks_the_bot_gets_the_card_again(request_: Document, olga: Recruiter) -> None:
    reported(card_report(DeliveryStatus.BLOCKED))
    assert tasks.bring_requests() == 0
    now = clock.now()
    store_report(ChatStarted(message_id=uuid.uuid4(), correlation_id="c", occurred_at=now, user_telegram_id=OLGA), now)

    assert tasks.bring_requests() == 1
    assert sent() == [(OLGA, "new", 1), (OLGA, "new", 2)]


def remind_now() -> int:
    collection("bookings").update_many({}, {"$set": {"remind_at": clock.now()}})
    return tasks.remind_recruiters()


def test_a_recruiter_is_reminded_once_and_the_deputy_gets_the_card_then(
    dina: Recruiter, request_: Document, olga: Recruiter, maria: Candidate
) -> None:
    """R3. Guard: ``remind_at`` is cleared by a conditional update."""
    assert tasks.remind_recruiters() == 0
    assert clock.now() < request_["remind_at"] < request_["expires_at"]

    assert (remind_now(), tasks.remind_recruiters()) == (1, 0)

    assert sent()[-2:] == [(OLGA, "reminder", 2), (DINA, "new", 2)]
    assert last_card(DINA).card.for_deputy
    assert last_card(DINA).card.decided_by == last_card(OLGA).card.decided_by
    asking.in_batch(asking.approve(dina, asking.the_booking(maria)))
    assert sent()[-1] == (OLGA, "update", 3)
    assert last_card(OLGA).card.decided_by and last_card(OLGA).card.decided_by.name == "Дина"  # type: ignore[union-attr]
    asking.assert_sound()


def test_a_deputy_who_sleeps_gets_a_request_in_their_morning_and_the_recruiter_is_reminded_once(
    dina: Recruiter, request_: Document, olga: Recruiter
) -> None:
    """R8: quiet hours are each reader's own. Guard: ``_who_sleeps``."""
    evening_in_moscow = datetime.combine(clock.now().date() + timedelta(days=1), time(17), UTC)
    until = {"remind_at": evening_in_moscow, "expires_at": evening_in_moscow + timedelta(hours=9)}
    collection("bookings").update_many({}, {"$set": until})

    with time_machine.travel(evening_in_moscow, tick=False):  # 20:00; 03:00 in Vladivostok
        assert (tasks.remind_recruiters(), tasks.remind_recruiters()) == (1, 0)
        assert sent()[1:] == [(OLGA, "reminder", 2)]
    with time_machine.travel(evening_in_moscow + timedelta(hours=5), tick=False):  # 01:00; 08:00 there
        assert (tasks.remind_recruiters(), tasks.remind_recruiters()) == (1, 0)
        assert sent()[2:] == [(OLGA, "update", 3), (DINA, "new", 3)]


def test_a_deputy_who_would_wake_too_late_gets_it_before_their_night(
    dina: Recruiter, approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R8: 14:45 is 21:45 in Vladivostok. Guard: ``_deputys_zone``."""
    morning = datetime.combine(clock.now().date() + timedelta(days=1), time(6), UTC)  # 09:00 in Moscow
    slot = make_slot(morning + timedelta(hours=12) - clock.now(), of=approval_event, recruiter=olga)
    with time_machine.travel(morning, tick=False):
        asking.outcome(asking.book(maria, slot))
    assert now_stored()["remind_at"] == morning + timedelta(hours=5, minutes=45)


def test_a_recruiter_whose_night_it_has_become_is_reminded_in_the_morning(request_: Document, olga: Recruiter) -> None:
    """R8. Guard: ``waits`` in ``remind``."""
    night = datetime.combine(clock.now().date() + timedelta(days=1), time(22), UTC)
    until = {"remind_at": night, "expires_at": night + timedelta(hours=9)}
    collection("bookings").update_many({}, {"$set": until})

    with time_machine.travel(night, tick=False):  # 01:00
        assert tasks.remind_recruiters() == 0
    with time_machine.travel(night + timedelta(hours=7), tick=False):
        assert tasks.remind_recruiters() == 1
    assert sent()[1:] == [(OLGA, "reminder", 2)]


def test_two_scans_at_once_remind_once(request_: Document) -> None:
    """Guard: the claim in ``reminding.remind``."""
    collection("bookings").update_many({}, {"$set": {"remind_at": clock.now()}})

    assert sum(together(*[tasks.remind_recruiters] * 4)) == 1
    assert sent() == [(OLGA, "new", 1), (OLGA, "reminder", 2)]


def test_a_request_that_waits_for_its_candidate_is_not_reminded_and_a_changed_one_is_again(
    request_: Document,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    maria: Candidate,
    olga: Recruiter,
) -> None:
    assert remind_now() == 1
    asking.in_batch(asking.ask_reschedule(olga, request_))
    assert now_stored()["remind_at"] is None

    other = make_slot(timedelta(days=3), of=approval_event, recruiter=olga)
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    assert now_stored()["remind_at"]
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    assert now_stored()["remind_at"] is None


def test_recruiter_and_deputy_at_once_one_wins_and_the_others_card_says_who(
    dina: Recruiter, request_: Document, olga: Recruiter
) -> None:
    remind_now()
    presses = [asking.approve(olga, request_), asking.reject(dina, request_, "Нет")]

    answers = together(*[lambda press=press: asking.decided(press) for press in presses])

    outcomes = {answer.outcome for answer in answers}
    assert outcomes in ({Outcome.BOOKED}, {Outcome.REJECTED})
    assert now_stored()["version"] == 2
    loser = DINA if outcomes == {Outcome.BOOKED} else OLGA
    winner = last_card(loser).card.decided_by
    assert winner and winner.name == ("Дина" if loser == OLGA else "Ольга Смирнова")


def test_both_presses_in_one_batch_leave_both_with_the_same_card(
    dina: Recruiter, request_: Document, olga: Recruiter
) -> None:
    rows = asking.in_batch(asking.approve(olga, request_), asking.reject(dina, request_, "Нет"))
    answers = [result_of([row]) for row in rows if row["queue"] == "bot.booking.result"]

    assert [answer.outcome for answer in answers] == [Outcome.BOOKED, Outcome.BOOKED]
    assert {answer.card.revision for answer in answers if answer.card} == {2}
    assert len(cards()) == 1


def reported(item: AnyDeliveryEvent) -> None:
    DeliveryReports(DELIVERIES).handle([item])


def notification_report(status: DeliveryStatus, about: int = -1) -> NotificationDelivered:
    item = news()[about]
    return NotificationDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        notification_id=item.notification_id,
        user_telegram_id=item.user_telegram_id,
        delivery=Delivery(chat_id=item.user_telegram_id, status=status),
    )


def card_report(status: DeliveryStatus, to: int = OLGA) -> CardDelivered:
    return CardDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        booking_id=str(now_stored()["_id"]),
        recruiter_telegram_id=to,
        delivery=Delivery(chat_id=to, status=status),
    )


@pytest.mark.parametrize("status", [DeliveryStatus.BLOCKED, DeliveryStatus.FAILED])
def test_news_that_did_not_arrive_is_left_to_the_recruiter(
    request_: Document, olga: Recruiter, maria: Candidate, status: DeliveryStatus
) -> None:
    """R4."""
    Candidate.objects.filter(pk=maria.pk).update(started_at=clock.now())
    asking.in_batch(asking.reject(olga, request_, "Нет"))
    reported(notification_report(status))
    reported(notification_report(status))

    assert sent()[-1] == (OLGA, "update", 3)
    assert last_card(OLGA).card.candidate.reachable is False
    assert last_card(OLGA).card.decided_by and last_card(OLGA).card.reason == "Нет"
    assert now_stored()["candidate_by_hand"]


def test_an_interview_comes_to_its_recruiter_once_though_its_candidate_is_out_of_reach(
    slot: InterviewSlot, olga: Recruiter, maria: Candidate
) -> None:
    """The notice brings it, with the text to send by hand. Guard: ``to_holders``."""
    staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="anna", reason="по телефону")
    reported(notification_report(DeliveryStatus.BLOCKED))
    assert cards() == []
    with time_machine.travel((datetime.now(UTC) + timedelta(days=1)).replace(hour=9), tick=False):
        send_due()
    assert [person for person, loud, _revision in sent() if loud == "notice"] == [OLGA]
    assert not last_card(OLGA).card.candidate.reachable
    started(maria, clock.now())
    assert sent()[-1][:2] == (OLGA, "update")
    assert last_card(OLGA).card.candidate.reachable


def started(person: Candidate, at: datetime) -> None:
    item = ChatStarted(
        message_id=uuid.uuid4(), correlation_id="c" * 8, occurred_at=at, user_telegram_id=person.telegram_id
    )
    DIALOGS[ChatStarted](item, at)


def test_who_starts_the_bot_after_all_hears_once_what_they_missed_and_nobody_writes_to_them_by_hand(
    request_: Document, olga: Recruiter, maria: Candidate
) -> None:
    """R4: the card follows, the desk's list, too. Guards: ``follow_start``, ``anew`` for what was told by hand."""
    asking.in_batch(asking.approve(olga, request_))
    reported(notification_report(DeliveryStatus.BLOCKED))
    assert (last_card(OLGA).card.candidate.reachable, now_stored()["candidate_by_hand"]) == (False, True)
    known = len(news())

    for _time in range(2):
        started(maria, clock.now())

    assert (last_card(OLGA).card.candidate.reachable, now_stored()["candidate_by_hand"]) == (True, False)
    (missed,) = news()[known:]
    assert (missed.kind, missed.booking.status) == (NotificationKind.BOOKING_APPROVED, BookingStatus.BOOKED)
    assert ObjectId(missed.notification_id) in now_stored()["notification_ids"]


def test_what_they_did_not_hear_and_is_not_true_any_more_is_not_told(
    request_: Document, olga: Recruiter, maria: Candidate
) -> None:
    """Guard: the version in ``_news_again``."""
    asking.in_batch(asking.approve(olga, request_))
    reported(notification_report(DeliveryStatus.BLOCKED))
    asking.in_batch(asking.says(maria, now_stored(), Attendance.CONFIRMED))
    known = len(news())
    started(maria, clock.now())
    assert (news()[known:], now_stored()["candidate_by_hand"]) == ([], False)


def test_who_started_the_bot_before_it_was_known_that_they_had_not_is_told_at_once(
    request_: Document, olga: Recruiter, maria: Candidate
) -> None:
    """Guards: ``has_come_since``, ``$lte`` in ``mark_blocked``."""
    asking.in_batch(asking.approve(olga, request_))
    report = notification_report(DeliveryStatus.BLOCKED)
    started(maria, clock.now() + timedelta(seconds=1))
    reported(report)
    assert news()[-1].notification_id != report.notification_id
    assert (last_card(OLGA).card.candidate.reachable, now_stored()["candidate_by_hand"]) == (True, False)


def test_news_that_arrives_later_takes_the_flag_back_and_unknown_news_flag_nothing(
    request_: Document, olga: Recruiter
) -> None:
    asking.in_batch(asking.approve(olga, request_))
    stranger = notification_report(DeliveryStatus.FAILED).model_copy(update={"notification_id": str(ObjectId())})
    reported(stranger)
    reported(notification_report(DeliveryStatus.UNCERTAIN))
    assert not now_stored()["candidate_by_hand"]

    reported(notification_report(DeliveryStatus.FAILED))
    assert now_stored()["candidate_by_hand"]
    reported(notification_report(DeliveryStatus.SENT))
    assert not now_stored()["candidate_by_hand"]


def test_a_card_that_did_not_arrive_flags_the_request_and_the_recruiter(request_: Document, olga: Recruiter) -> None:
    """R4."""
    reported(card_report(DeliveryStatus.BLOCKED))
    olga.refresh_from_db()
    assert (now_stored()["recruiter_by_hand"], olga.blocked_at is not None) == (True, True)

    reported(card_report(DeliveryStatus.SENT))
    olga.refresh_from_db()
    assert (now_stored()["recruiter_by_hand"], olga.blocked_at) == (False, None)


def test_a_card_report_of_someone_who_does_not_hold_it_flags_no_request(
    request_: Document, olga: Recruiter, pavel: Recruiter
) -> None:
    """Guard: ``card_readers`` in ``delivery_reports``: what is not theirs to tell of is not even written."""
    before = now_stored()
    reported(card_report(DeliveryStatus.BLOCKED, to=PAVEL))

    assert now_stored() == before


def test_a_card_report_flags_no_booking_that_needs_no_answer(
    make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: the same. Nobody holds a card of it, so nobody would seem to be in reach."""
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    reported(card_report(DeliveryStatus.BLOCKED))

    assert now_stored()["recruiter_by_hand"] is False
