"""Whom a broadcast reaches: each audience, its count, its list, and what MongoDB does to find them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId

from broadcasts.models import Again, Audience, Broadcast, BroadcastDelivery, Exclusion
from broadcasts.services.audience import WRITTEN_LATELY, Reach, Readers, people, reach, readers_of
from common import clock
from common.mongo import collection, connection
from people.models import Candidate, City
from people.services.tags import change_tags
from scheduling.models import InterviewEvent, WaitingEntry
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeCandidate, MakeSlot

KINDS = [kind for kind in Audience if kind is not Audience.CITY]


@pytest.fixture
def booked(event: InterviewEvent, make_slot: MakeSlot, make_candidate: MakeCandidate) -> Candidate:
    """Booked, and answered the questionnaire."""
    person = make_candidate(started_at=clock.now())
    book_for(person.telegram_id, str(make_slot().pk), actor="anna", reason="")
    answers = {"candidate_id": person.pk, "event_id": event.pk, "current": True}
    collection("questionnaire_answers").insert_one(answers)
    return person


@pytest.fixture
def waiting(event: InterviewEvent, make_candidate: MakeCandidate) -> Candidate:
    """Waits for a seat."""
    person = make_candidate(started_at=clock.now())
    WaitingEntry.objects.create(
        user_id=person.pk,
        event_id=event.pk,
        joined_at=clock.now(),
        state="waiting",
        telegram_id=person.telegram_id,
        name="-",
        event=event.title,
    )
    return person


@pytest.fixture
def fresh(make_candidate: MakeCandidate, moscow: City) -> Candidate:
    """In Moscow, and has done nothing yet."""
    make_candidate(city=moscow)  # never started the bot
    make_candidate(city=moscow, started_at=clock.now(), blocked_at=clock.now())
    make_candidate(started_at=clock.now(), is_allowed=False)
    return make_candidate(started_at=clock.now(), city=moscow)


def test_each_audience_has_its_people_and_its_count_is_its_lists(
    event: InterviewEvent, moscow: City, booked: Candidate, waiting: Candidate, fresh: Candidate
) -> None:
    """Guards: ``_wanted``, ``_unwanted``, ``IN_REACH``; the same people are counted, listed and written to."""
    every = {booked: "booked", waiting: "waiting", fresh: "fresh"}
    change_tags([waiting.pk, fresh.pk], add=["vip"], actor="anna")
    everybody = Readers(Audience.ALL, event.pk)
    expected = {
        everybody: "booked waiting fresh",
        replace(everybody, audience=Audience.NO_BOOKING): "waiting fresh",
        replace(everybody, audience=Audience.BOOKED): "booked",
        replace(everybody, audience=Audience.SILENT): "booked",
        replace(everybody, audience=Audience.WAITING): "waiting",
        replace(everybody, audience=Audience.ANSWERED): "booked",
        replace(everybody, audience=Audience.UNANSWERED): "waiting fresh",
        replace(everybody, audience=""): "",
        replace(everybody, city_id=moscow.pk): "fresh",
        replace(everybody, tag="vip"): "waiting fresh",
        replace(everybody, tag="vip", city_id=moscow.pk): "fresh",
        replace(everybody, tag="nobody's"): "",
        replace(everybody, audience=Audience.BOOKED, event_id=ObjectId()): "",
        replace(everybody, excludes=(Exclusion.BOOKED, Exclusion.WAITING)): "fresh",
    }
    for readers, names in expected.items():
        listed = [row["telegram_id"] for row in people(readers, None, 50)]
        assert sorted(name for person, name in every.items() if person.telegram_id in listed) == sorted(names.split())
        assert (reach(readers).people, len(listed)) == (len(listed), len(names.split())), readers
        assert reach(readers).unreachable == len(people(readers, None, 50, reached=False)), readers
    assert (reach(everybody).unreachable, reach(Readers(Audience.BOOKED, event.pk)).unreachable) == (2, 0)


def test_again_goes_to_those_of_the_earlier_one_alone(
    event: InterviewEvent,
    booked: Candidate,
    waiting: Candidate,
    fresh: Candidate,
    make_slot: MakeSlot,
    make_candidate: MakeCandidate,
) -> None:
    """Who was booked before it has not booked since. Guards: ``_to_again``, ``booked_since``, and ``itself``: a
    broadcast does not leave out whom it has just written to."""
    began = clock.now() - timedelta(minutes=1)
    earlier = Broadcast.objects.create(event=event, message_text="Раз", audience="all", started_by="a", began_at=began)
    ends = ((booked, "sent", None), (waiting, "failed", None), (fresh, "sent", clock.now()))
    for person, status, pressed_at in ends:
        BroadcastDelivery.objects.create(
            broadcast_id=earlier.pk, chat_id=person.telegram_id, status=status, pressed_at=pressed_at
        )
    BroadcastDelivery.objects.create(broadcast_id=earlier.pk, chat_id=-100, status="failed")
    collection("bookings").update_one({}, {"$set": {"created_at": began - timedelta(days=1)}})
    other = make_candidate(started_at=clock.now())
    book_for(other.telegram_id, str(make_slot(timedelta(days=3)).pk), actor="anna", reason="")
    BroadcastDelivery.objects.create(broadcast_id=earlier.pk, chat_id=other.telegram_id, status="sent")

    def found(readers: Readers) -> list[int]:
        return [row["telegram_id"] for row in people(readers, None, 50)]

    everybody = Readers(Audience.ALL, event.pk, again_of=earlier.pk)
    assert found(replace(everybody, again_to=Again.FAILED)) == [waiting.telegram_id]
    assert found(replace(everybody, again_to=Again.UNPRESSED)) == [booked.telegram_id, other.telegram_id]
    assert found(replace(everybody, again_to=Again.UNBOOKED)) == [booked.telegram_id, fresh.telegram_id]
    written = Readers(Audience.ALL, event.pk, excludes=(Exclusion.WRITTEN,))
    assert found(written) == [waiting.telegram_id]
    assert len(found(replace(written, itself=earlier.pk))) == len(ends) + 1
    assert readers_of(earlier).itself == earlier.pk


def test_who_was_written_to_lately_is_left_out_and_nobody_else_for_it(
    event: InterviewEvent, booked: Candidate, waiting: Candidate, fresh: Candidate
) -> None:
    """Guards: ``WRITTEN_LATELY``, ``is_test``, ``event_id`` and ``_ARRIVED`` in ``_written_lately``."""
    other = InterviewEvent.objects.create(title="Другое событие")
    now = clock.now()

    def wrote(person: Candidate, status: str = "sent", **fields: Any) -> None:
        about = {"event": event, "message_text": "Раз", "audience": "all", "started_by": "a", "began_at": now}
        made = Broadcast.objects.create(**{**about, **fields})
        BroadcastDelivery.objects.create(broadcast_id=made.pk, chat_id=person.telegram_id, status=status)

    def left_out() -> set[int]:
        written = Readers(Audience.ALL, event.pk, excludes=(Exclusion.WRITTEN,))
        found = {row["telegram_id"] for row in people(written, None, 50)}
        return {int(person.telegram_id or 0) for person in (booked, waiting, fresh)} - found

    wrote(booked, began_at=now - WRITTEN_LATELY - timedelta(minutes=1))
    wrote(waiting, is_test=True)
    wrote(fresh, event=other)
    assert left_out() == set()
    wrote(booked, began_at=now - WRITTEN_LATELY + timedelta(minutes=1))
    wrote(waiting, status="uncertain")
    assert left_out() == {booked.telegram_id, waiting.telegram_id}


def test_what_is_over_makes_nobody_booked_or_waiting(
    event: InterviewEvent, booked: Candidate, waiting: Candidate, fresh: Candidate
) -> None:
    """Guards: ``live`` and ``attendance`` in ``_booked``, ``state`` in ``_waiting``, ``current`` in ``_answered``."""

    def found(audience: Audience) -> set[int]:
        return {row["telegram_id"] for row in people(Readers(audience, event.pk), None, 50)}

    everybody = {person.telegram_id for person in (booked, waiting, fresh)}
    collection("bookings").update_one({}, {"$set": {"attendance": "confirmed"}})
    assert (found(Audience.SILENT), found(Audience.BOOKED)) == (set(), {booked.telegram_id})
    collection("bookings").update_one({}, {"$set": {"live": False}})
    collection("waiting_list").update_one({}, {"$set": {"state": "left"}})
    collection("questionnaire_answers").update_one({}, {"$set": {"current": False}})
    assert [found(kind) for kind in (Audience.BOOKED, Audience.WAITING, Audience.ANSWERED)] == [set()] * 3
    assert found(Audience.NO_BOOKING) == found(Audience.UNANSWERED) == everybody


def test_the_night_is_each_readers_own_and_the_proposed_morning_finds_nobody_asleep() -> None:
    """Guards: ``asleep``, ``morning``."""
    found = Reach(zones=Counter({"Europe/Moscow": 3, "Asia/Vladivostok": 2}))
    evening = datetime(2026, 12, 1, 16, tzinfo=UTC)  # 19:00 in Moscow, 02:00 in Vladivostok
    assert (found.people, found.asleep(evening), found.asleep(evening + timedelta(hours=4))) == (5, 2, 5)
    assert found.morning(evening) == datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert found.asleep(found.morning(evening)) == 0


MANY = ("users", "bookings", "waiting_list", "questionnaire_answers", "broadcast_deliveries")


@pytest.fixture
def profiled() -> Iterator[Any]:
    """What MongoDB did from here on, by its own account."""
    database = connection.get_database()
    database.command("profile", 2)
    yield database["system.profile"]
    database.command("profile", 0)
    database.drop_collection("system.profile")


def test_an_audience_is_found_by_indexes(
    event: InterviewEvent, moscow: City, booked: Candidate, waiting: Candidate, fresh: Candidate, profiled: Any
) -> None:
    """Guards: ``users_reach``, ``bookings_in_event``, ``bookings_since``, ``deliveries_status`` and their like."""
    earlier = Broadcast.objects.create(event=event, message_text="Раз", started_by="a", began_at=clock.now())
    every = [
        Readers(kind, event.pk, excludes=tuple(Exclusion), city_id=city) for kind in KINDS for city in (None, moscow.pk)
    ]
    every.append(Readers(Audience.ALL, event.pk, tag="vip"))
    every += [Readers(Audience.ALL, event.pk, again_of=earlier.pk, again_to=to) for to in Again]
    for readers in every:
        reach(readers)
        people(readers, str(fresh.pk), 50)
    done = [row for row in profiled.find({"planSummary": {"$exists": True}}) if row["ns"].endswith(MANY)]
    assert {row["ns"].rpartition(".")[2] for row in done} == set(MANY)
    assert [row["command"] for row in done if "COLLSCAN" in row["planSummary"]] == []
