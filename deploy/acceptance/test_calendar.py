"""The calendar at the desk, with a browser: it opens, drags, refuses what is stale, and fits a phone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from acceptance.desk import Desk, open_desk
from acceptance.driving import PATIENCE_SECONDS, Chats, Store, eventually
from local.stack import Stack

CALENDAR = "scheduling/interviewslot/calendar/"


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    """A page of Anna's own, on which nothing may go wrong unsaid.

    In a context of its own, too: once the browser's clock is set by hand, it is for all pages there, for good.
    """
    signed_in = desk.page.context.storage_state()
    context = browser.new_context(storage_state=signed_in, locale="en-US", viewport={"width": 1400, "height": 2000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_SECONDS * 1_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    # Chromium says so of every answer that is a refusal, as the one to a stale drag is.
    assert [text for text in wrong if "409" not in text] == []


def free_slot(store: Store, **wanted: Any) -> dict[str, Any]:
    """The last free slot of a recruiter in Moscow, so that others' tests have theirs."""
    moscow = store.db.cities.distinct("_id", {"name": "Москва"})[0]
    free = {"city_id": moscow, "booked_users": [], "is_active": True, "video_link": "", "recruiter_id": {"$ne": None}}
    return dict(store.db.interview_slots.find({**free, **wanted}).sort("starts_at", -1)[0])


def open_day(page: Page, stack: Stack, slot: dict[str, Any]) -> Locator:
    """The day of a slot; the answer is the slot in it."""
    page.goto(f"{stack.env['ADMIN_URL']}/admin/{CALENDAR}?view=day&date={slot['starts_at']:%Y-%m-%d}")
    found = page.locator(f"[data-slot='{slot['_id']}']")
    found.wait_for()
    return found


def drag_down(page: Page, slot: Locator, half_hours: int) -> None:
    """By so many half hours of the grid, a hand's way."""
    box = slot.bounding_box()
    assert box
    x, y = box["x"] + 20, box["y"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 12, steps=3)
    page.mouse.move(x, y + 48 * half_hours, steps=6)
    page.mouse.up()


def starts_at(store: Store, slot: dict[str, Any]) -> Any:
    return store.db.interview_slots.find_one({"_id": slot["_id"]})["starts_at"]  # type: ignore[index]


def test_a_free_slot_is_dragged_opened_and_one_is_added(stack: Stack, page: Page, store: Store) -> None:
    """Leaving it puts the slot back, moving it needs one press. While a hand selects, nothing is drawn anew.

    Guards: ``calendar.js``, ``held``.
    """
    slot = free_slot(store)
    shown = open_day(page, stack, slot)
    assert "free" in shown.inner_text()
    drag_down(page, shown, 1)
    dialog = page.locator("#calendar-move")
    expect(dialog).to_contain_text("→")
    dialog.get_by_role("button", name="Leave it").click()
    assert starts_at(store, slot) == slot["starts_at"]

    shown = open_day(page, stack, slot)
    drag_down(page, shown, 1)
    dialog.get_by_role("button", name="Move").click()
    page.wait_for_url(f"**/{CALENDAR}?**")
    moved = starts_at(store, slot) - slot["starts_at"]
    assert moved.total_seconds() == 30 * 60

    page.locator(f"[data-slot='{slot['_id']}'] a").click()
    page.wait_for_url(f"**/{slot['_id']}/change/?from=calendar**")
    page.clock.install()
    page.go_back()
    page.locator(f"[data-slot='{slot['_id']}']").wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    column = page.locator(".ec-body .ec-day").first.bounding_box()
    assert column
    page.mouse.move(column["x"] + 30, column["y"] + 50)
    page.mouse.down()
    page.mouse.move(column["x"] + 30, column["y"] + 110, steps=3)
    page.clock.run_for(6_000)
    page.mouse.move(column["x"] + 30, column["y"] + 140, steps=3)
    assert asked == []
    page.mouse.up()
    page.wait_for_url("**/scheduling/interviewslot/add/?**")
    assert page.input_value("[name=starts_at_0]") == f"{slot['starts_at']:%Y-%m-%d}"
    assert re.fullmatch(r"09:\d\d|10:\d\d", page.input_value("[name=starts_at_1]"))
    assert page.input_value("[name=recruiter]") and page.input_value("[name=city]")


