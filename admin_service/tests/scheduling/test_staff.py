"""Staff acting on bookings, people leaving the allow list, jobs that end bookings."""

from datetime import timedelta

import pytest
from bson import ObjectId

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate, Recruiter
from people.services.people import restore_candidates, save_candidate
from scheduling import tasks
from scheduling.models import InterviewEvent
from scheduling.services import staff_commands
from scheduling.services.staff_commands import remove_candidates
from shared_contracts.booking import Outcome
from shared_contracts.notification import NotificationCommand, NotificationKind
from tests.conftest import MakeSlot
from tests.helpers import asking


def told() -> list[tuple[int, NotificationKind, str | None]]:
    rows = collection("outbox").find({"queue": "bot.notification.command"}).sort("created_at", 1)
    messages = [NotificationCommand.model_validate_json(row["body"]) for row in rows]
    return [(message.user_telegram_id, message.kind, message.reason) for message in messages]


def booking_id(person: Candidate) -> str:
    return str(asking.the_booking(person)["_id"])


def test_staff_move_a_booking_past_the_cut_off_with_a_reason_and_the_candidate_is_told(
    make_slot: MakeSlot, maria: Candidate
) -> None:
    """FR10."""
    soon, later = make_slot(timedelta(hours=3)), make_slot(timedelta(hours=1))
    asking.outcome(asking.book(maria, soon))
    move = {"expected_version": 1, "actor": "coordinator", "reason": "Рекрутер заболел"}

    assert staff_commands.move_booking(booking_id(maria), str(later.pk), **move) is Outcome.SLOT_CLOSED  # type: ignore[arg-type]
    assert told() == []
    outcome = staff_commands.move_booking(booking_id(maria), str(later.pk), **move, beyond_limits=True)  # type: ignore[arg-type]

    assert outcome is Outcome.MOVED
    assert told() == [(maria.telegram_id, NotificationKind.BOOKING_MOVED, "Рекрутер заболел")]
    asking.assert_sound()


def test_acting_past_a_limit_needs_a_reason(make_slot: MakeSlot, maria: Candidate) -> None:
    asking.outcome(asking.book(maria, make_slot()))

    with pytest.raises(RefusedError) as refused:
        staff_commands.cancel_booking(
            booking_id(maria), expected_version=1, actor="coordinator", reason=" ", beyond_limits=True
        )

    assert set(refused.value.errors) == {"reason"}
    assert asking.the_booking(maria)["live"]


