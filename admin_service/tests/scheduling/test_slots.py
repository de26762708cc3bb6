"""Staff and slots: make, edit, deactivate, delete (FR10)."""

from datetime import timedelta

import pytest

from common import clock
from common.mongo import collection
from common.refusals import RefusedError
from people.models import Candidate, City, Recruiter
from scheduling.domain.commands import SlotChanges
from scheduling.models import InterviewEvent
from scheduling.services import slots
from scheduling.services.editing import deleting
from scheduling.services.editing.deleting import SlotHasBookingsError
from scheduling.services.editing.slot_edits import edit_slot
from scheduling.services.slots import SlotDraft
from shared_contracts.booking import Outcome
from shared_contracts.notification import NotificationCommand, NotificationKind
from shared_contracts.venue import VENUE_FIELDS
from tests.conftest import MakeSlot
from tests.helpers import asking
from tests.helpers.card_tools import result_of


def draft(city: City, **fields: object) -> SlotDraft:
    values = {
        "starts_at": clock.now() + timedelta(days=1),
        "duration_minutes": 20,
        "max_users": 2,
        "recruiter_id": None,
        "city_id": str(city.pk),
    }
    venue = {"location": "Офис на Тверской", "room": "7"}
    venue |= {name: str(fields.pop(name)) for name in VENUE_FIELDS if name in fields}
    return SlotDraft(**{**values, **fields}, venue=venue)  # type: ignore[arg-type]


def notifications() -> list[NotificationCommand]:
    rows = collection("outbox").find({"queue": "bot.notification.command"})
    return [NotificationCommand.model_validate_json(row["body"]) for row in rows]


def invalidated() -> set[str]:
    rows = collection("outbox").find({"queue": "bot.cache.invalidate"})
    return {name for row in rows for name in ("slots", "events") if f'"{name}"' in row["body"]}


def test_new_slots_close_by_the_events_cut_off(event: InterviewEvent, moscow: City) -> None:
    """FR9."""
    (slot_id,) = slots.create_slots(str(event.pk), [draft(moscow)], actor="coordinator")

    row = collection("interview_slots").find_one()
    assert row and str(row["_id"]) == slot_id
    assert row["starts_at"] - row["closes_at"] == timedelta(hours=2)
    assert row["ends_at"] - row["starts_at"] == timedelta(minutes=20)
    assert invalidated() == {"slots", "events"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"max_users": 0}, "max_users"),
        ({"location": ""}, "location"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"starts_at": clock.now() - timedelta(minutes=1)}, "starts_at"),
    ],
)
def test_one_wrong_draft_is_named_and_no_slot_is_made(
    fields: dict[str, object], field: str, event: InterviewEvent, moscow: City
) -> None:
    with pytest.raises(RefusedError) as refused:
        slots.create_slots(str(event.pk), [draft(moscow), draft(moscow, **fields)], actor="coordinator")

    assert set(refused.value.errors) == {field}
    assert collection("interview_slots").count_documents({}) == 0


def test_a_new_cut_off_moves_the_closing_of_the_events_slots(event: InterviewEvent, make_slot: MakeSlot) -> None:
    slot = make_slot()
    event.booking_cutoff_minutes = 30
    slots.save_event(event, actor="coordinator")

    row = asking.slot_now(slot)
    assert row["starts_at"] - row["closes_at"] == timedelta(minutes=30)
    assert invalidated() == {"slots", "events"}


def test_capacity_cannot_go_below_the_number_booked(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    slot = make_slot(capacity=3)
    for person in (maria, ivan):
        asking.outcome(asking.book(person, slot))

    with pytest.raises(RefusedError) as refused:
        edit_slot(str(slot.pk), SlotChanges(max_users=1, venue={"room": "9"}), actor="coordinator")
    assert set(refused.value.errors) == {"max_users"}
    assert asking.slot_now(slot)["room"] == "3.14"

    edit_slot(str(slot.pk), SlotChanges(max_users=2), actor="coordinator")
    assert not asking.slot_now(slot)["has_room"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (SlotChanges(max_users=0, venue={"room": "9"}), "max_users"),
        (SlotChanges(venue={"room": "9", "location": ""}), "location"),
        (SlotChanges(duration_minutes=0, venue={"room": "9"}), "duration_minutes"),
        (SlotChanges(city_id="0" * 24, venue={"room": "9"}), "city_id"),
    ],
)
def test_a_value_that_no_slot_may_have_is_named_and_nothing_is_changed(
    changes: SlotChanges, field: str, make_slot: MakeSlot
) -> None:
    """Guard: ``_check_values``. An update in the database does not ask the model's own limits."""
    slot = make_slot()

    with pytest.raises(RefusedError) as refused:
        edit_slot(str(slot.pk), changes, actor="coordinator")

    assert set(refused.value.errors) == {field}
    assert asking.slot_now(slot)["room"] == "3.14"


