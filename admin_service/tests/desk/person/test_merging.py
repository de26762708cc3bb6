"""Two entries of one person become one, and can be taken apart again."""

from datetime import timedelta

import pytest
from bson import Int64
from django.test import Client
from django.urls import reverse

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.refusals import RefusedError
from messaging.models import OutboxMessage
from people.models import Candidate
from people.services.notes import take_note
from people.services.people import restore_candidates
from people.services.tags import change_tags
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.merging import merge_into, take_apart
from scheduling.services.staff_commands import book_for, cancel_booking
from shared_contracts.notification import NotificationKind
from tests.conftest import MakeCandidate, MakeSlot
from tests.desk.conftest import Text
from tests.helpers.card_tools import news


def answered(person: Candidate, event: InterviewEvent, hours_ago: int) -> None:
    """They came to the end of the event's questionnaire so long ago."""
    row: dict[str, object] = {"candidate_id": person.pk, "telegram_id": Int64(person.telegram_id or 0)}
    row |= {"event_id": event.pk, "current": True, "answered_at": clock.now() - timedelta(hours=hours_ago)}
    row |= {
        "event": event.title,
        "version": 1,
        "status": "passed",
        "reason": None,
        "answers": [],
        "person": str(person),
    }
    collection("questionnaire_answers").insert_one(row)


def stored() -> dict[str, list[object]]:
    """All that a merge moves, but for when it was last touched."""
    names = ("users", "bookings", "interview_slots", "questionnaire_answers", "waiting_list")
    volatile = {
        "updated_at",
        "listed_at",
        "decisions",
        "card_revision",
        "card_holders",
        "card_readers",
        "last_act",
        "search",
    }
    return {
        name: [
            {key: value for key, value in row.items() if key not in volatile}
            for row in collection(name).find().sort("_id", 1)
        ]
        for name in names
    }


@pytest.fixture
def old(maria: Candidate, make_candidate: MakeCandidate, make_slot: MakeSlot, event: InterviewEvent) -> Candidate:
    """Maria's first account: booked, tagged, noted, with answers that her second one has given anew."""
    first = make_candidate(first_name="Мария", last_name="П.", started_at=clock.now())
    book_for(int(first.telegram_id or 0), str(make_slot(capacity=2).pk), actor="anna", reason="")
    change_tags([first.pk], add=["vip"], actor="anna")
    change_tags([maria.pk], add=["analyst"], actor="anna")
    take_note(first.pk, "Просит утро", actor="anna")
    answered(first, event, hours_ago=3)
    answered(maria, event, hours_ago=1)
    return first


def test_everything_goes_over_at_once_and_nobody_is_told(
    text: Text, maria: Candidate, old: Candidate, event: InterviewEvent
) -> None:
    """Guards: ``_bookings_to``, ``_join``, ``hand_over``, ``_told_of_the_other``; the bot hears of its stale allow
    list alone."""
    OutboxMessage.objects.all().delete()
    merge_into(maria.pk, old.pk, actor="anna")
    booking, slot = Booking.objects.get(), InterviewSlot.objects.get()
    assert (booking.user_id, booking.telegram_id) == (maria.pk, maria.telegram_id)
    assert (booking.user.last_name, slot.booked_users) == ("Петрова", [maria.pk])
    merged, gone = Candidate.objects.get(pk=maria.pk), Candidate.objects.get(pk=old.pk)
    assert (merged.tags, gone.is_allowed, gone.merged_into) == (["analyst", "vip"], False, maria.pk)
    own = {"candidate_id": maria.pk, "event_id": event.pk}
    assert [row["current"] for row in collection("questionnaire_answers").find(own).sort("answered_at", 1)] == [
        False,
        True,
    ]
    assert {row.queue for row in OutboxMessage.objects.all()} <= {"bot.cache.invalidate", "bot.card.command"}
    page = text(reverse("admin:people_candidate_change", args=[maria.pk]))
    assert page.count("Просит утро") == 2  # among the notes and in the timeline
    part = page.partition('class="person-happenings"')[2]
    assert part.count("another entry merged into this one") == 1 and "merged into another entry" not in part
    assert "merged into" in text(reverse("admin:people_candidate_change", args=[old.pk]))
    assert "merged into another entry" in text(reverse("admin:people_candidate_change", args=[old.pk]))
    assert restore_candidates([str(old.pk)], actor="anna") == 0


