"""Slots, events, places, people's bookings, recipients."""

from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from django.test import Client

from broadcasts.models import AnnouncementChat, Broadcast
from broadcasts.services.starting import Announcement, start_broadcast
from common import clock
from common.mongo import collection
from people.models import Candidate, City, ContactSettings, Recruiter
from scheduling.models import Booking, InterviewEvent, InterviewSlot
from scheduling.services.staff_commands import book_for, cancel_booking
from shared_contracts.attendance import Attendance
from shared_contracts.directory import BookingView, Page, Problem, Recipient, SlotView
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking


def slots(bot: Client, query: str) -> Page[SlotView]:
    response = bot.get(f"/api/available-slots?{query}")
    assert response.status_code == 200, response.content
    return Page[SlotView].model_validate_json(response.content)


def test_slots_come_by_start_with_all_that_is_shown(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, moscow: City, olga: Recruiter
) -> None:
    later = make_slot(timedelta(days=3))
    slot = make_slot(timedelta(days=1), capacity=4, recruiter=olga)
    page = slots(bot, f"event={event.pk}")
    assert [view.id for view in page.results] == [str(slot.pk), str(later.pk)]
    view = page.results[0]
    assert (view.free, view.location, view.room, view.duration_minutes) == (4, "Офис на Тверской", "3.14", 20)
    assert (view.starts_at - view.closes_at) == timedelta(hours=2)
    assert view.city.model_dump() == {"id": str(moscow.pk), "name": "Москва", "timezone": "Europe/Moscow"}
    assert view.recruiter and view.recruiter.name == "Ольга Смирнова"
    assert view.event.name == event.title


def test_full_closed_inactive_and_past_slots_are_not_offered(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, maria: Candidate
) -> None:
    full = make_slot()
    book_for(maria.telegram_id, str(full.pk), actor="anna", reason="")
    make_slot(is_active=False)
    make_slot(timedelta(hours=1))  # closed an hour ago
    make_slot(timedelta(days=-1))
    good = make_slot()
    assert [view.id for view in slots(bot, f"event={event.pk}").results] == [str(good.pk)]


def test_a_closed_event_offers_slots_for_moves_alone(bot: Client, make_slot: MakeSlot) -> None:
    """FR6. Guard: ``for_move`` in ``_events_of``."""
    closed = InterviewEvent.objects.create(title="Закрытый набор", is_open=False)
    slot = make_slot(of=closed)
    make_slot(of=closed, is_active=False)
    assert slots(bot, f"event={closed.pk}").results == []
    assert [view.id for view in slots(bot, f"event={closed.pk}&for_move=true").results] == [str(slot.pk)]


