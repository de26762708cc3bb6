"""The page that says whom a change concerns, with a browser: each kind of change once, from its button to the chat."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Page, expect

from acceptance.conftest import Api
from acceptance.desk import Desk
from acceptance.driving import Chats, Json, Person, Store, eventually
from local.stack import Stack

LIDA, PAVEL = 1006, 1097
BUTTON = ".desk-buttons button[type=submit]"


@dataclass
class World:
    """A city, a recruiter and an event of these tests alone, with two slots of two seats; ids by collection."""

    store: Store
    ids: dict[str, ObjectId] = field(default_factory=dict)
    slots: list[ObjectId] = field(default_factory=list)
    place: str = field(default_factory=lambda: f"Лофт-{ObjectId()}")

    def add(self, collection: str, **other: Any) -> ObjectId:
        """Another document like the first of the collection."""
        first = self.store.db[collection].find_one(sort=[("_id", 1)]) or {}
        made = {**first, "_id": ObjectId(), **other}
        self.store.db[collection].insert_one(made)
        return ObjectId(made["_id"])

    def slot(self, number: int) -> Json:
        """As it is stored."""
        return dict(self.store.db.interview_slots.find_one({"_id": self.slots[number]}) or {})


@pytest.fixture(scope="module")
def people(chats: Chats, store: Store) -> Iterator[tuple[Person, Person]]:
    """Lida and Pavel; the bot reaches Lida alone. They come before there is anything of these tests to choose from."""
    people = chats.person(LIDA, "Лида"), chats.person(PAVEL, "Павел")
    people[0].writes("/start")
    lida = eventually(
        lambda: store.db.users.find_one({"telegram_id": LIDA, "started_at": {"$ne": None}}), "she is known"
    )
    pavel = {"telegram_id": PAVEL, "first_name": "Павел", "username": "", "started_at": None, "blocked_at": None}
    store.db.users.insert_one({**lida, "_id": ObjectId(), **pavel})
    yield people
    store.db.users.update_one({"telegram_id": PAVEL}, {"$set": {"is_allowed": False}})


@pytest.fixture
def world(store: Store, people: tuple[Person, Person]) -> Iterator[World]:
    """Each test has its own, at a time of its own; afterwards nothing of it can be booked."""
    world = World(store)
    world.ids["city"] = world.add("cities", name=f"Тверь {ObjectId()}")
    terms = {"city_id": world.ids["city"], "telegram_id": None, "deputy_id": None}
    world.ids["recruiter"] = world.add("recruiters", name="Пётр Лапин", username="", **terms)
    world.ids["event"] = world.add("interview_events", title="Курьер", questionnaire_id=None, approval_required=False)
    (last,) = store.db.interview_slots.find().sort("starts_at", -1).limit(1)
    for hours in (1, 2):
        starts_at = last["starts_at"] + timedelta(hours=hours)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=20), "closes_at": starts_at}
        held = {f"{one}_id": world.ids[one] for one in ("city", "recruiter", "event")}
        free = {"booked_users": [], "max_users": 2, "has_room": True, "is_active": True, "video_link": ""}
        world.slots.append(
            world.add("interview_slots", location=world.place, room="1", office="", **times, **held, **free)
        )
    yield world
    store.db.interview_events.update_one({"_id": world.ids["event"]}, {"$set": {"is_open": False}})
    store.db.cities.update_one({"_id": world.ids["city"]}, {"$set": {"is_active": False}})
    store.db.recruiters.update_many({"city_id": world.ids["city"]}, {"$set": {"is_active": False}})


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """A page of Anna's own, on which nothing may go wrong unsaid."""
    page = desk.page.context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    page.close()
    assert wrong == []


@pytest.fixture
def booked(world: World, people: tuple[Person, Person], store: Store, api: Api) -> Iterator[Person]:
    """Lida, in the first slot, and Pavel with her."""
    slot = {"id": str(world.slots[0]), "event": {"id": str(world.ids["event"])}}
    outcomes = {api.book(person.id, slot, f"impact-{person.id}-{world.slots[0]}") for person in people}
    assert outcomes == {"booked"}
    yield people[0]
    store.db.users.update_many({"telegram_id": {"$in": [LIDA, PAVEL]}}, {"$set": {"is_allowed": True}})


def open_page(page: Page, stack: Stack, path: str) -> None:
    page.goto(f"{stack.env['ADMIN_URL']}/admin/{path}")


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """What the button that does it says; bookings of whom the bot does not reach end, too."""
    expect(page.locator(BUTTON).first).to_have_text(text)


