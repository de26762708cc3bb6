"""Two people's work at the desk, with a browser each: nobody undoes what the other did, and a form acts once."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from acceptance.desk import Desk, open_desk
from acceptance.driving import Chats, Store, eventually
from local.stack import Stack

PASSWORD = "тихая-гавань-41"


@pytest.fixture
def boris(browser: Browser, stack: Stack, desk: Desk, store: Store) -> Iterator[Desk]:
    """Boris the coordinator, whose login is made at the desk."""
    if not store.db.auth_user.count_documents({"username": "boris"}):
        desk.add_login("boris", "coordinator", PASSWORD)
    at_his = open_desk(browser, stack, "boris", PASSWORD)
    yield at_his
    at_his.page.context.close()


@pytest.fixture
def page(desk: Desk) -> Iterator[Page]:
    """A page of Anna's own, beside the others'."""
    page = desk.page.context.new_page()
    yield page
    page.close()


def test_a_slot_page_opened_before_a_colleagues_change_does_not_undo_it(
    stack: Stack, page: Page, boris: Desk, chats: Chats, store: Store
) -> None:
    """The candidate is told the new time once, and never the old one again; staff were shown her very message.

    Guard: ``notice_html``.
    """
    alina = chats.person(1011, "Алина")
    alina.books()
    (booking,) = store.bookings_of(1011)
    url = f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewslot/{booking['slot_id']}/change/"
    page.goto(url)
    before = page.input_value("[name=starts_at_1]")

    boris.page.goto(url)
    boris.page.fill("[name=starts_at_1]", "15:55")
    boris.page.click("button[name=_save]")
    foretold = _confirms(boris.page)
    boris.page.wait_for_url("**/scheduling/interviewslot/")
    moved = alina.sees("15:55")
    assert _after_name(moved.text) in foretold, "she reads what the page said that she would"

    page.fill("[name=room]", "Переговорная 7")
    page.click("button[name=_save]")
    news = page.inner_text(".field-starts_at .desk-news")
    assert "15:55" in news and "staff boris" in news
    assert page.input_value("[name=starts_at_1]") == "15:55" != before
    assert page.input_value("[name=room]") == "Переговорная 7"
    assert store.bookings_of(1011)[0]["version"] == booking["version"] + 1
    assert alina.messages()[-1].id == moved.id, "nobody was told anything"

    page.click("button[name=_save]")
    foretold = _confirms(page)
    page.wait_for_url("**/scheduling/interviewslot/")
    told = _after_name(alina.sees("Переговорная 7").text)
    assert told in foretold and "15:55" in told
    (now,) = store.bookings_of(1011)
    assert (now["slot"]["room"], now["version"]) == ("Переговорная 7", booking["version"] + 2)
    alina.cancels()


def _confirms(page: Page) -> list[str]:
    """Confirm whom a change concerns; the messages that the page says they will get, without the name at their start.

    Others may sit in that slot: who are told the same are shown one message, as one of them reads it.
    """
    page.wait_for_selector("[data-way] .wording-bubble")
    page.evaluate("document.querySelectorAll('[data-way] details').forEach(folded => { folded.open = true })")
    foretold = page.locator("[data-way] .wording-bubble").all_inner_texts()
    page.click(".desk-buttons button[type=submit]")
    return [_after_name(text) for text in foretold]


def _after_name(html: str) -> str:
    """A message as it is read, after "Anastasia, "."""
    return unescape(re.sub(r"<[^>]+>", "", html)).partition(", ")[2]


def test_back_and_send_makes_one(stack: Stack, page: Page, store: Store) -> None:
    """Guard: ``back.js``. The browser fetches the page anew, which is still the form that was sent."""
    page.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewevent/add/")
    page.fill("#id_title", "Набор дважды")
    page.set_checked("#id_is_open", False)
    page.click("button[name=_save]")
    page.wait_for_url("**/scheduling/interviewevent/")
    page.go_back()
    page.wait_for_url("**/scheduling/interviewevent/add/")  # the list may still be putting down its own state
    expect(page.locator("#id_title")).to_have_value("Набор дважды")
    page.click("button[name=_save]")
    page.wait_for_url("**/scheduling/interviewevent/*/change/")
    assert "so it was done once" in page.inner_text("body")
    assert store.db.interview_events.count_documents({"title": "Набор дважды"}) == 1


def test_what_is_made_is_what_was_previewed(stack: Stack, page: Page, store: Store) -> None:
    """FR10. Times edited between Preview and Make are previewed anew; what clashes needs a tick, in both languages."""
    closed = eventually(lambda: store.db.interview_events.find_one({"is_open": False}), "a closed event")
    slots = {"event_id": closed["_id"], "location": "Сарай"}
    url = f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewevent/{closed['_id']}/add-slots/"
    _ask_for_slots(page, url, times="10:00, 11:00")
    assert "Make 2 slots" in page.inner_text("button[name=create]")
    page.fill("[name=times]", "10:00, 11:00, 12:00, 13:00, 14:00")
    page.click("button[name=create]")
    page.get_by_role("button", name="Make 5 slots").wait_for()
    assert store.db.interview_slots.count_documents(slots) == 0
    page.click("button[name=create]")
    page.wait_for_url("**/scheduling/interviewslot/*")
    assert store.db.interview_slots.count_documents(slots) == 5

    _ask_for_slots(page, url, from_time="09:50", to_time="10:30")
    assert page.inner_text("#clashes").count("Сарай, room 1") == 2
    page.route("**/*", _in_russian)
    page.click("button[name=create]")
    assert "Накладки" in page.inner_text("#clashes") and "Создать 2 слота" in page.inner_text("button[name=create]")
    assert store.db.interview_slots.count_documents(slots) == 5
    page.get_by_label("Всё равно создать").check()
    page.click("button[name=create]")
    page.wait_for_url("**/scheduling/interviewslot/*")
    assert store.db.interview_slots.count_documents(slots) == 7


def _in_russian(route: Route) -> None:
    route.continue_(headers={**route.request.headers, "accept-language": "ru"})


def _ask_for_slots(page: Page, url: str, **times: str) -> None:
    page.goto(url)
    page.select_option("select[name=city]", label="Москва")
    for name, value in {"days": "15.03.2032", "location": "Сарай", "room": "1", **times}.items():
        page.fill(f"[name={name}]", value)
    page.click("button[name=preview]")
