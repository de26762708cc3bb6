"""The front door and what browsers are told, as installed: through the gateway, with a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from acceptance.desk import Desk, open_desk
from acceptance.driving import Store
from local.stack import Stack

WRONG = 60
ALLOWED = 10
# What a page asks for in vain, such as the list after it was cleared, is no script's fault.
_LOUD = {"error", "warning"}
FURTHER = [
    "/admin/",
    "/admin/security/",
    "/admin/security/second-step/",
    "/admin/password_change/",
    "/admin/people/candidate/add/",
    "/admin/people/candidate/?nosuch=1",
    "/admin/no-such-page/",
    "/api/docs",
]


class Watched:
    """A page whose complaints are kept: scripts that fail, and whatever its policy forbids."""

    def __init__(self, page: Page) -> None:
        self.page, self.complaints = page, list[str]()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', event => console.error("
            "`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"
        )

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in _LOUD and not re.search(r"status of 4\d\d", message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")


@pytest.fixture
def watched(browser: Browser, stack: Stack) -> Iterator[Watched]:
    """Staff's own page, at the desk."""
    desk = open_desk(browser, stack)
    yield Watched(desk.page)
    desk.page.context.close()


def links(page: Page, selector: str) -> list[str]:
    found = page.eval_on_selector_all(selector, "every => every.map(one => one.getAttribute('href'))")
    return sorted({str(link).split("#", maxsplit=1)[0] for link in found if str(link).startswith("/admin/")})


def test_no_page_of_the_desk_runs_what_its_policy_forbids(watched: Watched, stack: Stack) -> None:
    """Guard: ``CONTENT_SECURITY_POLICY``: every list of the sidebar, its first row and what can be done there."""
    page, url = watched.page, stack.env["ADMIN_URL"]
    page.goto(url + "/admin/")
    lists = links(page, "#nav-sidebar a[href]")
    assert len(lists) > 15
    seen = set()
    for address in [*lists, *FURTHER]:
        page.goto(url + address)
        seen.add(address)
        for row in links(page, "#result_list tbody a")[:1]:
            page.goto(url + row)
            seen.add(row)
            for button in links(page, "#header-inner a[href]"):
                if button.startswith(row.removesuffix("change/")) and button not in seen:
                    page.goto(url + button)
                    seen.add(button)
    assert len(seen) > 40, seen
    page.context.clear_cookies()
    page.goto(url + "/admin/login/")
    page.wait_for_load_state("networkidle")
    assert watched.complaints == []


def test_a_script_that_somebody_gets_into_a_page_does_not_run(watched: Watched, stack: Stack) -> None:
    """Guard: no ``unsafe-inline`` in ``script-src``."""
    page = watched.page
    page.goto(stack.env["ADMIN_URL"] + "/admin/")
    page.evaluate(
        """() => {
          const made = document.createElement('div');
          made.innerHTML = '<img src="/none" onerror="window.harm = 1">';
          const script = document.createElement('script');
          script.textContent = 'window.harm = 2';
          document.body.append(made, script);
        }"""
    )
    page.wait_for_function("document.querySelector('img[src=\"/none\"]').complete")
    assert page.evaluate("window.harm") is None
    assert any("policy: script-src" in complaint for complaint in watched.complaints)


def test_menus_themes_filters_and_copying_work_under_the_policy(watched: Watched, stack: Stack) -> None:
    page, url = watched.page, stack.env["ADMIN_URL"]
    page.goto(url + "/admin/scheduling/booking/")
    page.get_by_text(stack.env["ADMIN_USER"], exact=True).click()
    page.get_by_text("Dark", exact=True).click()
    page.wait_for_selector("html.dark")
    page.click("#changelist a:has-text('Filters') >> nth=0")
    page.get_by_role("button", name="Apply").wait_for()
    page.goto(url + "/admin/people/recruiter/")
    page.click("#result_list tbody a >> nth=0")
    page.click("a[href*='/recruiter/'][href$='/calendar/']")
    page.get_by_role("button", name="Make an address").click()
    page.click("[data-copy]")
    page.wait_for_selector("[data-copy] span:text-is('check')")
    assert watched.complaints == []


def test_what_a_form_hides_and_a_preview_shows_follows_what_is_typed(watched: Watched, stack: Stack) -> None:
    page, url = watched.page, stack.env["ADMIN_URL"]
    page.goto(url + "/admin/backoffice/stafflogin/add/")
    page.check("[name=role][value=recruiter]")
    page.locator("[name=recruiter]").wait_for(state="visible")
    page.check("[name=role][value=administrator]")
    page.locator("[name=recruiter]").wait_for(state="hidden")
    page.goto(url + "/admin/wording/messagetemplate/")
    page.click("#templates a[href$='/change/'] >> nth=0")
    page.fill("[name=text]", page.input_value("[name=text]") + "\nHello from the policy")
    page.wait_for_selector(".wording-bubble:has-text('Hello from the policy')")
    assert watched.complaints == []


def guess(url: str, password: str) -> httpx.Response:
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        http.get("/admin/login/")
        form = {"username": "guessed", "password": password, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
        return http.post("/admin/login/", data=form, headers={"X-Forwarded-For": f"192.0.2.{len(password)}"})


def test_sixty_guesses_are_cut_short_whatever_address_they_pretend_to_come_from(stack: Stack, store: Store) -> None:
    """Guards: ``PASSWORDS``, ``TRUSTED_PROXIES``: through the gateway, with headers that lie."""
    answers = [guess(stack.env["ADMIN_URL"], "x" * (number + 1)).status_code for number in range(WRONG)]
    assert answers == [200] * ALLOWED + [429] * (WRONG - ALLOWED)
    entries: list[dict[str, Any]] = list(store.db.audit_entries.find({"subject": "login", "actor": "stranger"}))
    assert sorted(entry["action"] for entry in entries) == ["login_failed"] * ALLOWED + ["login_locked"]
    assert {entry["after"]["address"] for entry in entries} == {"127.0.0.1"}


def test_staff_see_where_they_are_logged_in_and_end_it_elsewhere(
    browser: Browser, stack: Stack, watched: Watched
) -> None:
    other: Desk = open_desk(browser, stack)
    page = watched.page
    page.goto(stack.env["ADMIN_URL"] + "/admin/security/")
    assert "Chrome, Linux" in page.inner_text("#sessions")
    other.page.goto(stack.env["ADMIN_URL"] + "/admin/security/")
    other.page.locator("#sessions tr", has=other.page.locator("button")).first.locator("button").click()
    other.page.wait_for_load_state()
    page.goto(stack.env["ADMIN_URL"] + "/admin/")
    assert "/admin/login/" in page.url
    other.page.context.close()


def test_the_api_is_described_to_read_without_anything_from_elsewhere(watched: Watched, stack: Stack) -> None:
    page, url, asked = watched.page, stack.env["ADMIN_URL"], list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url + "/api/docs")
    page.get_by_text("/api/available-slots").first.wait_for()
    paths = page.request.get(url + "/api/schema").json()["paths"]
    assert page.locator(".opblock").count() == sum(len(methods) for methods in paths.values())
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
    assert watched.complaints == []