def test_a_booked_slot_is_dragged_by_the_page_that_says_whom_it_concerns(
    stack: Stack, desk: Desk, page: Page, chats: Chats, store: Store
) -> None:
    """She is told what the page said, once it is confirmed; before that the slot stays where it was."""
    slot = free_slot(store, event_id=store.db.interview_events.distinct("_id", {"title": "Специалист поддержки"})[0])
    lida = chats.person(1014, "Лида")
    lida.opens_slots()
    desk.book_for(1014, str(slot["_id"]), "")
    shown = open_day(page, stack, slot)
    drag_down(page, shown, 2)
    page.wait_for_selector("[data-way] .wording-bubble")
    assert starts_at(store, slot) == slot["starts_at"]
    page.click("form:has([name=_foreseen]) button[type=submit]")
    page.wait_for_url(f"**/{CALENDAR}?**")
    moved = starts_at(store, slot) - slot["starts_at"]
    assert moved.total_seconds() == 60 * 60
    eventually(lambda: store.bookings_of(1014)[0]["starts_at"] == starts_at(store, slot), "her booking follows")
    lida.cancels()


def test_a_slot_that_was_changed_meanwhile_snaps_back_with_a_word(
    stack: Stack, desk: Desk, page: Page, store: Store
) -> None:
    """Guard: ``seen`` in ``ask_to_move``; what the page shows then is what is stored."""
    slot = free_slot(store)
    shown = open_day(page, stack, slot)
    desk.page.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewslot/{slot['_id']}/change/")
    box = shown.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 30, steps=3)  # while it is held no news comes
    desk.page.fill("[name=room]", "Переговорная 9")
    desk.page.click("button[name=_save]")
    desk.page.wait_for_url("**/scheduling/interviewslot/")
    page.mouse.move(box["x"] + 20, box["y"] + 54, steps=3)
    page.mouse.up()
    expect(page.get_by_role("alert")).to_contain_text("just changed this slot")
    expect(page.locator("#calendar-list")).to_contain_text("Переговорная 9")
    assert starts_at(store, slot) == slot["starts_at"]


def test_the_week_opens_on_today(stack: Stack, page: Page, store: Store) -> None:
    """However many columns are to the left of it. Guard: ``showToday``."""
    day = free_slot(store)["starts_at"]
    monday = day - timedelta(days=day.weekday())
    page.clock.set_fixed_time(monday + timedelta(days=5))
    page.goto(f"{stack.env['ADMIN_URL']}/admin/{CALENDAR}?view=week&date={monday:%Y-%m-%d}")
    expect(page.locator(".ec-body .ec-today").first).to_be_in_viewport(ratio=0.5)


def test_a_recruiter_sees_only_their_own_and_drags_nothing(browser: Browser, stack: Stack, store: Store) -> None:
    """Whatever the page asks for; who may not change slots has nothing to drag."""
    anna = open_desk(browser, stack, "recruiter").page
    (own,) = store.db.recruiters.distinct("_id", {"name": "Анна Ветрова"})
    slot = free_slot(store, recruiter_id=own)
    shown = open_day(anna, stack, slot)
    every = anna.locator(".ec-event").evaluate_all("slots => slots.map(slot => slot.dataset.slot)")
    recruiters = {str(row["recruiter_id"]) for row in store.db.interview_slots.find() if str(row["_id"]) in every}
    assert recruiters == {str(own)}
    assert "ec-draggable" not in (shown.get_attribute("class") or "")
    assert "Борис Ильин" not in anna.inner_text("body")
    anna.context.close()


def test_on_a_phone_it_is_a_day_and_a_table_that_fit(browser: Browser, stack: Stack, store: Store) -> None:
    """In Russian and dark: nothing hangs over the edge, the table has what the grid has, each with a link."""
    context = browser.new_context(locale="ru-RU", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    Desk(page, stack.env["ADMIN_URL"]).log_in(stack.env["ADMIN_USER"], stack.env["ADMIN_PASSWORD"])
    page.goto(f"{stack.env['ADMIN_URL']}/admin/{CALENDAR}")
    page.wait_for_url("**view=day**")
    slot = free_slot(store)
    open_day(page, stack, slot)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click("#calendar-list summary")
    links = page.locator("#calendar-list a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert any(str(slot["_id"]) in link for link in links)
    assert len(links) == page.locator(".ec-event").count()
    assert "свободно" in page.inner_text("#calendar-list")
    context.close()