def test_in_bulk_one_of_them_is_called_off_and_a_double_press_tells_once(
    stack: Stack, page: Page, world: World, booked: Person, store: Store
) -> None:
    """Only the fields of what is chosen are there. Guards: ``impact.js``, ``impact.css``."""
    open_page(page, stack, f"scheduling/interviewslot/?q={world.place}")
    page.locator("input.action-select").first.check()
    page.select_option("select[name=action]", "change_slots")
    page.click("button[name=index]")
    page.fill("[name=minutes]", "30")
    page.click("button[name=preview]")
    page.click("button[name=apply]")
    says(page, "Change and tell 1 person")
    for name in ("to_all", "untold_reason"):
        expect(page.locator(f"[name={name}]")).to_be_hidden()
    page.check("[name=for_all][value=silent]")
    expect(page.locator("[name=untold_reason]")).to_be_visible()
    expect(page.locator("[name=reason]")).to_be_hidden()
    says(page, "See what that means")
    page.check("[name=for_all][value=keep]")
    says(page, "Change and tell 1 person")
    key = store.bookings_of(LIDA)[-1]["_id"]
    page.locator(f"details:has([name=for_{key}]) summary").click()
    page.select_option(f"[name=for_{key}]", "cancel")
    expect(page.locator(f"[name=to_{key}]")).to_be_hidden()
    page.fill(f"[name=words_{key}]", "Смена занята")
    page.click(BUTTON)
    says(page, "Change, cancel 1 booking and tell 1 person")
    page.locator(BUTTON).first.dblclick()
    page.wait_for_url(re.compile(r"/interviewslot/(\?.*)?$"))
    booked.finds("Смена занята")
    assert not store.db.bookings.find_one({"_id": key, "live": True})
    assert len([one for one in booked.messages() if "Смена занята" in one.text]) == 1


def test_when_a_recruiter_leaves(stack: Stack, page: Page, world: World, booked: Person, store: Store) -> None:
    """Only the chosen way asks to whom it goes."""
    world.add("recruiters", name="Олег Рогов", username="", telegram_id=None, city_id=world.ids["city"])
    open_page(page, stack, f"people/recruiter/{world.ids['recruiter']}/deactivate/")
    expect(page.locator("[name=successor]")).to_be_hidden()
    page.check("[name=way][value=hand_over]")
    expect(page.locator("[name=successor]")).to_be_visible()
    page.check("[name=way][value=cancel]")
    page.fill("[name=reason]", "Пётр больше не с нами")
    page.click(BUTTON)
    says(page, re.compile(r"^Deactivate, cancel \d bookings? and tell 1 person$"))
    page.click(BUTTON)
    page.wait_for_url("**/change/")
    booked.finds("Пётр больше не с нами")


def test_when_a_city_closes(stack: Stack, page: Page, world: World, booked: Person, store: Store) -> None:
    """Kept, they are told nothing, and the button says no more than it does."""
    open_page(page, stack, f"people/city/{world.ids['city']}/close/")
    page.check("[name=way][value=keep]")
    page.fill("[name=reason]", "Ремонт")
    page.click(BUTTON)
    says(page, "Close")
    page.check("[name=for_all][value=cancel]")
    page.click(BUTTON)
    says(page, re.compile(r"^Close, cancel \d bookings? and tell 1 person$"))
    page.click(BUTTON)
    page.wait_for_url("**/change/")
    booked.finds("Ремонт")


def test_when_an_event_closes(stack: Stack, page: Page, world: World, booked: Person, store: Store) -> None:
    open_page(page, stack, f"scheduling/interviewevent/{world.ids['event']}/change/")
    page.set_checked("#id_is_open", False)
    page.click("button[name=_save]")
    says(page, "Change")
    page.check("[name=for_all][value=cancel]")
    page.fill("[name=reason]", "Набор закрыт")
    page.click(BUTTON)
    says(page, re.compile(r"^Change, cancel \d bookings? and tell 1 person$"))
    page.click(BUTTON)
    page.wait_for_url("**/scheduling/interviewevent/")
    booked.finds("Набор закрыт")


def test_when_a_candidate_is_removed(stack: Stack, page: Page, world: World, booked: Person, store: Store) -> None:
    (lida,) = store.db.users.distinct("_id", {"telegram_id": LIDA})
    open_page(page, stack, f"people/candidate/{lida}/remove/")
    page.check("[name=bookings][value=cancel]")
    page.fill("[name=reason]", "Отбор окончен")
    page.click(BUTTON)
    says(page, re.compile(r"^Remove, cancel \d bookings? and tell 1 person$"))
    page.click(BUTTON)
    page.wait_for_url("**/people/candidate/")
    booked.finds("Отбор окончен")


def test_when_a_citys_zone_is_put_right(stack: Stack, page: Page, world: World, booked: Person, store: Store) -> None:
    """Of both ways each is shown until one is chosen."""
    open_page(page, stack, f"people/city/{world.ids['city']}/change/")
    page.locator("[name=timezone]").evaluate("(field) => { field.value = 'Asia/Omsk' }")
    page.click("button[name=_save]")
    expect(page.locator("[data-way]")).to_have_count(2)
    page.check("[name=choice][value=clock]")
    expect(page.locator("[data-way='2']")).to_be_hidden()
    says(page, "Change the zone and tell 1 person")
    page.click(BUTTON)
    page.wait_for_url("**/people/city/")
    booked.finds("Омск")
    assert world.slot(0)["starts_at"]
