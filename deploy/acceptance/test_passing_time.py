"""What happens by the clock alone, with time travelled: beat, worker and decision for real."""

from collections.abc import Iterator

import pytest

from acceptance.driving import Person, Store, eventually
from local.stack import Stack

EIGHT_DAYS = 8 * 24 * 3600


@pytest.fixture
def _back_to_the_present(stack: Stack) -> Iterator[None]:
    yield
    stack.set_clock_offset(0)


@pytest.mark.usefixtures("_back_to_the_present")
def test_a_booking_is_no_longer_live_once_its_slot_is_over(stack: Stack, person: Person, store: Store) -> None:
    """Spec, "A booking's life": a job ends liveness."""
    person.books()
    (booking,) = store.bookings_of(person.id)

    stack.set_clock_offset(EIGHT_DAYS)

    eventually(lambda: store.bookings_of(person.id) == [], "the booking is over")
    over = store.db.bookings.find_one({"_id": booking["_id"]})
    assert over is not None
    assert (over["status"], over["ended_by"]) == ("unmarked", "system:close_finished")
