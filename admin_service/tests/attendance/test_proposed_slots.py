"""A slot that a recruiter has proposed, or that a move is wanted into, is changed by staff, closed or taken away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.mongo import Document
from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.city_zones import Kept, put_zone_right
from scheduling.services.editing.deleting import delete_slot
from scheduling.services.editing.retiring import Way, dependents_of, retire
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.impact import foresee
from shared_contracts.booking import Outcome
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationCommand, NotificationKind
from tests.attendance.tools import WANTS_ANOTHER, actions, tell
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import last_card, news

OLGA = 5001
VLADIVOSTOK = "Asia/Vladivostok"


def told_by(work: Callable[[], object]) -> list[NotificationCommand]:
    """What candidates are told because of it."""
    already = len(news())
    work()
    return news()[already:]


def test_who_is_proposed_a_slot_is_told_what_has_changed_of_it(
    offer: Document, other: InterviewSlot, maria: Candidate
) -> None:
    """One message, old → new, known beforehand. Guards: ``_proposals``, ``offered_slot_id`` in ``_named_bookings``."""

    tell(CardOccasion.RESCHEDULE_ASKED, offer)

    def change() -> None:
        edit_slot(str(other.pk), SlotChanges(venue={"room": "9"}), actor="zoya", reason="ремонт")

    (row,) = foresee(change).people
    assert (row.proposed, row.was.id, row.now.place.venue.room) == (True, str(other.pk), "9")
    assert row.notice and row.notice.kind is NotificationKind.PROPOSAL_CHANGED

    (message,) = told_by(change)
    assert (message.kind, message.reason) == (NotificationKind.PROPOSAL_CHANGED, "ремонт")
    assert message.slot_before and (message.slot_before.id, message.slot_before.room) == (str(other.pk), other.room)
    assert message.booking.offered_slot and message.booking.offered_slot.room == "9"
    assert last_card(OLGA).card.booking.offered_slot == message.booking.offered_slot
    assert actions()[-1] == "proposal_changed"

    other.room = "9"
    assert asking.outcome(asking.answer_time(maria, asking.the_booking(maria), other, take=True)) is Outcome.MOVED
    asking.assert_sound()


@pytest.mark.parametrize("how", ["closed", "deleted", "recruiter left"])
def test_a_proposal_of_a_slot_that_is_there_no_more_ends_and_the_booking_stands(
    how: str, offer: Document, other: InterviewSlot, maria: Candidate, olga: Recruiter
) -> None:
    """Guards: ``_proposals``, ``withdrawals``. The wish for another time stays, and the recruiter hears of it again."""

    tell(CardOccasion.RESCHEDULE_ASKED, offer)

    def leave() -> None:
        retire(olga, Way.KEEP, agreed=dependents_of(olga).agreed, actor="zoya", reason="ремонт")

    ways: dict[str, Callable[[], object]] = {
        "closed": lambda: edit_slot(str(other.pk), SlotChanges(is_active=False), actor="zoya", reason="ремонт"),
        "deleted": lambda: delete_slot(str(other.pk), actor="zoya"),
        "recruiter left": leave,
    }
    foreseen = foresee(ways[how]).people
    assert [(row.proposed, row.notice and row.notice.kind) for row in foreseen] == [
        (True, NotificationKind.PROPOSAL_ENDED)
    ]
    (message,) = told_by(ways[how])
    assert message.kind is NotificationKind.PROPOSAL_ENDED
    assert (message.booking.status, message.booking.offered_slot) == (BookingStatus.BOOKED, None)
    assert message.slot_before and message.slot_before.id == str(other.pk)
    row = asking.the_booking(maria)
    assert (row["offered_slot_id"], row["attendance"], row["slot_id"]) == (None, WANTS_ANOTHER, offer["slot_id"])
    assert actions()[-1] == "time_withdrawn"
    if how != "recruiter left":
        assert last_card(OLGA).card.booking.offered_slot is None
    asking.assert_sound()


def test_who_is_cancelled_together_with_what_was_proposed_is_told_that_alone(
    offer: Document, maria: Candidate, olga: Recruiter
) -> None:
    """Guard: ``_kind``. And the version that the proposal's end makes is no reason to refuse."""

    def leave() -> None:
        retire(olga, Way.CANCEL, agreed=dependents_of(olga).agreed, actor="zoya", reason="Ольга ушла")

    assert [item.kind for item in told_by(leave)] == [NotificationKind.BOOKING_CANCELLED]


