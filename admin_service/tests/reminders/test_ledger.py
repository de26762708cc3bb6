"""The ledger follows bookings: written in the transaction that books, moves, cancels or edits the slot."""

from people.models import Candidate, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.services import staff_commands
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.booking import Outcome
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.reminders.tools import Clock, ledger, moment, slot_at


def test_a_booking_has_its_messages_coming(at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter) -> None:
    """FR8, R8."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00", recruiter=olga)))

    assert ledger(maria) == {
        "day_of 24 16:00": "scheduled 24 11:00",
        "two_hours 24 16:00": "scheduled 24 14:00 ask",
        "no_answer 24 16:00": "scheduled 24 15:00",
        "outcome_due 24 16:00": "scheduled 24 16:20",
    }


def test_a_request_has_none_until_it_is_approved(
    at: Clock, make_slot: MakeSlot, maria: Candidate, olga: Recruiter, approval_event: object
) -> None:
    slot = slot_at(make_slot, "2026-11-24 16:00", recruiter=olga, of=approval_event)
    assert asking.outcome(asking.book(maria, slot)) is Outcome.PENDING_APPROVAL
    assert ledger(maria) == {}

    asking.outcome(asking.approve(olga, asking.the_booking(maria)))
    assert len(ledger(maria)) == 4


def test_a_moved_booking_is_reminded_of_its_new_time_only(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    asking.outcome(asking.move(maria, asking.the_booking(maria), slot_at(make_slot, "2026-11-25 09:00")))

    assert ledger(maria) == {
        "day_of 24 16:00": "moved",
        "two_hours 24 16:00": "moved",
        "evening_before 25 09:00": "scheduled 24 18:00 ask",
        "two_hours 25 09:00": "merged",
    }


def test_a_booking_that_comes_back_to_its_time_is_reminded_again(
    at: Clock, make_slot: MakeSlot, maria: Candidate
) -> None:
    """I4: the unsent messages of that start are opened again; what was sent stays sent."""
    first, other = slot_at(make_slot, "2026-11-24 16:00"), slot_at(make_slot, "2026-11-25 16:00")
    asking.outcome(asking.book(maria, first))
    asking.outcome(asking.move(maria, asking.the_booking(maria), other))
    at("2026-11-24 11:30")
    asking.outcome(asking.move(maria, asking.the_booking(maria), first))

    assert ledger(maria) == {
        "day_of 24 16:00": "booked_late",
        "two_hours 24 16:00": "scheduled 24 14:00 ask",
        "day_of 25 16:00": "moved",
        "two_hours 25 16:00": "moved",
    }


def test_a_cancelled_booking_is_not_reminded(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00")))
    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))

    assert set(ledger(maria).values()) == {"ended"}


def test_staff_who_edit_the_time_of_a_slot_move_its_reminders(at: Clock, make_slot: MakeSlot, maria: Candidate) -> None:
    slot = slot_at(make_slot, "2026-11-24 16:00")
    staff_commands.book_for(maria.telegram_id, str(slot.pk), actor="c", reason="")
    edit_slot(str(slot.pk), SlotChanges(starts_at=moment("2026-11-24 18:00")), actor="c")

    assert ledger(maria) == {
        "day_of 24 16:00": "moved",
        "two_hours 24 16:00": "moved",
        "day_of 24 18:00": "scheduled 24 11:00",
        "two_hours 24 18:00": "scheduled 24 16:00 ask",
    }