def test_slots_are_filtered_by_city_recruiter_and_time(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter
) -> None:
    vladivostok = City.objects.create(name="Владивосток", timezone="Asia/Vladivostok")
    there = make_slot(city=vladivostok)
    hers = make_slot(recruiter=olga)
    late = make_slot(timedelta(days=5))
    after = (clock.now() + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for query, expected in [
        (f"city={vladivostok.pk}", there),
        (f"recruiter={olga.pk}", hers),
        (f"from={after}", late),
    ]:
        assert [view.id for view in slots(bot, f"event={event.pk}&{query}").results] == [str(expected.pk)]


def test_slots_that_start_together_are_all_paged_through(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot
) -> None:
    made = {str(make_slot().pk) for _ in range(8)}
    together = list(made)[:5]
    moment = clock.now() + timedelta(days=3)
    InterviewSlot.objects.filter(pk__in=together).update(starts_at=moment, ends_at=moment + timedelta(minutes=20))
    seen: list[str] = []
    url: str | None = f"/api/available-slots?event={event.pk}&limit=2"
    while url:
        page = Page[SlotView].model_validate_json(bot.get(url).content)
        seen += [view.id for view in page.results]
        url = page.next
    assert len(seen) == 8 and set(seen) == made


@pytest.mark.parametrize(
    "moment", ["tomorrow", "2026-13-01T00:00:00Z", "2026-11-21T10:00:00", "1763719200", "0001-01-01T00:00:00%2B14:00"]
)
def test_a_wrong_from_is_named_with_the_fix(bot: Client, event: InterviewEvent, moment: str) -> None:
    response = bot.get(f"/api/available-slots?event={event.pk}&from={moment}")
    (error,) = Problem.model_validate_json(response.content).errors
    assert (response.status_code, error.field) == (400, "from")
    assert "2026-03-01T09:00:00Z" in error.message


def test_without_an_event_the_slots_of_all_open_events_come_soonest_first(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """FR3: the brief's own call. Guard: ``_events_of``."""
    other = InterviewEvent.objects.create(title="Набор аналитиков")
    expected = [make_slot(timedelta(days=day), of=of) for day, of in ((1, event), (2, other), (3, event), (4, other))]
    make_slot(timedelta(days=1), of=InterviewEvent.objects.create(title="Закрытый набор", is_open=False))
    make_slot(timedelta(hours=1), of=other)  # closed an hour ago
    full = make_slot(of=other)
    book_for(maria.telegram_id, str(full.pk), actor="anna", reason="")
    url: str | None = "/api/available-slots?limit=3"
    seen: list[SlotView] = []
    while url:
        page = Page[SlotView].model_validate_json(bot.get(url).content)
        seen += page.results
        url = page.next
    assert [(view.id, view.event.name) for view in seen] == [(str(slot.pk), slot.event.title) for slot in expected]
    hers = make_slot(timedelta(days=5), of=other, recruiter=olga)
    assert [view.id for view in slots(bot, f"recruiter={olga.pk}").results] == [str(hers.pk)]


@pytest.mark.parametrize("named", [True, False])
def test_unchanged_slots_cost_a_short_answer(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, named: bool
) -> None:
    make_slot()
    url = f"/api/available-slots?event={event.pk}" if named else "/api/available-slots"
    etag = bot.get(url).headers["ETag"]
    assert bot.get(url, headers={"If-None-Match": etag}).status_code == 304
    make_slot()
    assert bot.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_events_recruiters_cities_and_the_contact(
    bot: Client, event: InterviewEvent, olga: Recruiter, moscow: City, default_contact: ContactSettings
) -> None:
    InterviewEvent.objects.create(title="Закрытый набор", is_open=False)
    Recruiter.objects.create(name="Бывший", is_active=False)
    City.objects.create(name="Омск", timezone="Asia/Omsk")
    assert [row["title"] for row in bot.get("/api/events").json()["results"]] == [event.title]
    assert [row["name"] for row in bot.get("/api/recruiters").json()["results"]] == [olga.name]
    contacts = {row["name"]: row["contact_url"] for row in bot.get("/api/cities").json()["results"]}
    assert contacts == {"Москва": moscow.contact_url, "Омск": default_contact.contact_url}
    assert bot.get("/api/contact").json() == {"contact_url": default_contact.contact_url}


def test_events_name_the_cities_where_they_are_held_though_no_seat_is_free(
    bot: Client, event: InterviewEvent, make_slot: MakeSlot, moscow: City
) -> None:
    """R7. Guards: ``held``, and closed cities named by none."""
    full, lately, long_ago, closed, off = (City.objects.create(name=name) for name in "ДГВБА")
    make_slot(city=moscow)
    make_slot(city=full, booked_users=[ObjectId()], has_room=False)
    make_slot(timedelta(days=-29), city=lately)
    make_slot(timedelta(days=-31), city=long_ago)
    make_slot(city=closed)
    make_slot(city=off, is_active=False)
    City.objects.filter(pk=closed.pk).update(is_active=False)
    other = InterviewEvent.objects.create(title="Другое")
    found = {row["id"]: [city["name"] for city in row["cities"]] for row in bot.get("/api/events").json()["results"]}
    assert found == {str(event.pk): ["Г", "Д", "Москва"], str(other.pk): []}


def test_short_lists_are_paged_as_well(bot: Client) -> None:
    for name in ("Москва", "Омск", "Пермь"):
        City.objects.create(name=name)
    first = bot.get("/api/cities?limit=2").json()
    second = bot.get(first["next"]).json()
    assert [row["name"] for row in first["results"] + second["results"]] == ["Москва", "Омск", "Пермь"]
    assert second["next"] is None


def test_a_persons_live_bookings_are_told_with_their_slots(
    bot: Client, make_slot: MakeSlot, maria: Candidate, ivan: Candidate
) -> None:
    slot = make_slot(capacity=2)
    InterviewEvent.objects.update(description="О вас", bring="паспорт", bring_en="your passport")
    for person in (maria, ivan):
        book_for(person.telegram_id, str(slot.pk), actor="anna", reason="")
    url = f"/api/bookings?telegram_id={maria.telegram_id}"
    (view,) = Page[BookingView].model_validate_json(bot.get(url).content).results
    assert (view.slot.id, view.slot.free, view.status, view.version) == (str(slot.pk), 0, "booked", 1)
    read = (view.description_in("en"), view.bring_in("ru"), view.bring_in("en"))
    assert read == ("О вас", "паспорт", "your passport")
    (shown,) = bot.get("/api/events").json()["results"]
    assert (shown["description"], shown["bring"], shown["bring_en"]) == ("О вас", "паспорт", "your passport")
    cancel_booking(view.id, expected_version=1, actor="anna", reason="")
    rest: dict[str, list[str]] = {"refused_slot_ids": [], "refused_event_ids": []}
    assert bot.get(url).json() == {"results": [], "next": None, **rest, "waiting": []}
    entry = {"user_id": maria.pk, "event_id": slot.event_id, "city_id": None}
    collection("waiting_list").insert_many([{**entry, "state": "left"}, {**entry, "state": "waiting"}])
    assert bot.get(url).json()["waiting"] == [{"event_id": str(slot.event_id), "city_id": None, "turned_down": True}]
    collection("interview_slots").update_one({"_id": slot.pk}, {"$set": {"starts_at": clock.now()}})
    assert not bot.get(url).json()["waiting"][0]["turned_down"]


def test_a_persons_booking_is_told_with_their_answer_and_the_time_on_offer(
    bot: Client, make_slot: MakeSlot, maria: Candidate, olga: Recruiter
) -> None:
    """R8."""
    other = make_slot(timedelta(days=3), recruiter=olga)
    asking.outcome(asking.book(maria, make_slot(recruiter=olga)))
    asking.outcome(asking.says(maria, asking.the_booking(maria), Attendance.RESCHEDULE_ASKED))
    asking.outcome(asking.offer_time(olga, asking.the_booking(maria), other))
    content = bot.get(f"/api/bookings?telegram_id={maria.telegram_id}").content
    (view,) = Page[BookingView].model_validate_json(content).results

    assert view.attendance is Attendance.RESCHEDULE_ASKED
    assert view.offered_slot and view.offered_slot.id == str(other.pk)


def test_a_booking_that_is_over_is_not_told(bot: Client, make_slot: MakeSlot, maria: Candidate) -> None:
    book_for(maria.telegram_id, str(make_slot().pk), actor="anna", reason="")
    past = clock.now() - timedelta(minutes=1)
    Booking.objects.update(ends_at=past)
    assert bot.get(f"/api/bookings?telegram_id={maria.telegram_id}").json()["results"] == []


def broadcast(event: InterviewEvent, **fields: object) -> Broadcast:
    order: dict[str, Any] = {"text": "Привет", "audience": "all", **fields}
    return start_broadcast(str(event.pk), Announcement(**order), actor="anna")


def test_a_broadcasts_recipients_are_paged_and_can_be_written_to(
    bot: Client, event: InterviewEvent, make_candidate: MakeCandidate
) -> None:
    started = [make_candidate(started_at=clock.now()).telegram_id for _ in range(5)]
    make_candidate()  # never started the bot
    make_candidate(started_at=clock.now(), blocked_at=clock.now())
    make_candidate(started_at=clock.now(), is_allowed=False)
    make_candidate(telegram_id=None)  # has not come in yet
    url: str | None = f"/api/broadcasts/{broadcast(event).pk}/recipients?limit=2"
    seen: list[int] = []
    while url:
        page = Page[Recipient].model_validate_json(bot.get(url).content)
        assert all(row.chat_id == row.user_telegram_id for row in page.results)
        seen += [row.chat_id for row in page.results]
        url = page.next
    assert sorted(seen) == started


def test_a_broadcast_to_chats_has_no_recipients(bot: Client, event: InterviewEvent) -> None:
    AnnouncementChat.objects.create(title="Объявления", chat_id=-100)
    made = broadcast(event, audience="", chat_ids=(-100,))
    assert bot.get(f"/api/broadcasts/{made.pk}/recipients").json() == {"results": [], "next": None}


@pytest.mark.parametrize("broadcast_id", ["6b0210a10ebbd9947507d2a0", "something", "6b02"])
def test_an_unknown_broadcast_is_not_found(bot: Client, broadcast_id: str) -> None:
    assert bot.get(f"/api/broadcasts/{broadcast_id}/recipients").status_code == 404


def test_a_recruiter_is_told_with_zone_id_and_link(bot: Client, olga: Recruiter) -> None:
    """R3, R4, R10: cards go to their id, in their city's zone; who has not come in has none."""
    omsk = City.objects.create(name="Омск", timezone="Asia/Omsk")
    Recruiter.objects.create(name="Вера", city=omsk, username="vera_kim")
    Recruiter.objects.create(name="Пётр", telegram_id=5003, started_at=clock.now(), username="petr", city=omsk)
    Recruiter.objects.create(name="Лев", contact_url="https://t.me/lev_hr")
    rows = {row["name"]: row for row in bot.get("/api/recruiters").json()["results"]}
    told = {name: (row["telegram_id"], row["timezone"], row["contact_url"]) for name, row in rows.items()}
    assert told == {
        "Ольга Смирнова": (5001, "Europe/Moscow", None),
        "Вера": (None, "Asia/Omsk", None),  # her username may be nobody's yet, or a slip of the pen
        "Пётр": (5003, "Asia/Omsk", "https://t.me/petr"),
        "Лев": (None, "Europe/Moscow", "https://t.me/lev_hr"),
    }


@pytest.mark.parametrize(
    ("fields", "awaited"),
    [
        ({}, True),
        ({"is_allowed": False}, False),
        ({"telegram_id": 1042}, False),
    ],
)
def test_an_awaited_username_is_told_whatever_its_case(bot: Client, fields: dict[str, object], awaited: bool) -> None:
    """R10."""
    Candidate.objects.create(first_name="Глеб", username="Gleb_S", **fields)
    assert bot.get("/api/awaited-usernames?username=gLeb_s").json() == {"username": "gLeb_s", "awaited": awaited}


def test_a_recruiters_username_is_awaited_too_while_they_are_active(bot: Client) -> None:
    Recruiter.objects.create(name="Вера", username="vera_kim")
    Recruiter.objects.create(name="Лев", username="lev", is_active=False)
    awaited = [
        bot.get(f"/api/awaited-usernames?username={name}").json()["awaited"] for name in ("vera_kim", "lev", "x")
    ]
    assert awaited == [True, False, False]


@pytest.mark.parametrize("query", ["", "?username=", "?username=@gleb", "?username=%D0%B3%D0%BB%D0%B5%D0%B1"])
def test_a_wrong_username_is_named_with_the_fix(bot: Client, query: str) -> None:
    response = bot.get(f"/api/awaited-usernames{query}")
    (error,) = Problem.model_validate_json(response.content).errors
    assert (response.status_code, error.field) == (400, "username")
    assert "without the @" in error.message


def test_who_was_let_in_once_is_known_as_what(bot: Client, maria: Candidate, olga: Recruiter) -> None:
    """People who are let in, and strangers, are none of them."""
    for telegram_id in (maria.telegram_id, olga.telegram_id, 4040):
        answer = bot.get(f"/api/former-people?telegram_id={telegram_id}").json()
        assert (answer["candidate"], answer["recruiter"]) == (False, False)
    Candidate.objects.update(is_allowed=False)
    Recruiter.objects.update(is_active=False)
    assert bot.get(f"/api/former-people?telegram_id={maria.telegram_id}").json()["candidate"] is True
    assert bot.get(f"/api/former-people?telegram_id={olga.telegram_id}").json()["recruiter"] is True
