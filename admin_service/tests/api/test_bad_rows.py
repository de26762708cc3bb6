"""One row, or one value, that can't cross the wire stops neither a list nor a booking (I6).

The rows are written past the models, as another program or an older version would.
"""

from typing import Any

import pytest
from bson import ObjectId
from django.test import Client
from prometheus_client import REGISTRY

from broadcasts.models import Broadcast
from common import clock
from common.mongo import Document, collection
from message_templates.models import MessageTemplate
from people.models import Candidate, City, ContactSettings, Recruiter
from scheduling.consumer import request_of
from scheduling.models import InterviewEvent
from scheduling.services.batch import decide_one
from scheduling.services.staff_commands import book_for
from shared_contracts.directory import Problem
from tests.conftest import MakeCandidate, MakeSlot
from tests.helpers import asking

Spoil = tuple[str, dict[str, Any]]


def left_out(name: str, part: str) -> float:
    return REGISTRY.get_sample_value("slotdesk_left_out_total", {"collection": name, "part": part}) or 0.0


@pytest.fixture
def lists(
    event: InterviewEvent, make_slot: MakeSlot, olga: Recruiter, maria: Candidate, congratulation: MessageTemplate
) -> dict[str, str]:
    """Each list of the API by the collection its rows are in, with two rows of which the first will be spoilt."""
    City.objects.create(name="Омск", timezone="Asia/Omsk")
    Recruiter.objects.create(name="Павел", telegram_id=5002, started_at=clock.now())
    InterviewEvent.objects.create(title="Собеседование тестировщиков")
    Candidate.objects.create(telegram_id=1500, first_name="Иван", started_at=clock.now())
    collection("users").update_many({}, {"$set": {"started_at": clock.now()}})
    make_slot()
    make_slot()
    broadcast = Broadcast.objects.create(event=event, message_text="Приходите", audience="all", started_by="anna")
    return {
        "cities": "/api/cities",
        "recruiters": "/api/recruiters",
        "interview_events": "/api/events",
        "users": "/api/allowed-users",
        "interview_slots": f"/api/available-slots?event={event.pk}",
        "message_templates": "/api/templates",
        "recipients": f"/api/broadcasts/{broadcast.pk}/recipients",
    }


@pytest.mark.parametrize(
    ("name", "stored", "damage"),
    [
        ("cities", "cities", {"name": None}),
        ("recruiters", "recruiters", {"telegram_id": -5}),
        ("interview_events", "interview_events", {"title": None}),
        ("users", "users", {"telegram_id": 2**60, "is_allowed": True}),
        ("interview_slots", "interview_slots", {"max_users": "many"}),
        ("interview_slots", "interview_slots", {"city_id": ObjectId()}),
        ("message_templates", "message_templates", {"text": ""}),
        ("recipients", "users", {"telegram_id": 0}),
    ],
)
def test_a_list_leaves_a_bad_row_out_counted(
    name: str, stored: str, damage: Document, lists: dict[str, str], bot: Client
) -> None:
    """Guard: ``views``. The others are told all the same."""
    before, counted = bot.get(lists[name]).json()["results"], left_out(stored, "row")
    condition = {"telegram_id": {"$ne": None}} if stored == "users" else {}
    row = collection(stored).find_one(condition, sort=[("_id", 1)])
    assert row
    collection(stored).update_one({"_id": row["_id"]}, {"$set": damage})

    answer = bot.get(lists[name])

    assert (answer.status_code, len(answer.json()["results"])) == (200, len(before) - 1)
    assert left_out(stored, "row") == counted + 1


@pytest.mark.parametrize(
    "spoil",
    [
        ("cities", {"contact_url": "javascript:alert(1)"}),
        ("cities", {"contact_url": "https://localhost"}),
        ("cities", {"contact_url": "https://t.me/a b"}),
        ("cities", {"timezone": "Mars/Olympus"}),
        ("contact_settings", {"contact_url": "t.me/help"}),
        ("recruiters", {"contact_url": "", "username": "olga smirnova"}),
        ("recruiters", {"contact_url": "ftp://olga"}),
        ("users", {"username": "maria p"}),
        ("interview_slots", {"location": "x" * 300}),
    ],
)
def test_a_bad_value_stops_neither_lists_nor_bookings(
    spoil: Spoil,
    lists: dict[str, str],
    bot: Client,
    moscow: City,
    maria: Candidate,
    olga: Recruiter,
    make_slot: MakeSlot,
    default_contact: ContactSettings,
) -> None:
    """Guards: ``link``, ``username``, ``zone``. Seen: a link “Https://…” made five addresses answer 500."""
    name, damage = spoil
    slot = make_slot(recruiter=olga, capacity=3)
    lists |= {"contact": "/api/contact", "bookings": f"/api/bookings?telegram_id={maria.telegram_id}"}
    before = {url: bot.get(url).json() for url in lists.values()}
    collection(name).update_many({}, {"$set": damage})

    pressed = asking.book(maria, slot)
    seen = pressed.slot.model_copy(update={"place": None})  # it may be what is spoilt
    booked = decide_one(request_of(pressed.model_copy(update={"slot": seen})))

    assert booked.outcome == "booked" and booked.booking
    assert len(bot.get(lists["bookings"]).json()["results"]) == 1
    for url in lists.values():
        answer = bot.get(url)
        assert answer.status_code == 200
        if url != lists["bookings"]:
            assert len(answer.json().get("results", [])) == len(before[url].get("results", []))


@pytest.mark.parametrize("typed", ["Https://t.me/anna_moscow", "HTTPS://t.me/anna_moscow"])
def test_a_link_of_before_there_was_a_rule_is_told_as_telegram_takes_it(typed: str, bot: Client, moscow: City) -> None:
    collection("cities").update_one({"_id": moscow.pk}, {"$set": {"contact_url": typed}})
    assert bot.get("/api/cities").json()["results"][0]["contact_url"] == "https://t.me/anna_moscow"


def test_a_bad_neighbour_does_not_spoil_what_is_offered_instead(
    make_slot: MakeSlot, make_candidate: MakeCandidate
) -> None:
    """A full slot's answer names others: one of them is damaged."""
    full, bad, good = make_slot(), make_slot(), make_slot()
    book_for(make_candidate().telegram_id, str(full.pk), actor="anna", reason="")
    collection("interview_slots").update_one({"_id": bad.pk}, {"$set": {"room": 7}})

    answer = decide_one(request_of(asking.book(make_candidate(), full)))

    assert answer.outcome == "slot_full"
    assert [slot.id for slot in answer.alternatives] == [str(good.pk)]


@pytest.fixture
def version(event: InterviewEvent) -> str:
    """A published version of a questionnaire, spoilt."""
    questionnaire = ObjectId()
    row = {"questionnaire_id": questionnaire, "number": 1, "content": '{"id": "x"}'}
    collection("questionnaire_versions").insert_one(row)
    return f"/api/questionnaires/{questionnaire}/versions/1"


def test_a_bad_rows_own_address_answers_a_clear_problem(version: str, bot: Client) -> None:
    """Guard: ``problem_handler``."""
    answer = bot.get(version)
    problem = Problem.model_validate_json(answer.content)

    assert (answer.status_code, problem.status) == (409, 409)
    assert "Staff can put it right" in problem.detail
