"""Who missed several interviews of one event is offered another time once (R8)."""

import pytest

from common.mongo import GuardFailedError
from people.models import Candidate, Recruiter
from reminders.services import sending
from scheduling import tasks as scheduling_tasks
from shared_contracts.booking import Outcome
from shared_contracts.directory import BookingStatus
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.reminders.tools import Clock, kinds_now, ledger, rows, slot_at


@pytest.fixture
def missed_twice(at: Clock, maria: Candidate, make_slot: MakeSlot, olga: Recruiter) -> Candidate:
    """Maria, who came neither at 16:00 nor at 20:00: both are marked in the evening."""
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 16:00", recruiter=olga)))
    at("2026-11-24 16:20")
    scheduling_tasks.close_finished()
    missed = asking.the_booking(maria)
    asking.outcome(asking.book(maria, slot_at(make_slot, "2026-11-24 20:00", recruiter=olga)))
    at("2026-11-24 20:05")
    for row in (missed, asking.the_booking(maria)):
        assert asking.outcome(asking.mark(olga, row, BookingStatus.NO_SHOW)) is Outcome.BOOKED
    assert offers_of(maria) == ["scheduled 24 20:20"] * 2
    return maria


def offers_of(person: Candidate) -> list[str]:
    return sorted(told for name, told in ledger(person).items() if name.startswith("no_show"))


def test_two_no_shows_due_at_once_are_offered_another_time_once(at: Clock, missed_twice: Candidate) -> None:
    """R8. Guard: what goes ends what else waits to say the same, in one batch."""
    at("2026-11-24 20:20")
    assert kinds_now() == [("no_show", False)]
    assert offers_of(missed_twice) == ["offered_before", "queued 24 20:20"]
    assert kinds_now() == []


def test_two_scans_that_each_found_one_of_two_no_shows_offer_once(at: Clock, missed_twice: Candidate) -> None:
    """R8. Guard: the other is written with the claim, or two scans would not see each other."""
    now = at("2026-11-24 20:20")
    first, second = (row["_id"] for row in rows(missed_twice) if row["kind"] == "no_show")
    looked = [sending.judge_due([first], now), sending.judge_due([second], now)]

    sending.save(looked[0])
    with pytest.raises(GuardFailedError):
        sending.save(looked[1])
    assert offers_of(missed_twice) == ["offered_before", "queued 24 20:20"]