def test_staff_book_for_a_candidate_who_is_told(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``KINDS`` knows a booking that was made; nobody is told of what was refused."""
    slot = make_slot()
    outcome = staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="coordinator", reason="По телефону")

    assert outcome is Outcome.BOOKED
    assert told() == [(maria.telegram_id, NotificationKind.BOOKING_MADE, "По телефону")]
    assert staff_commands.book_for(maria.telegram_id, str(ObjectId()), actor="c", reason="") is Outcome.SLOT_NOT_FOUND
    assert staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="c", reason="") is Outcome.ALREADY_BOOKED
    assert len(told()) == 1


def test_staff_book_without_approval_and_the_candidate_hears_of_it_once(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    slot = make_slot(of=approval_event, recruiter=olga)
    assert staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="coordinator", reason="") is Outcome.BOOKED
    assert told() == [(maria.telegram_id, NotificationKind.BOOKING_MADE, None)]


def test_who_books_in_chat_sees_it_in_the_answer_alone(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``tell_candidates`` leaves out news of what candidates did in chat."""
    rows = asking.in_batch(asking.book(maria, make_slot()))
    assert [row["queue"] for row in rows if row["queue"] != "bot.cache.invalidate"] == ["bot.booking.result"]
    assert told() == []


def test_staff_approve_and_reject_requests(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate, olga: Recruiter
) -> None:
    slot = make_slot(capacity=2, of=approval_event, recruiter=olga)
    assert asking.outcome(asking.book(maria, slot)) is Outcome.PENDING_APPROVAL
    assert asking.outcome(asking.book(ivan, slot)) is Outcome.PENDING_APPROVAL

    assert staff_commands.approve_booking(booking_id(maria), expected_version=1, actor="c") is Outcome.BOOKED
    assert (
        staff_commands.reject_booking(booking_id(ivan), expected_version=1, actor="c", reason="Нет мест")
        is Outcome.REJECTED
    )

    assert told() == [
        (maria.telegram_id, NotificationKind.BOOKING_APPROVED, None),
        (ivan.telegram_id, NotificationKind.BOOKING_REJECTED, "Нет мест"),
    ]
    asking.assert_sound()


def test_a_recruiter_approves_their_own_request_in_chat_and_both_are_told(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    asking.outcome(asking.book(maria, make_slot(of=approval_event, recruiter=olga)))
    pavel = Recruiter.objects.create(name="Павел", telegram_id=5002, started_at=clock.now())

    assert asking.outcome(asking.approve(pavel, asking.the_booking(maria))) is Outcome.BOOKING_NOT_FOUND
    rows = asking.in_batch(asking.approve(olga, asking.the_booking(maria)))

    assert sorted(row["queue"] for row in rows) == ["bot.booking.result", "bot.notification.command"]
    assert asking.the_booking(maria)["status"] == "booked"


def test_a_removed_persons_bookings_are_kept_or_cancelled_as_staff_choose(
    make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    """FR2."""
    for person in (maria, ivan):
        asking.outcome(asking.book(person, make_slot()))

    removed = remove_candidates([str(maria.pk)], keep_bookings=True, actor="coordinator", reason="Набор окончен")
    removed += remove_candidates([str(ivan.pk)], keep_bookings=False, actor="coordinator", reason="Вакансия закрыта")

    assert removed == [str(maria.pk), str(ivan.pk)]
    assert asking.the_booking(maria)["live"]
    assert asking.the_booking(ivan)["status"] == "cancelled"
    assert told() == [
        (maria.telegram_id, NotificationKind.BOOKING_KEPT, "Набор окончен"),
        (ivan.telegram_id, NotificationKind.BOOKING_CANCELLED, "Вакансия закрыта"),
    ]
    assert collection("outbox").count_documents({"body": {"$regex": "allowed_users"}}) == 2
    asking.assert_sound()


def test_a_removed_person_books_again_only_once_back_on_the_list(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="coordinator", reason="")
    assert asking.outcome(asking.book(maria, slot)) is Outcome.NOT_ALLOWED

    assert restore_candidates([str(maria.pk)], actor="coordinator") == 1
    assert restore_candidates([str(maria.pk)], actor="coordinator") == 0
    assert asking.outcome(asking.book(maria, slot)) is Outcome.BOOKED


def test_a_request_nobody_answered_expires_and_its_candidate_is_told(
    approval_event: InterviewEvent, make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = make_slot(of=approval_event)
    asking.outcome(asking.book(maria, slot))
    assert tasks.expire_requests() == 0

    collection("bookings").update_one({}, {"$set": {"expires_at": clock.now() - timedelta(seconds=1)}})
    assert (tasks.expire_requests(), tasks.expire_requests()) == (1, 0)

    assert asking.the_booking(maria)["status"] == "expired"
    assert asking.slot_now(slot)["booked_users"] == []
    assert told() == [(maria.telegram_id, NotificationKind.BOOKING_EXPIRED, None)]
    asking.assert_sound()


def test_a_booking_whose_slot_is_over_is_no_longer_live(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    asking.outcome(asking.book(maria, slot))
    assert tasks.close_finished() == 0

    collection("bookings").update_one({}, {"$set": {"ends_at": clock.now() - timedelta(seconds=1)}})
    assert (tasks.close_finished(), tasks.close_finished()) == (1, 0)

    assert asking.the_booking(maria)["status"] == "unmarked"
    assert told() == []
    asking.assert_sound()


def test_each_change_leaves_one_audit_entry_saying_who_and_through_what(make_slot: MakeSlot, maria: Candidate) -> None:
    """I7."""
    asking.outcome(asking.book(maria, make_slot()))
    staff_commands.cancel_booking(booking_id(maria), expected_version=1, actor="coordinator", reason="По просьбе")

    created, cancelled = collection("audit_entries").find({"subject": "booking"}).sort("created_at", 1)
    assert (created["actor"], created["via"]) == (f"candidate:{maria.telegram_id}", "chat")
    assert (created["before"], created["after"]["status"]) == (None, "booked")
    assert (cancelled["actor"], cancelled["via"]) == ("staff:coordinator", "desk")
    assert (cancelled["before"]["status"], cancelled["after"]["status"]) == ("booked", "cancelled")
    assert cancelled["reason"] == "По просьбе"


def test_saving_a_candidate_in_the_desk_keeps_what_chat_has_written_meanwhile(maria: Candidate) -> None:
    """Guard: ``_edited_by_staff``. The form was opened before Maria started the bot."""
    started = clock.now()
    collection("users").update_one({"_id": maria.pk}, {"$set": {"started_at": started}})
    maria.last_name = "Звонова"
    save_candidate(maria, actor="coordinator")

    row = collection("users").find_one({"_id": maria.pk})
    assert row and (row["started_at"], row["last_name"]) == (started, "Звонова")
