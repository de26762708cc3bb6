"""The waiting list: joining, being offered a seat, taking and passing (R7)."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import Document, GuardFailedError, collection, current_session, in_transaction
from config.consumers import DIALOGS
from messaging.dialogs import DialogCommands
from people.models import Candidate, City, Recruiter
from scheduling import tasks
from scheduling.domain.commands import SlotChanges
from scheduling.domain.decide import decide
from scheduling.models import InterviewEvent, InterviewSlot
from scheduling.services import staff_commands
from scheduling.services.batch import offer_seats
from scheduling.services.editing.retiring import Way, dependents_of, retire
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.reacting import Effects
from scheduling.services.recruiter_cards.delivery_reports import store_delivery
from scheduling.services.recruiter_cards.reached import follow_start
from scheduling.services.saving import save
from scheduling.services.slots import SlotDraft, create_slots, save_event
from scheduling.services.store.loading import load
from scheduling.services.waiting_list import offers_for, wanted_slots
from scheduling.services.waiting_told import UNTOLD
from shared_contracts.booking import AnyBookingRequest, BookingResult, Outcome
from shared_contracts.broadcast import Delivery, DeliveryStatus, NotificationDelivered
from shared_contracts.dialog import DialogOutcome, DialogResult, WaitingListJoined, WaitingListLeft
from shared_contracts.notification import NotificationKind, WaitingEnded
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import kinds, news, sent
from tests.scheduling.test_races import together

T = TypeVar("T")


def zone_where_it_is(hour: int) -> str:
    """A zone in which the clock shows that hour now, whenever the tests run."""
    behind = (clock.now().hour - hour + 12) % 24 - 12
    return f"Etc/GMT{behind:+d}"


@pytest.fixture
def city() -> City:
    """Where it is noon."""
    return City.objects.create(name="Полдень", timezone=zone_where_it_is(12))


@pytest.fixture
def slot(make_slot: MakeSlot, city: City) -> InterviewSlot:
    return make_slot(city=city)


def told(item: WaitingListJoined | WaitingListLeft) -> DialogOutcome:
    """The answer to one command of a dialog."""
    (row,) = DialogCommands(DIALOGS).handle([item])
    return DialogResult.model_validate_json(row["body"]).outcome


def joining(person: Candidate, event: InterviewEvent, city: City | None = None) -> WaitingListJoined:
    return WaitingListJoined(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=person.telegram_id,
        event_id=str(event.pk),
        city_id=str(city.pk) if city else None,
    )


def leaving(person: Candidate, event: InterviewEvent) -> WaitingListLeft:
    return WaitingListLeft(
        message_id=uuid.uuid4(),
        correlation_id=uuid.uuid4().hex,
        occurred_at=clock.now(),
        user_telegram_id=person.telegram_id,
        event_id=str(event.pk),
    )


def states() -> list[str]:
    return [row["state"] for row in collection("waiting_list").find().sort("joined_at", 1)]


def offered_to(person: Candidate) -> Document | None:
    return collection("bookings").find_one({"user_id": person.pk, "status": "offered"})


@pytest.fixture
def anna(make_candidate: MakeCandidate) -> Candidate:
    """Anna, who has the only seat."""
    return make_candidate(first_name="Анна")


@pytest.fixture
def _waiting(slot: InterviewSlot, anna: Candidate, maria: Candidate, ivan: Candidate, event: InterviewEvent) -> None:
    """Anna sits in the slot; Maria waits, then Ivan."""
    asking.outcome(asking.book(anna, slot))
    for person in (maria, ivan):
        assert told(joining(person, event)) is DialogOutcome.JOINED


# Joining and leaving


def test_one_joins_once_and_may_change_the_city(event: InterviewEvent, maria: Candidate, moscow: City) -> None:
    assert told(joining(maria, event)) is DialogOutcome.JOINED
    assert told(joining(maria, event, moscow)) is DialogOutcome.ALREADY_JOINED

    (entry,) = collection("waiting_list").find()
    assert (entry["city_id"], entry["city"], entry["name"]) == (moscow.pk, "Москва", "Мария Петрова")


def test_joining_ten_times_at_once_makes_one_entry(event: InterviewEvent, maria: Candidate) -> None:
    """Guards: the mark on the person, on which the transactions conflict; the unique index stands behind it."""
    outcomes = together(*[partial(told, joining(maria, event)) for _ in range(10)])

    assert outcomes.count(DialogOutcome.JOINED) == 1
    assert states() == ["waiting"]
    (entry,) = collection("waiting_list").find({}, {"_id": 0})
    with pytest.raises(DuplicateKeyError, match="waiting_once"):
        collection("waiting_list").insert_one(entry)


def test_who_has_a_booking_or_is_not_allowed_does_not_join(
    event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    asking.outcome(asking.book(maria, make_slot()))
    assert told(joining(maria, event)) is DialogOutcome.ALREADY_BOOKED

    Candidate.objects.filter(pk=ivan.pk).update(is_allowed=False)
    assert told(joining(ivan, event)) is DialogOutcome.NOT_ALLOWED
    assert states() == []


def test_a_closed_event_and_an_unknown_city_have_no_list(event: InterviewEvent, maria: Candidate) -> None:
    nowhere = joining(maria, event).model_copy(update={"city_id": str(ObjectId())})
    assert told(nowhere) is DialogOutcome.NOT_ALLOWED

    InterviewEvent.objects.update(is_open=False)
    assert told(joining(maria, event)) is DialogOutcome.NOT_ALLOWED


def ended() -> list[WaitingEnded]:
    rows = collection("outbox").find({"queue": "bot.notification.command", "body": {"$regex": "waiting_ended"}})
    return [WaitingEnded.model_validate_json(row["body"]) for row in rows]


def test_who_waits_in_a_city_that_closes_waits_no_longer_and_is_told_once(
    event: InterviewEvent, maria: Candidate, ivan: Candidate, moscow: City, make_candidate: MakeCandidate
) -> None:
    """R7. Guards: ``end_hopeless`` in ``retire``, ``is_allowed`` there; who waits for any city waits on."""
    gone = make_candidate()
    for person, city in ((maria, moscow), (gone, moscow), (ivan, None)):
        told(joining(person, event, city))
    Candidate.objects.filter(pk=gone.pk).update(is_allowed=False)
    retire(moscow, Way.KEEP, agreed=dependents_of(moscow).agreed, actor="anna", reason="Съехали")

    assert sorted(states()) == ["closed", "closed", "waiting"]
    tasks.offer_free_seats()
    [news] = ended()
    assert (news.user_telegram_id, news.event.id, news.city) == (maria.telegram_id, str(event.pk), "Москва")
    entries = list(collection("audit_entries").find({"action": "waiting_closed"}))
    assert [(entry["actor"], entry["reason"]) for entry in entries] == [("staff:anna", "Съехали")] * 2
    (row,) = DialogCommands(DIALOGS).handle([joining(maria, event, moscow)])
    refused = DialogResult.model_validate_json(row["body"])
    assert (refused.outcome, refused.closed) == (DialogOutcome.NOT_ALLOWED, "city")


def test_who_waits_in_a_closing_event_is_told_unless_a_seat_is_held_for_them(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate, ivan: Candidate, anna: Candidate
) -> None:
    """Guards: ``end_hopeless`` in ``save_event``, ``settled`` there; a held seat can still be taken."""
    told(joining(maria, event))
    assert tasks.offer_free_seats() == 1
    told(joining(ivan, event))
    event.is_open = False
    save_event(event, actor="anna")

    assert [(news.user_telegram_id, news.city) for news in ended()] == [(ivan.telegram_id, None)]
    assert states() == ["closed", "closed"]
    booking = offered_to(maria)
    assert booking
    taken = asking.outcome(asking.take(maria, booking))
    assert taken is Outcome.BOOKED


def test_who_could_not_be_told_that_they_wait_no_longer_hears_it_when_they_come_back(
    event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    """R4, R7. Guards: ``note_arrival``, ``tell_missed``; once, and nobody is to tell them by hand any more."""
    told(joining(maria, event, moscow))
    City.objects.filter(pk=moscow.pk).update(is_active=False)
    tasks.offer_free_seats()
    [news] = ended()
    report = NotificationDelivered(
        message_id=uuid.uuid4(),
        correlation_id="c" * 8,
        occurred_at=clock.now(),
        notification_id=news.notification_id,
        user_telegram_id=news.user_telegram_id,
        delivery=Delivery(chat_id=news.user_telegram_id, status=DeliveryStatus.BLOCKED),
    )
    store_delivery(report, clock.now())
    assert collection("waiting_list").count_documents(UNTOLD) == 1
    for _time in range(2):
        follow_start(maria.telegram_id or 0, clock.now(), "c" * 8, anew=True)
    assert collection("waiting_list").count_documents(UNTOLD) == 0
    assert [item.city for item in ended()] == ["Москва", "Москва"]


def test_entries_of_what_was_closed_before_end_with_the_next_scan(
    event: InterviewEvent, maria: Candidate, moscow: City
) -> None:
    """Also who joined at that very moment. Guard: ``end_hopeless`` in ``offer_free_seats``."""
    told(joining(maria, event, moscow))
    City.objects.filter(pk=moscow.pk).update(is_active=False)
    tasks.offer_free_seats()
    assert states() == ["closed"]
    assert len(ended()) == 1


def test_one_leaves_and_may_join_again(event: InterviewEvent, maria: Candidate) -> None:
    told(joining(maria, event))
    assert told(leaving(maria, event)) is DialogOutcome.LEFT
    assert told(leaving(maria, event)) is DialogOutcome.LEFT
    assert told(joining(maria, event)) is DialogOutcome.JOINED

    assert sorted(states()) == ["left", "waiting"]
    entries = collection("audit_entries").find({"subject": "waiting"})
    assert sorted(entry["action"] for entry in entries) == ["waiting_joined", "waiting_joined", "waiting_left"]


# Offers


@pytest.mark.usefixtures("_waiting")
def test_a_freed_seat_is_held_for_the_first_before_anyone_can_see_it(
    slot: InterviewSlot, anna: Candidate, maria: Candidate
) -> None:
    rows = asking.in_batch(asking.cancel(anna, asking.the_booking(anna)))

    held = offered_to(maria)
    assert held and timedelta() < held["expires_at"] - clock.now() <= timedelta(minutes=15)
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]
    assert kinds() == [(maria.telegram_id, NotificationKind.SLOT_OFFERED)]
    assert "bot.notification.command" in {row["queue"] for row in rows}
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
@pytest.mark.parametrize("how", ["booked", "moved"])
def test_a_freed_seat_goes_past_nobody_who_waits_even_to_who_asks_in_the_same_batch(
    slot: InterviewSlot, make_slot: MakeSlot, make_candidate: MakeCandidate, anna: Candidate, maria: Candidate, how: str
) -> None:
    """Guard: ``_before_freed_seats_are_wanted``. Each is answered, and who asked for another slot gets it."""
    oleg, vera, other = make_candidate(), make_candidate(), make_slot(timedelta(days=5))
    wish: AnyBookingRequest = asking.book(oleg, slot)
    if how == "moved":
        asking.outcome(asking.book(oleg, make_slot(timedelta(days=4))))
        wish = asking.move(oleg, asking.the_booking(oleg), slot)
    asked: list[AnyBookingRequest] = [asking.book(vera, other), asking.cancel(anna, asking.the_booking(anna)), wish]

    rows = [row for row in asking.in_batch(*asked) if row["queue"] == "bot.booking.result"]

    results = {item.request_id: item.outcome for item in (BookingResult.model_validate_json(it["body"]) for it in rows)}
    outcomes = Outcome.BOOKED, Outcome.CANCELLED, Outcome.SLOT_FULL
    assert results == {item.message_id: found for item, found in zip(asked, outcomes, strict=True)}
    assert offered_to(maria)
    assert asking.slot_now(slot)["booked_users"] == [maria.pk]
    asking.assert_sound()
    again = [row for row in asking.in_batch(*asked) if row["queue"] == "bot.booking.result"]
    assert again == []


@pytest.mark.usefixtures("_waiting")
def test_whose_seat_is_only_held_reads_of_a_seat_and_not_of_an_interview(
    slot: InterviewSlot, anna: Candidate, maria: Candidate
) -> None:
    """Staff change the slot, then take it away. Guard: ``_OF_SEAT_OFFERS``."""
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="zoya", reason="ремонт")
    changed = news()[-1]
    assert (changed.kind, changed.booking.status.value) == (NotificationKind.SLOT_OFFER_CHANGED, "offered")
    assert changed.slot_before and changed.slot_before.room != changed.booking.slot.room == "9"

    staff_commands.cancel_booking(changed.booking.id, expected_version=2, actor="zoya", reason="ремонт")
    told_last = [item for item in news() if item.user_telegram_id == maria.telegram_id][-1]
    assert told_last.kind is NotificationKind.SLOT_OFFER_ENDED
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_a_taken_offer_is_booked_and_ends_the_waiting(anna: Candidate, maria: Candidate) -> None:
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    assert states() == ["waiting", "waiting"]

    assert asking.outcome(asking.take(maria, asking.the_booking(maria))) is Outcome.BOOKED

    assert states() == ["served", "waiting"]
    (entry,) = collection("audit_entries").find({"action": "waiting_served"})
    assert entry["actor"] == f"candidate:{maria.telegram_id}", "I7"
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_a_passed_offer_goes_to_the_next_and_then_to_nobody(
    slot: InterviewSlot, anna: Candidate, maria: Candidate, ivan: Candidate
) -> None:
    """Guard: nobody is asked again about a slot they turned down."""
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    assert asking.outcome(asking.pass_on(maria, asking.the_booking(maria))) is Outcome.CANCELLED
    assert offered_to(ivan)
    asking.outcome(asking.pass_on(ivan, asking.the_booking(ivan)))

    assert tasks.offer_free_seats() == 0
    assert asking.slot_now(slot)["booked_users"] == []
    assert states() == ["waiting", "waiting"]
    asking.assert_sound()


@pytest.mark.usefixtures("_waiting")
def test_who_passed_one_slot_is_still_offered_another(
    event: InterviewEvent, anna: Candidate, maria: Candidate, city: City, make_slot: MakeSlot
) -> None:
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    asking.outcome(asking.pass_on(maria, asking.the_booking(maria)))
    other = make_slot(timedelta(days=3), city=city)

    assert tasks.offer_free_seats() == 1
    held = offered_to(maria)
    assert held and held["slot_id"] == other.pk


@pytest.mark.usefixtures("_waiting")
def test_an_offer_that_nobody_took_goes_to_the_next(anna: Candidate, maria: Candidate, ivan: Candidate) -> None:
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    collection("bookings").update_many({"status": "offered"}, {"$set": {"expires_at": clock.now()}})

    assert tasks.expire_requests() == 1

    assert asking.the_booking(maria)["status"] == "expired"
    assert offered_to(ivan)
    assert [kind for _who, kind in kinds()] == [NotificationKind.SLOT_OFFERED] * 2
    asking.assert_sound()


@pytest.mark.parametrize("how", ["cancelled", "moved away"])
def test_who_gave_a_slot_up_and_then_asks_to_be_told_is_told_of_it(
    slot: InterviewSlot, make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, how: str, city: City
) -> None:
    """Guard: ``_forget_left_slots``."""
    asking.outcome(asking.book(maria, slot))
    if how == "moved away":
        other = make_slot(timedelta(days=3), of=event, city=city)
        asking.outcome(asking.move(maria, asking.the_booking(maria), other))
        edit_slot(str(other.pk), SlotChanges(is_active=False), actor="anna")
    asking.outcome(asking.cancel(maria, asking.the_booking(maria)))
    assert told(joining(maria, event)) is DialogOutcome.JOINED

    assert tasks.offer_free_seats() == 1


@pytest.mark.usefixtures("_waiting")
def test_who_passed_a_slot_is_offered_it_again_only_once_they_ask_again(
    event: InterviewEvent, anna: Candidate, maria: Candidate, ivan: Candidate, city: City
) -> None:
    """Guards: ``left_slot_ids``, ``_forget_left_slots``."""
    told(leaving(ivan, event))
    asking.outcome(asking.cancel(anna, asking.the_booking(anna)))
    asking.outcome(asking.pass_on(maria, asking.the_booking(maria)))
    assert tasks.offer_free_seats() == 0

    assert told(joining(maria, event)) is DialogOutcome.ALREADY_JOINED
    assert tasks.offer_free_seats() == 1
    assert offered_to(maria)


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


def test_four_scans_at_once_offer_each_seat_once(
    make_slot: MakeSlot, make_candidate: MakeCandidate, event: InterviewEvent, city: City
) -> None:
    """I1, I3. Guards: offers are chosen and written in one transaction, the seat update is conditional."""
    people = [make_candidate() for _ in range(6)]
    slots = [make_slot(timedelta(days=2 + number), capacity=2, city=city) for number in range(2)]
    for person in people:
        told(joining(person, event))

    together(*[tasks.offer_free_seats] * 4)

    assert collection("bookings").count_documents({"status": "offered"}) == 4
    assert len(news()) == 4
    assert all(len(asking.slot_now(item)["booked_users"]) == 2 for item in slots)
    asking.assert_sound()


def meanwhile(first: Callable[[], object], then: Callable[[], T]) -> T:
    """``then`` in a transaction whose snapshot is older than ``first``, which another thread commits."""
    looked: list[Document] = []

    def work() -> T:
        if not looked:
            looked.extend(collection("users").find({}, session=current_session()))
            with ThreadPoolExecutor(1) as other:
                other.submit(first).result(timeout=60)
        return then()

    return in_transaction(work)


def test_who_left_since_the_line_was_looked_at_is_not_offered_the_seat(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """Guard: the mark on the person in ``leave``. The two write no other document in common."""
    told(joining(maria, event))

    assert meanwhile(partial(told, leaving(maria, event)), partial(offer_seats, [str(slot.pk)], "c" * 8)) == 0

    assert states() == ["left"]
    asking.assert_sound()


def test_who_books_while_joining_does_not_wait(slot: InterviewSlot, event: InterviewEvent, maria: Candidate) -> None:
    """Guard: the mark on the person in ``join``. The two write no other document in common."""
    booking = partial(asking.outcome, asking.book(maria, slot))

    assert meanwhile(booking, partial(told, joining(maria, event))) is DialogOutcome.ALREADY_BOOKED

    assert states() == []


def test_who_joins_while_booking_is_served_by_the_booking(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """Guard: the same mark, the other way round."""
    joins = partial(told, joining(maria, event))

    assert meanwhile(joins, partial(asking.outcome, asking.book(maria, slot))) is Outcome.BOOKED

    assert states() == ["served"]


def test_where_approval_is_needed_a_taken_seat_is_a_request_with_a_card(
    approval_event: InterviewEvent, make_slot: MakeSlot, city: City, olga: Recruiter, maria: Candidate
) -> None:
    make_slot(of=approval_event, city=city, recruiter=olga)
    told(joining(maria, approval_event))
    assert tasks.offer_free_seats() == 1
    assert sent() == []

    assert asking.outcome(asking.take(maria, asking.the_booking(maria))) is Outcome.PENDING_APPROVAL

    assert sent() == [(5001, "new", 1)]
    assert asking.the_booking(maria)["remind_at"]
    asking.assert_sound()


def test_booking_otherwise_ends_the_waiting(
    make_slot: MakeSlot, event: InterviewEvent, maria: Candidate, city: City
) -> None:
    told(joining(maria, event))
    asking.outcome(asking.book(maria, make_slot(city=city)))

    assert states() == ["served"]


def test_an_offer_does_not_outlast_a_slot_that_staff_bring_forward(
    slot: InterviewSlot, event: InterviewEvent, maria: Candidate
) -> None:
    """R7: no offer past ``closes_at``. Guard: ``kept_within``."""
    told(joining(maria, event))
    assert tasks.offer_free_seats() == 1

    edit_slot(str(slot.pk), SlotChanges(starts_at=clock.now() + timedelta(hours=2, minutes=5)), actor="anna")

    held = offered_to(maria)
    assert held and held["expires_at"] == asking.slot_now(slot)["closes_at"]
    asking.assert_sound()


def test_a_slot_deactivated_since_is_not_offered(slot: InterviewSlot, maria: Candidate, event: InterviewEvent) -> None:
    """Guard: ``is_active`` and ``closes_at`` again in the update that takes the seat."""
    told(joining(maria, event))
    (offer,) = offers_for([str(slot.pk)], clock.now())
    before = load([offer]).state
    decisions, after = decide(before, [offer], clock.now())
    assert decisions[0].changed
    edit_slot(str(slot.pk), SlotChanges(is_active=False), actor="anna")

    with pytest.raises(GuardFailedError):
        save(before, after, decisions, Effects(), clock.now())
