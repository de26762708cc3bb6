"""A person's page at the desk: all that a coordinator does with somebody, and what of it arrives in chat."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from acceptance.desk import Desk, open_desk
from acceptance.driving import Chats, Store, eventually
from local.stack import Stack

ROMAN = 1018
LOOKS = [("coordinator", "ru-RU", 1400), ("admin", "en-US", 390)]
SEND = ".desk-buttons button[type=submit]"


@pytest.fixture(params=LOOKS, ids=["ru-1400", "en-390"])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Page]:
    """Somebody at the desk, in either language, wide or on a phone."""
    login, locale, width = request.param
    page = open_desk(browser, stack, login, locale=locale, width=width).page
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    page.context.close()
    assert wrong == []


def find(page: Page, called: str) -> None:
    """Ctrl-K, a name or a Telegram id, Enter."""
    page.keyboard.press("Control+k")
    expect(page.locator("#search-input-command")).to_be_focused()
    expect(page.locator("#search-input-command")).to_be_focused()
    page.keyboard.type(called)
    page.locator("#command-results a").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/candidate/*/change/")


def press(page: Page, address: str) -> None:
    """A button that leads to an address: on the page, or on a phone in the menu beside the title."""
    button = page.locator(f"a[href*='{address}']")
    if not button.locator("visible=true").count():
        page.click("a:has-text('more_horiz')")
    button.locator("visible=true").first.click()
    page.wait_for_url(f"**{address}**")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def answer(page: Page, **fields: str) -> None:
    """Fill in the page that asks and send it; one comes back to the person."""
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.locator(SEND).first.click()
    page.wait_for_url("**/people/candidate/*/change/")


def choose(page: Page, number: int) -> None:
    """One of the slots that the page offers."""
    page.locator("[name=slot]").nth(number).check()


def test_noted_tagged_booked_moved_written_to_and_cancelled(page: Page, chats: Chats, store: Store) -> None:
    """FR10, FR11. Each step reaches the chat; the page tells all of it, newest first."""
    language = str(page.evaluate("navigator.language"))[:2]
    roman = chats.person(ROMAN, "Роман", language)
    before = max((message.id for message in roman.messages()), default=0)
    roman.writes("/start")
    seen = roman.sees("", after=before).id
    find(page, str(ROMAN))
    page.fill("#person-note", f"Перезвонить: {language}")
    page.click("#person-notes form button")
    page.wait_for_selector(f".person-note:has-text('Перезвонить: {language}')")
    press(page, "/tags/")
    answer(page, tags=f"срочно-{language}")
    press(page, "/book/")
    choose(page, 0)
    answer(page, reason="Как договорились")
    assert "Как договорились" in roman.sees("", after=seen).text
    (booked,) = store.bookings_of(ROMAN)

    press(page, "/move/")
    choose(page, 2)
    answer(page)
    told = roman.finds("→", after=seen)
    (moved,) = store.bookings_of(ROMAN)
    assert (moved["_id"], moved["version"]) == (booked["_id"], 2) and moved["starts_at"] != booked["starts_at"]
    press(page, "/write/")
    answer(page, text="Возьмите <b>паспорт</b>")
    assert roman.finds("Возьмите <b>паспорт</b>", after=told.id)
    press(page, "/cancel/")
    answer(page, reason="Вакансия закрыта")
    roman.finds("Вакансия закрыта", after=told.id)
    assert store.bookings_of(ROMAN) == []

    def is_told() -> bool:
        page.reload()
        return page.locator(".person-happenings > li").first.inner_text().count("Вакансия закрыта") > 0

    eventually(is_told, "the message is on the page")
    whole = page.inner_text("#timeline")
    told_there = ["Вакансия закрыта", "Возьмите <b>паспорт</b>", "Как договорились"]
    told_there += [f"срочно-{language}", f"Перезвонить: {language}"]
    assert sorted(told_there, key=whole.index) == told_there


def test_two_entries_of_one_person_become_one_and_two_again(stack: Stack, desk: Desk, store: Store) -> None:
    """Guards: ``merge_into``, ``take_apart``; found by name, chosen by hand."""
    page, stays, name = desk.page, "Ладислав", "Ладолюб"
    for new in (stays, name):
        page.goto(f"{stack.env['ADMIN_URL']}/admin/people/candidate/add/")
        page.fill("#id_first_name", new)
        page.click("button[name=_save]")
        page.wait_for_url("**/people/candidate/")
    find(page, stays)
    press(page, "/merge/")
    page.fill("[name=called]", name)
    page.click(SEND)
    page.check("[name=who]")
    answer(page)
    gone = {"first_name": name}
    assert store.db.users.count_documents({**gone, "is_allowed": False, "merged_into": {"$ne": None}}) == 1
    press(page, "/take-apart/")
    page.check("[name=other]")
    answer(page)
    assert store.db.users.count_documents({**gone, "is_allowed": True, "merged_into": None}) == 1