def test_what_the_other_account_could_not_be_told_reaches_this_one(maria: Candidate, old: Candidate) -> None:
    """R4. Guards: ``chat_state`` in ``_tell``, ``user_telegram_id`` in ``_news_again``."""
    Candidate.objects.filter(pk=old.pk).update(started_at=None)
    cancel_booking(str(Booking.objects.get().pk), expected_version=1, actor="anna", reason="")
    collection("bookings").update_one({}, {"$set": {"candidate_by_hand": True}})
    known = len(news())
    merge_into(maria.pk, old.pk, actor="anna")
    assert (Booking.objects.get().candidate_by_hand, news()[known:]) == (True, []), "nor is Maria in reach yet"
    take_apart(maria.pk, old.pk, actor="anna")
    Candidate.objects.filter(pk=maria.pk).update(started_at=clock.now())
    merge_into(maria.pk, old.pk, actor="anna")
    assert Booking.objects.get().candidate_by_hand is False
    (missed,) = news()[known:]
    assert (missed.kind, missed.user_telegram_id) == (NotificationKind.BOOKING_CANCELLED, maria.telegram_id)


def test_a_merge_is_undone_by_its_record(maria: Candidate, old: Candidate) -> None:
    """Guards: ``_record``, ``_part``, ``hand_back``. All is as before, but for the trail."""
    before = stored()
    merge_into(maria.pk, old.pk, actor="anna")
    assert stored() != before
    take_apart(maria.pk, old.pk, actor="anna")
    after = stored()
    for rows in (before["users"], after["users"]):
        for row in rows:
            assert isinstance(row, dict)
            row.setdefault("merged_into", None)
    assert after == before
    with pytest.raises(RefusedError):
        take_apart(maria.pk, old.pk, actor="anna")


def test_two_bookings_of_one_event_stand_in_the_way(maria: Candidate, old: Candidate, make_slot: MakeSlot) -> None:
    """Guard: ``clashes_between``. Nothing is half done."""
    book_for(int(maria.telegram_id or 0), str(make_slot(timedelta(days=5)).pk), actor="anna", reason="")
    before = stored()
    with pytest.raises(RefusedError, match="Both have a booking"):
        merge_into(maria.pk, old.pk, actor="anna")
    assert stored() == before
    assert not AuditEntry.objects.filter(action="merged").exists()


def test_the_other_entry_is_chosen_by_name_and_may_be_taken_back(
    desk: Client, maria: Candidate, old: Candidate
) -> None:
    """Nobody is chosen beforehand, even where one alone is called so; only who merges without choosing is corrected."""
    merge, choose = reverse("admin:people_candidate_merge", args=[maria.pk]), "Choose the entry"
    for pressed, times in (({}, 1), ({"_merge": "1"}, 2)):
        assert desk.post(merge, {"called": "Мария", **pressed}).content.decode().count(choose) == times
    assert desk.post(merge, {"called": "Мария", "who": str(old.pk)}).status_code == 302
    assert Candidate.objects.get(pk=old.pk).merged_into == maria.pk
    apart = reverse("admin:people_candidate_part", args=[maria.pk])
    assert desk.post(apart, {"other": str(old.pk)}).status_code == 302
    assert Candidate.objects.get(pk=old.pk).is_allowed


def test_entries_that_another_has_taken_over_are_shown_where_they_are_asked_for(
    text: Text, maria: Candidate, old: Candidate
) -> None:
    """Guard: ``MergedFilter``."""
    merge_into(maria.pk, old.pk, actor="anna")
    people, address = (
        reverse("admin:people_candidate_changelist"),
        reverse("admin:people_candidate_change", args=[old.pk]),
    )
    assert address not in text(people) and address not in text(f"{people}?is_allowed__exact=0")
    assert address in text(f"{people}?merged=only")
    assert reverse("admin:people_candidate_change", args=[maria.pk]) not in text(f"{people}?merged=only")
