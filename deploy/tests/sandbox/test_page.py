"""The messenger page in a browser: live, safe, and a real way to use the bot."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.sandbox.driver import BOT, GROUP, TOKEN, Driver

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, sandbox: Driver) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda entry: errors.append(entry.text) if entry.type == "error" else None)
    yield page
    context.close()
    assert errors == []


def play(page: Page, sandbox: Driver, name: str = "Anna") -> None:
    """Opens the page as the person with this name, who must exist."""
    page.goto(sandbox.url)
    page.locator("#people .person", has_text=name).click()
    expect(page.locator("#me")).to_contain_text(name)


def test_a_made_up_person_presses_start_and_the_bot_hears_it(page: Page, sandbox: Driver) -> None:
    sandbox.ok("setMyDescription", description="Interview sign-up")
    sandbox.ok("setMyShortDescription", short_description="Sign-up")
    page.goto(sandbox.url)
    page.get_by_label("Telegram id").fill("1042")
    page.get_by_label("First name").fill("Мария")
    page.get_by_label("Username").fill("@maria")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".empty")).to_have_text("Interview sign-up")
    expect(page.locator("#talk-name")).to_have_attribute("title", "Sign-up")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".row.mine")).to_have_count(1)
    message = sandbox.updates()[-1]["message"]
    assert (message["text"], message["from"]["first_name"]) == ("/start", "Мария")
    assert message["from"]["username"] == "maria"


def test_messages_edits_and_deletions_show_without_a_reload(page: Page, sandbox: Driver) -> None:
    anna = sandbox.candidate()
    play(page, sandbox)
    message_id = sandbox.say(anna, "<b>Thursday</b> at 10", parse_mode="HTML")
    expect(page.locator(".theirs .text b")).to_have_text("Thursday")
    sandbox.ok("editMessageText", chat_id=anna, message_id=message_id, text="Friday at 11")
    expect(page.locator(".theirs .text")).to_have_text("Friday at 11")
    expect(page.locator(".theirs .stamp")).to_contain_text("edited")
    sandbox.ok("deleteMessage", chat_id=anna, message_id=message_id)
    expect(page.locator(".theirs")).to_have_count(0)


def test_a_pressed_button_spins_until_the_answer_which_is_shown(page: Page, sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.offer(anna, {"text": "Book", "callback_data": "b"})
    play(page, sandbox)
    key = page.get_by_role("button", name="Book")
    key.click()
    expect(key).to_have_attribute("aria-busy", "true")
    (press,) = sandbox.updates(timeout=20)
    query_id = press["callback_query"]["id"]
    sandbox.ok("answerCallbackQuery", callback_query_id=query_id, text="Seat taken", show_alert=True)
    expect(page.locator("#alert")).to_contain_text("Seat taken")
    page.get_by_role("button", name="OK", exact=True).click()
    expect(key).to_have_attribute("aria-busy", "false")
    key.click()
    (press,) = sandbox.updates(offset=press["update_id"] + 1, timeout=20)
    sandbox.ok("answerCallbackQuery", callback_query_id=press["callback_query"]["id"], text="Noted")
    expect(page.locator("#toast")).to_have_text("Noted")


def test_styles_and_copying_and_previews_are_shown(page: Page, sandbox: Driver) -> None:
    anna = sandbox.candidate()
    copying = {"text": "Copy the address", "copy_text": {"text": "7 Sadovaya Street"}}
    sandbox.offer(anna, {"text": "Cancel", "callback_data": "c", "style": "danger"}, copying)
    sandbox.say(anna, "See https://example.com/way")
    sandbox.say(anna, "See https://example.org/way", link_preview_options={"is_disabled": True})
    play(page, sandbox)
    expect(page.get_by_role("button", name="Cancel")).to_have_class("key danger")
    expect(page.locator(".preview")).to_have_text(["example.com"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the address").click()
    expect(page.locator("#toast")).to_have_text("Copied: 7 Sadovaya Street")
    assert page.evaluate("navigator.clipboard.readText()") == "7 Sadovaya Street"


def test_the_groups_deep_link_opens_the_private_chat(page: Page, sandbox: Driver) -> None:
    sandbox.done("people", {"user_id": 1001, "first_name": "Anna"})
    sandbox.offer(GROUP, {"text": "Sign up", "url": f"https://t.me/{BOT}?start=e_7"})
    play(page, sandbox)
    page.locator(".chat", has_text="Announcements").click()
    page.get_by_role("link", name="Sign up").click()
    expect(page.locator("#talk-name")).to_have_text("Slotdesk")
    expect(page.locator(".row.mine .text")).to_have_text("/start e_7")
    assert sandbox.updates()[-1]["message"]["text"] == "/start e_7"


def test_blocking_and_unblocking_work_from_the_page(page: Page, sandbox: Driver) -> None:
    sandbox.candidate()
    play(page, sandbox)
    page.get_by_role("button", name="Block", exact=True).click()
    expect(page.locator("#big-action")).to_have_text("Unblock")
    assert sandbox.read("people")[0]["blocked"] is True
    page.locator("#big-action").click()
    expect(page.locator("#input")).to_be_visible()
    assert sandbox.read("people")[0]["blocked"] is False


def test_what_people_and_bots_write_never_becomes_markup(page: Page, sandbox: Driver) -> None:
    attack = "<img src=x onerror=document.title='broken'>"
    anna = sandbox.candidate(1001, attack[:64])
    sandbox.writes(anna, attack)
    sandbox.say(anna, attack)
    sandbox.say(anna, "go", entities=[{"type": "text_link", "offset": 0, "length": 2, "url": "javascript:alert(1)"}])
    sandbox.offer(anna, {"text": attack, "callback_data": "x"}, {"text": attack, "url": "https://example.com"})
    page.goto(sandbox.url)
    page.locator("#people .person").click()
    expect(page.locator(".row .text").nth(1)).to_have_text(attack)
    expect(page.locator(".key")).to_contain_text([attack, attack])
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.title() == "Telegram sandbox"


def test_a_file_shows_with_its_caption_and_downloads(page: Page, sandbox: Driver) -> None:
    anna = sandbox.candidate()
    files = {"document": ("interview.ics", b"BEGIN:VCALENDAR", "text/calendar")}
    fields = {"chat_id": anna, "caption": "Add it to your calendar"}
    sandbox.http.post(f"/bot{TOKEN}/sendDocument", data=fields, files=files).raise_for_status()
    play(page, sandbox)
    bubble = page.locator(".row.theirs", has=page.locator(".file"))
    expect(bubble.locator(".text")).to_have_text("Add it to your calendar")
    with page.expect_download() as download:
        bubble.locator(".file", has_text="interview.ics").click()
    assert download.value.path().read_bytes() == b"BEGIN:VCALENDAR"


def test_the_page_fits_a_phone(page: Page, sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.offer(anna, {"text": "Thu 27 Nov 10:00 · Tverskaya 1, room 5", "callback_data": "x"})
    page.set_viewport_size({"width": 360, "height": 720})
    play(page, sandbox)
    page.locator(".chat").first.click()
    expect(page.locator(".key")).to_be_in_viewport()
    expect(page.locator("#input")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("Back to chats").click()
    expect(page.locator(".chat").first).to_be_in_viewport()


def test_the_control_api_has_a_readable_page(page: Page, sandbox: Driver) -> None:
    page.goto(f"{sandbox.url}/sandbox/docs")
    expect(page.locator("details", has_text="/sandbox/presses").first).to_be_visible()