def clock_of(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


@pytest.mark.parametrize("proposed_first", [True, False])
def test_a_zone_put_right_keeps_a_proposal_and_its_digits(
    proposed_first: bool, make_slot: MakeSlot, olga: Recruiter, maria: Candidate, moscow: City
) -> None:
    """Guards: one batch in ``put_zone_right``, ``clocks_only``: it names no other hour than before; ``along``."""
    slots = [make_slot(timedelta(days=days), recruiter=olga) for days in ((4, 3) if proposed_first else (3, 4))]
    proposed, own = slots if proposed_first else slots[::-1]
    asking.outcome(asking.book(maria, own))
    asking.outcome(asking.says(maria, asking.the_booking(maria), WANTS_ANOTHER))
    asking.outcome(asking.offer_time(olga, asking.the_booking(maria), proposed))
    moscow.timezone = VLADIVOSTOK
    (item,) = told_by(lambda: put_zone_right(moscow, Kept.CLOCK, actor="zoya"))

    assert (item.kind, bool(item.calendar_entry)) == (NotificationKind.PROPOSAL_CHANGED, True)
    assert item.booking.offered_slot and item.slot_before and item.booked_before
    assert (item.booked_before.id, item.slot_before.id) == (str(own.pk), str(proposed.pk))
    assert clock_of(item.booking.slot.starts_at, VLADIVOSTOK) == clock_of(own.starts_at, "Europe/Moscow")
    assert clock_of(item.booking.offered_slot.starts_at, VLADIVOSTOK) == clock_of(proposed.starts_at, "Europe/Moscow")
    row = asking.the_booking(maria)
    assert (row["offered_slot_id"], row["attendance"]) == (proposed.pk, WANTS_ANOTHER)
    asking.assert_sound()


@pytest.mark.parametrize("wanted_first", [True, False])
def test_a_zone_put_right_tells_a_wanted_move_by_its_digits(
    wanted_first: bool,
    approval_event: InterviewEvent,
    make_slot: MakeSlot,
    olga: Recruiter,
    maria: Candidate,
    moscow: City,
) -> None:
    """Guards: one batch in ``put_zone_right``; ``along``: what is in force and what is asked for, in one message."""
    days = (5, 4) if wanted_first else (4, 5)
    slots = [make_slot(timedelta(days=day), of=approval_event, recruiter=olga) for day in days]
    wanted, own = slots if wanted_first else slots[::-1]
    asking.outcome(asking.book(maria, own))
    asking.in_batch(asking.approve(olga, asking.the_booking(maria)))
    asking.outcome(asking.move(maria, asking.the_booking(maria), wanted))
    moscow.timezone = VLADIVOSTOK
    (item,) = told_by(lambda: put_zone_right(moscow, Kept.CLOCK, actor="zoya"))

    assert (item.kind, bool(item.calendar_entry)) == (NotificationKind.WANTED_CHANGED, True)
    assert item.booking.requested_slot and item.slot_before and item.booked_before
    assert (item.booked_before.id, item.slot_before.id) == (str(own.pk), str(wanted.pk))
    assert clock_of(item.booking.slot.starts_at, VLADIVOSTOK) == clock_of(own.starts_at, "Europe/Moscow")
    assert clock_of(item.booking.requested_slot.starts_at, VLADIVOSTOK) == clock_of(wanted.starts_at, "Europe/Moscow")
    asking.assert_sound()
