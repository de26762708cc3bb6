"""Booking, moving, cancelling, capacity edits, repeats and redelivery against a model in plain Python.

Hypothesis looks for a sequence after which the stored bookings differ from the model's, or I1, I3 or I7 is broken.
"""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate, City
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.editing.slot_edits import edit_slot
from shared_contracts.attendance import Attendance
from shared_contracts.booking import AnyBookingRequest, Outcome
from tests.helpers import asking

PEOPLE, SLOTS = 4, 3
people, slots, capacities = st.integers(0, PEOPLE - 1), st.integers(0, SLOTS - 1), st.integers(1, 3)


class Bookings(RuleBasedStateMachine):
    """The model: who sits where, and how many may."""

    @initialize(first=st.lists(capacities, min_size=SLOTS, max_size=SLOTS))
    def start(self, first: list[int]) -> None:
        for model in (Candidate, City, InterviewEvent, InterviewSlot):
            collection(model._meta.db_table).delete_many({})
        for name in ("bookings", "inbox", "outbox", "audit_entries"):
            collection(name).delete_many({})
        city, event = City.objects.create(name="Москва"), InterviewEvent.objects.create(title="Аналитики")
        self.people = [
            Candidate.objects.create(telegram_id=1001 + n, first_name=f"Кандидат {n}") for n in range(PEOPLE)
        ]
        self.slots = [self._slot(city, event, n, capacity) for n, capacity in enumerate(first)]
        self.capacity = dict(enumerate(first))
        self.seat: dict[int, int] = {}
        self.asked: list[tuple[AnyBookingRequest, Outcome]] = []

    @staticmethod
    def _slot(city: City, event: InterviewEvent, number: int, capacity: int) -> InterviewSlot:
        starts_at = clock.now() + timedelta(days=2, hours=number)
        return InterviewSlot.objects.create(
            event=event,
            city=city,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=20),
            closes_at=starts_at - timedelta(hours=2),
            max_users=capacity,
            location="Офис",
        )

    @rule(person=people, slot=slots)
    def book(self, person: int, slot: int) -> None:
        if person in self.seat:
            expected = Outcome.ALREADY_BOOKED
        elif self._full(slot):
            expected = Outcome.SLOT_FULL
        else:
            expected, self.seat[person] = Outcome.BOOKED, slot
        self._ask(asking.book(self.people[person], self.slots[slot]), expected)

    @rule(person=people, slot=slots)
    def move(self, person: int, slot: int) -> None:
        if person not in self.seat:
            return
        if self.seat[person] == slot:
            expected = Outcome.ALREADY_BOOKED
        elif self._full(slot):
            expected = Outcome.SLOT_FULL
        else:
            expected = Outcome.MOVED
        request = asking.move(self.people[person], asking.the_booking(self.people[person]), self.slots[slot])
        self._ask(request, expected)
        if expected is Outcome.MOVED:
            self.seat[person] = slot

    @rule(person=people)
    def cancel(self, person: int) -> None:
        if person in self.seat:
            request = asking.cancel(self.people[person], asking.the_booking(self.people[person]))
            self._ask(request, Outcome.CANCELLED)
            del self.seat[person]

    @rule(person=people, answer=st.sampled_from(Attendance))
    def say_whether_they_come(self, person: int, answer: Attendance) -> None:
        if person in self.seat:
            declined = answer is Attendance.DECLINED
            request = asking.says(self.people[person], asking.the_booking(self.people[person]), answer)
            self._ask(request, Outcome.CANCELLED if declined else Outcome.BOOKED)
            if declined:
                del self.seat[person]

    @rule(slot=slots, capacity=capacities)
    def edit_capacity(self, slot: int, capacity: int) -> None:
        try:
            edit_slot(str(self.slots[slot].pk), SlotChanges(max_users=capacity), actor="coordinator")
            allowed = True
        except RefusedError:
            allowed = False
        assert allowed == (capacity >= self._booked(slot))
        if allowed:
            self.capacity[slot] = capacity

    @rule(position=st.integers(0, 1_000))
    def repeat_an_earlier_request(self, position: int) -> None:
        """However late a repeat comes, it gets its first answer and changes nothing."""
        if self.asked:
            request, first = self.asked[position % len(self.asked)]
            assert asking.outcome(request) is first

    @rule(person=people, slot=slots)
    def deliver_one_request_twice_in_one_batch(self, person: int, slot: int) -> None:
        request = asking.book(self.people[person], self.slots[slot])
        rows = asking.in_batch(request, request)
        assert sum(row["queue"] == "bot.booking.result" for row in rows) == 1
        if person not in self.seat and not self._full(slot):
            self.seat[person] = slot

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        numbers = {person.pk: number for number, person in enumerate(self.people)}
        positions = {slot.pk: number for number, slot in enumerate(self.slots)}
        stored = {
            numbers[row["user_id"]]: positions[row["slot_id"]] for row in collection("bookings").find({"live": True})
        }
        assert stored == self.seat
        asking.assert_sound()

    def _ask(self, request: AnyBookingRequest, expected: Outcome) -> None:
        assert asking.outcome(request) is expected
        self.asked.append((request, expected))

    def _booked(self, slot: int) -> int:
        return sum(seat == slot for seat in self.seat.values())

    def _full(self, slot: int) -> bool:
        return self._booked(slot) >= self.capacity[slot]


def test_no_sequence_makes_the_store_differ_from_the_model() -> None:
    run_state_machine_as_test(
        Bookings,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
