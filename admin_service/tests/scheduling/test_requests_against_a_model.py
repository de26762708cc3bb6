"""Requests, cards, offers, answers and marks, in any order, against I1, I3, I7 and what cards must always say.

Hypothesis looks for a sequence after which a holder's last card is not the booking as it is stored.
"""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common import clock
from common.mongo import Document, collection
from messaging import outbox
from people.models import Candidate, City, Recruiter
from scheduling import tasks
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services.recruiter_cards.cards import notice
from shared_contracts.attendance import Attendance
from shared_contracts.booking import MARKS, AnyBookingRequest
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from tests.helpers import asking
from tests.helpers.card_tools import cards
from tests.helpers.waiting import joining, told, zone_where_it_is

PEOPLE, SLOTS = 3, 3
people, slots, recruiters = st.integers(0, PEOPLE - 1), st.integers(0, SLOTS - 1), st.integers(0, 2)


class Requests(RuleBasedStateMachine):
    """Slots 0 and 1 are Olga's (Dina stands in for her), slot 2 is Pavel's. One seat each."""

    @initialize(approval=st.sampled_from([True, True, False]))
    def start(self, approval: bool) -> None:
        for model in (Candidate, City, Recruiter, InterviewEvent, InterviewSlot):
            collection(model._meta.db_table).delete_many({})
        for name in ("bookings", "inbox", "outbox", "audit_entries", "waiting_list"):
            collection(name).delete_many({})
        city = City.objects.create(name="Полдень", timezone=zone_where_it_is(12))
        dina = Recruiter.objects.create(name="Дина", telegram_id=5003, started_at=clock.now())
        olga = Recruiter.objects.create(name="Ольга", telegram_id=5001, started_at=clock.now(), deputy=dina)
        pavel = Recruiter.objects.create(name="Павел", telegram_id=5002, started_at=clock.now())
        self.recruiters = [olga, pavel, dina]
        self.event = InterviewEvent.objects.create(title="Аналитики", approval_required=approval)
        self.people = [Candidate.objects.create(telegram_id=1001 + n, first_name=f"К{n}") for n in range(PEOPLE)]
        self.slots = [self._slot(city, n, pavel if n == SLOTS - 1 else olga) for n in range(SLOTS)]

    def _slot(self, city: City, number: int, recruiter: Recruiter) -> InterviewSlot:
        starts_at = clock.now() + timedelta(days=2, hours=number)
        return InterviewSlot.objects.create(
            event=self.event,
            city=city,
            recruiter=recruiter,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=20),
            closes_at=starts_at - timedelta(hours=2),
            location="Офис",
        )

    @rule(person=people, slot=slots)
    def book(self, person: int, slot: int) -> None:
        asking.in_batch(asking.book(self.people[person], self.slots[slot]))

    @rule(person=people, slot=slots)
    def move(self, person: int, slot: int) -> None:
        self._about(person, lambda who, booking: asking.move(who, booking, self.slots[slot]))

    @rule(person=people, what=st.sampled_from([asking.cancel, asking.withdraw_move, asking.take, asking.pass_on]))
    def answer(self, person: int, what: Callable[[Candidate, Document], AnyBookingRequest]) -> None:
        self._about(person, what)

    @rule(person=people, by=recruiters, what=st.sampled_from([asking.approve, asking.ask_reschedule]))
    def decide(self, person: int, by: int, what: Callable[[Recruiter, Document], AnyBookingRequest]) -> None:
        self._about(person, lambda _who, booking: what(self.recruiters[by], booking))

    @rule(person=people, by=recruiters)
    def reject(self, person: int, by: int) -> None:
        self._about(person, lambda _who, booking: asking.reject(self.recruiters[by], booking, "Нет"))

    @rule(person=people, answer=st.sampled_from(Attendance))
    def say_whether_they_come(self, person: int, answer: Attendance) -> None:
        self._about(person, lambda who, booking: asking.says(who, booking, answer))

    @rule(person=people, by=recruiters, slot=slots)
    def offer_another_time(self, person: int, by: int, slot: int) -> None:
        self._about(person, lambda _who, booking: asking.offer_time(self.recruiters[by], booking, self.slots[slot]))

    @rule(person=people, slot=slots, take=st.booleans())
    def answer_the_offer(self, person: int, slot: int, take: bool) -> None:
        self._about(person, lambda who, booking: asking.answer_time(who, booking, self.slots[slot], take))

    @rule(person=people, slot=slots, take=st.booleans())
    def ask_for_another_time_and_answer(self, person: int, slot: int, take: bool) -> None:
        """All the way, which single steps seldom go."""
        self.say_whether_they_come(person, Attendance.RESCHEDULE_ASKED)
        self.offer_another_time(person, 0 if slot < SLOTS - 1 else 1, slot)
        self.answer_the_offer(person, slot, take)

    @rule(person=people, by=recruiters, status=st.sampled_from([None, *MARKS]))
    def mark(self, person: int, by: int, status: BookingStatus | None) -> None:
        self._about(person, lambda _who, booking: asking.mark(self.recruiters[by], booking, status))

    @rule(person=people, by=recruiters, status=st.sampled_from(MARKS))
    def begin_and_mark(self, person: int, by: int, status: BookingStatus) -> None:
        """A new slot takes the place of the one that has begun."""
        held = {slot.pk: number for number, slot in enumerate(self.slots)}
        row = collection("bookings").find_one({"user_id": self.people[person].pk, "status": "booked"})
        if row and row["slot_id"] in held:
            number = held[row["slot_id"]]
            recruiter = self.recruiters[1 if number == SLOTS - 1 else 0]
            self.slots[number] = self._slot(self.slots[number].city, number, recruiter)
            asking.in_batch(asking.mark(self.recruiters[by], asking.let_begin(row), status))
            tasks.close_finished()

    @rule(person=people, occasion=st.sampled_from(CardOccasion))
    def notify(self, person: int, occasion: CardOccasion) -> None:
        if row := collection("bookings").find_one({"user_id": self.people[person].pk}):
            outbox.add(notice(str(row["_id"]), occasion, str(row["_id"]), "c" * 8, clock.now(), waits=False).messages)

    @rule(person=people)
    def wait(self, person: int) -> None:
        told(joining(self.people[person], self.event))

    @rule(person=people)
    def time_runs_out(self, person: int) -> None:
        over = {"$set": {"expires_at": clock.now()}}
        waits = {"user_id": self.people[person].pk, "live": True, "expires_at": {"$ne": None}}
        collection("bookings").update_many(waits, over)
        tasks.expire_requests()

    @rule()
    def remind(self) -> None:
        waits = {"live": True, "remind_at": {"$ne": None}}
        collection("bookings").update_many(waits, {"$set": {"remind_at": clock.now()}})
        tasks.remind_recruiters()

    @rule()
    def offer(self) -> None:
        tasks.offer_free_seats()

    @invariant()
    def seats_bookings_and_audit_agree(self) -> None:
        asking.assert_sound()

    @invariant()
    def what_holders_were_shown_last_is_how_it_stands(self) -> None:
        """Where the last word was the recruiter's own press, the answer to it carried the card instead."""
        last = {(item.card.booking.id, item.recruiter_telegram_id): item.card for item in cards()}
        for row in collection("bookings").find():
            for holder in row["card_readers"]:
                card = last[str(row["_id"]), holder]
                assert card.yours or not row["awaits_approval"] or row["requested_slot_id"]
                if card.revision == row["card_revision"]:
                    assert card.booking.version == row["version"]
                else:
                    assert row["last_act"]["kind"] == "recruiter"

    def _about(self, person: int, request: Callable[[Candidate, Document], AnyBookingRequest]) -> None:
        who = self.people[person]
        if collection("bookings").find_one({"user_id": who.pk}):
            asking.in_batch(request(who, asking.the_booking(who)))


def test_no_sequence_leaves_a_seat_a_booking_or_a_card_wrong() -> None:
    run_state_machine_as_test(
        Requests,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