def test_deactivating_stops_new_bookings_only(make_slot: MakeSlot, maria: Candidate, ivan: Candidate) -> None:
    slot = make_slot(capacity=3)
    asking.outcome(asking.book(maria, slot))
    edit_slot(str(slot.pk), SlotChanges(is_active=False), actor="coordinator")

    answer = result_of(asking.in_batch(asking.book(ivan, slot)))
    assert (answer.outcome, answer.withdrawn) == (Outcome.SLOT_CLOSED, True)
    assert asking.the_booking(maria)["live"]
    assert notifications() == []


def test_a_slot_that_begins_too_soon_was_not_withdrawn(make_slot: MakeSlot, maria: Candidate) -> None:
    """Guard: ``is_offered`` in ``_is_withdrawn``."""
    answer = result_of(asking.in_batch(asking.book(maria, make_slot(timedelta(minutes=5)))))

    assert (answer.outcome, answer.withdrawn) == (Outcome.SLOT_CLOSED, False)


def test_a_moved_slot_takes_its_bookings_along_and_tells_their_candidates(
    make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    slot = make_slot(capacity=3)
    asking.outcome(asking.book(maria, slot))
    later = slot.starts_at + timedelta(hours=1)
    changes = SlotChanges(starts_at=later, recruiter_id=str(olga.pk), venue={"room": "9"})
    edit_slot(str(slot.pk), changes, actor="coordinator", reason="Переговорная занята")

    booking = asking.the_booking(maria)
    assert (booking["version"], booking["starts_at"], booking["slot"]["room"]) == (2, later, "9")
    assert booking["recruiter_id"] == olga.pk
    (news,) = notifications()
    assert (news.kind, news.reason) == (NotificationKind.BOOKING_CHANGED, "Переговорная занята")
    assert news.booking.slot.starts_at == later
    assert news.slot_before and news.slot_before.starts_at == slot.starts_at
    asking.assert_sound()


def test_a_press_on_a_slot_that_moved_meanwhile_is_not_booked_at_the_new_time(
    make_slot: MakeSlot, maria: Candidate
) -> None:
    slot = make_slot()
    request = asking.book(maria, slot)
    edit_slot(str(slot.pk), SlotChanges(starts_at=slot.starts_at + timedelta(hours=1)), actor="coordinator")

    assert asking.outcome(request) is Outcome.SLOT_NOT_FOUND


def test_a_slot_that_is_over_cannot_be_changed(make_slot: MakeSlot) -> None:
    slot = make_slot(timedelta(hours=-1))

    with pytest.raises(RefusedError):
        edit_slot(str(slot.pk), SlotChanges(venue={"room": "9"}), actor="coordinator")


def test_deleting_a_slot_with_bookings_names_the_people(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    asking.outcome(asking.book(maria, slot))

    with pytest.raises(SlotHasBookingsError) as refused:
        deleting.delete_slot(str(slot.pk), actor="coordinator")

    assert [person["name"] for person in refused.value.bookings] == ["Мария Петрова"]
    assert collection("interview_slots").count_documents({}) == 1


def test_an_empty_slot_is_deleted_and_a_late_press_on_it_is_told_so(make_slot: MakeSlot, maria: Candidate) -> None:
    slot = make_slot()
    request = asking.book(maria, slot)
    deleting.delete_slot(str(slot.pk), actor="coordinator")

    assert asking.outcome(request) is Outcome.SLOT_NOT_FOUND


def test_a_slot_is_never_saved_as_a_whole_document(make_slot: MakeSlot) -> None:
    """Guard: ``InterviewSlot.save``. It would write back seats that someone else took meanwhile."""
    slot = make_slot()

    with pytest.raises(TypeError):
        slot.save()
