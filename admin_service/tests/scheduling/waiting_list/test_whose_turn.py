"""Which seats are offered, when, and to whom (R7)."""

from datetime import timedelta

import pytest

from common import clock
from common.mongo import collection
from people.models import Candidate, City
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.batch import offer_seats
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.slots import SlotDraft, create_slots
from scheduling.services.waiting_list import offers_for, wanted_slots
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.waiting import joining, offered_to, told, zone_where_it_is


@pytest.mark.usefixtures("_waiting")
def test_seats_freed_by_staff_by_capacity_by_activation_and_new_slots_are_offered_at_once(
    slot: InterviewSlot,
    make_slot: MakeSlot,
    make_candidate: MakeCandidate,
    event: InterviewEvent,
    city: City,
    anna: Candidate,
    maria: Candidate,
    ivan: Candidate,
) -> None:
    edit_slot(str(slot.pk), SlotChanges(max_users=2), actor="anna")
    assert offered_to(maria)

    staff_commands.cancel_booking(str(asking.the_booking(anna)["_id"]), expected_version=1, actor="anna", reason="")
    assert offered_to(ivan)

    third, fourth = make_candidate(), make_candidate()
    for person in (third, fourth):
        told(joining(person, event))
    shut = make_slot(timedelta(days=4), city=city, is_active=False)
    edit_slot(str(shut.pk), SlotChanges(is_active=True), actor="anna")
    assert offered_to(third)

    draft = SlotDraft(clock.now() + timedelta(days=5), 20, 1, {"location": "Офис", "room": ""}, None, str(city.pk))
    create_slots(str(event.pk), [draft], actor="anna")
    assert offered_to(fourth)
    asking.assert_sound()


def test_nobody_is_woken_and_the_seat_is_offered_in_the_morning(
    make_slot: MakeSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """Guard: quiet hours, of the slot's city where the person has none."""
    night = City.objects.create(name="Полночь", timezone=zone_where_it_is(23))
    slot = make_slot(city=night)
    told(joining(maria, event))
    assert tasks.offer_free_seats() == 0
    assert offer_seats([str(slot.pk)], "c" * 8) == 0
    assert offers_for([str(slot.pk)], clock.now()) == [], "nobody is even chosen"

    City.objects.filter(pk=night.pk).update(timezone=zone_where_it_is(8))
    assert tasks.offer_free_seats() == 1


def test_a_seat_is_offered_in_the_waking_hours_of_who_waits_wherever_it_is(
    make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, ivan: Candidate, city: City
) -> None:
    """Guards: ``_can_be_told``, ``timezone_for``."""
    night = City.objects.create(name="Полночь", timezone=zone_where_it_is(23))
    collection("users").update_one({"_id": maria.pk}, {"$set": {"city_id": night.pk}})
    collection("users").update_one({"_id": ivan.pk}, {"$set": {"city_id": city.pk}})
    slot = make_slot(city=night)
    told(joining(maria, event))
    assert offer_seats([str(slot.pk)], "c" * 8) == 0
    told(joining(ivan, event))
    assert offer_seats([str(slot.pk)], "c" * 8) == 1
    assert offered_to(ivan)


def test_closed_slots_and_other_cities_are_not_offered(
    make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, city: City, moscow: City
) -> None:
    """Guards: ``closes_at``, ``is_active``, the city that is waited for."""
    make_slot(timedelta(hours=2), city=city)
    make_slot(city=city, is_active=False)
    there = City.objects.create(name="Там", timezone=zone_where_it_is(12))
    elsewhere = make_slot(city=there)
    told(joining(maria, event, city))
    assert tasks.offer_free_seats() == 0
    assert offer_seats([str(elsewhere.pk)], "c" * 8) == 0, "freed there, it is not offered either"
    assert wanted_slots(clock.now()) == []

    told(joining(maria, event, there))
    assert tasks.offer_free_seats() == 1


def test_people_who_cannot_be_told_or_may_not_book_are_passed_over(
    slot: InterviewSlot, event: InterviewEvent, make_candidate: MakeCandidate, maria: Candidate
) -> None:
    """Guards: the allow list, ``blocked_at``."""
    for fields in ({"is_allowed": False}, {"blocked_at": clock.now()}):
        person = make_candidate()
        told(joining(person, event))
        Candidate.objects.filter(pk=person.pk).update(**fields)
    told(joining(maria, event))

    assert tasks.offer_free_seats() == 1
    assert offered_to(maria)


def test_who_has_another_interview_at_that_time_does_not_hold_up_the_line(
    slot: InterviewSlot, make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, ivan: Candidate
) -> None:
    elsewhere = InterviewEvent.objects.create(title="Другое")
    asking.outcome(asking.book(maria, make_slot(of=elsewhere)))
    for person in (maria, ivan):
        told(joining(person, event))

    assert tasks.offer_free_seats() == 1
    assert offered_to(ivan)
