"""What can't be merged, what a merge takes along, and what its undoing leaves alone: the rules alone.

``tests/desk/person/test_merging.py`` has the whole of it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.utils import translation

from common import clock
from common.mongo import Document, GuardFailedError, collection
from common.refusals import RefusedError
from people.models import MOST_TAGS, Candidate, City, Invitation
from people.services.invitations import invite
from people.services.tags import change_tags
from scheduling.models import Booking, InterviewEvent, WaitingEntry
from scheduling.services.merging import merge_into, take_apart
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeCandidate, MakeSlot


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def old(make_candidate: MakeCandidate) -> Candidate:
    """The entry that goes."""
    return make_candidate(first_name="Мария", last_name="Кузнецова")


def set_on(person: Candidate, **values: Any) -> None:
    Candidate.objects.filter(pk=person.pk).update(**values)


def entry(person: Candidate) -> Candidate:
    return Candidate.objects.get(pk=person.pk)


def waits_for(person: Candidate, event: InterviewEvent) -> None:
    about = {"telegram_id": person.telegram_id, "name": str(person), "event": event.title, "state": "waiting"}
    WaitingEntry.objects.create(user_id=person.pk, event_id=event.pk, joined_at=clock.now(), **about)


def tagged(*people: Candidate) -> None:
    """Each with more than half of the tags that a person may have, none of them another's."""
    for person in people:
        words = [f"{person.telegram_id} {number}" for number in range(MOST_TAGS // 2 + 1)]
        change_tags([person.pk], add=words, actor="anna")


@pytest.mark.parametrize(
    ("make_so", "told"),
    [
        (lambda kept, gone: set_on(gone, merged_into=ObjectId()), "merged already"),
        (lambda kept, gone: set_on(kept, merged_into=ObjectId()), "merged already"),
        (lambda kept, gone: set_on(kept, is_allowed=False), "put them back first"),
        (lambda kept, gone: set_on(kept, telegram_id=None), "account that has come in"),
        (tagged, "tags at most"),
    ],
    ids=["gone", "kept", "off the list", "no account", "tags"],
)
def test_what_can_not_be_merged_says_why(
    maria: Candidate, old: Candidate, make_so: Callable[[Candidate, Candidate], object], told: str
) -> None:
    """Guard: ``_check``. Nor is an entry merged with itself."""
    make_so(maria, old)
    with pytest.raises(RefusedError, match=told):
        merge_into(maria.pk, old.pk, actor="anna")
    with pytest.raises(RefusedError):
        merge_into(maria.pk, maria.pk, actor="anna")
    assert entry(old).is_allowed


@pytest.mark.parametrize(("hours", "clash"), [(0, True), (1, False)])
def test_two_interviews_at_one_time_stand_in_the_way_whatever_their_events(
    maria: Candidate, old: Candidate, make_slot: MakeSlot, hours: int, clash: bool
) -> None:
    """Guard: ``overlaps`` in ``_clash``."""
    other = InterviewEvent.objects.create(title="Другое событие")
    for person, slot in ((maria, make_slot()), (old, make_slot(timedelta(days=2, hours=hours), of=other))):
        book_for(int(person.telegram_id or 0), str(slot.pk), actor="anna", reason="")
    if clash:
        with pytest.raises(RefusedError, match="at the same time"):
            merge_into(maria.pk, old.pk, actor="anna")
    else:
        merge_into(maria.pk, old.pk, actor="anna")
    assert set(collection("bookings").distinct("user_id")) == {maria.pk} | ({old.pk} if clash else set())


def test_a_seat_that_is_not_there_any_more_stops_the_merge(
    maria: Candidate, old: Candidate, make_slot: MakeSlot
) -> None:
    """Guard: ``GuardFailedError`` in ``_bookings_to``: nobody holds a seat that another has. Nothing is written."""
    book_for(int(old.telegram_id or 0), str(make_slot().pk), actor="anna", reason="")
    collection("interview_slots").update_one({}, {"$set": {"booked_users": []}})
    with pytest.raises(GuardFailedError):
        merge_into(maria.pk, old.pk, actor="anna")
    assert (Booking.objects.get().user_id, entry(old).is_allowed) == (old.pk, True)


def test_who_waits_twice_waits_once_until_they_are_two_again(
    maria: Candidate, old: Candidate, event: InterviewEvent
) -> None:
    """Guard: ``left`` in ``_move_waiting``."""
    for person in (maria, old):
        waits_for(person, event)

    def waiting() -> list[Document]:
        return list(collection("waiting_list").find({}, {"_id": 0, "user_id": 1, "state": 1}).sort("joined_at", 1))

    before = waiting()
    merge_into(maria.pk, old.pk, actor="anna")
    assert [(row["user_id"], row["state"]) for row in waiting()] == [(maria.pk, "waiting"), (maria.pk, "left")]
    take_apart(maria.pk, old.pk, actor="anna")
    assert waiting() == before


def test_the_links_of_who_goes_let_nobody_in(maria: Candidate, make_candidate: MakeCandidate) -> None:
    """Guard: ``revoke_of`` in ``merge_into``."""
    awaited = make_candidate(telegram_id=None)
    invite([awaited], actor="anna")
    merge_into(maria.pk, awaited.pk, actor="anna")
    assert Invitation.objects.get().revoked_at is not None


def test_what_one_lacks_comes_from_the_other_and_is_found_by(
    make_candidate: MakeCandidate, old: Candidate, moscow: City
) -> None:
    """Undone, what was changed since stays. Guards: ``_FILLED`` and ``name_words`` in ``_join``, ``back`` in
    ``_part``."""
    set_on(old, city_id=moscow.pk)
    kept = make_candidate(first_name="Маша", last_name="")
    merge_into(kept.pk, old.pk, actor="anna")
    assert (entry(kept).last_name, entry(kept).city_id) == ("Кузнецова", moscow.pk)
    assert "кузнецова" in entry(kept).words
    set_on(kept, last_name="Ким")
    take_apart(kept.pk, old.pk, actor="anna")
    assert (entry(kept).last_name, entry(kept).city_id) == ("Ким", None)


def test_an_undone_merge_takes_back_what_it_brought_and_nothing_else(maria: Candidate, old: Candidate) -> None:
    """By its newest record. Guards: ``tags_added``, ``was_allowed``, and the order in ``_record``."""
    change_tags([maria.pk, old.pk], add=["both"], actor="anna")
    change_tags([old.pk], add=["hers"], actor="anna")
    merge_into(maria.pk, old.pk, actor="anna")
    take_apart(maria.pk, old.pk, actor="anna")
    assert (entry(maria).tags, entry(old).is_allowed) == (["both"], True)
    set_on(old, is_allowed=False)
    change_tags([maria.pk], add=["hers"], actor="anna")
    merge_into(maria.pk, old.pk, actor="anna")
    take_apart(maria.pk, old.pk, actor="anna")
    assert (sorted(entry(maria).tags), entry(old).is_allowed) == (["both", "hers"], False)


@pytest.mark.parametrize("taken", [True, False])
def test_who_was_awaited_by_a_name_is_so_again_unless_another_is(
    maria: Candidate, make_candidate: MakeCandidate, taken: bool
) -> None:
    """Guard: ``taken`` in ``_part``: one name lets one person in."""
    awaited = make_candidate(telegram_id=None, username="vera", awaited_username="vera")
    merge_into(maria.pk, awaited.pk, actor="anna")
    if taken:
        make_candidate(telegram_id=None, username="vera", awaited_username="vera")
    take_apart(maria.pk, awaited.pk, actor="anna")
    assert entry(awaited).awaited_username == (None if taken else "vera")
