"""Every page of the desk in a real browser: nothing that keeps people out, no error, no strange word, no overflow."""

from collections.abc import Iterator

import pytest
from django.template import Template
from django.test import override_settings
from django.test.utils import _TestState
from pytest_django.live_server_helper import LiveServer

from backoffice.demo_data.people import make_demo
from common.mongo import collection
from shared_contracts.booking import MARKS
from staffkit.audit_labels import EVERY
from staffkit.audit_trail import UNTOLD
from tests.access import table
from tests.access.addresses import Address, every_address
from tests.access.test_home import fill_both
from tests.access.world import ROLES, World
from tests.looks.walking import Walker, window

SEEN_ALONE = {
    "admin:logout",
    "admin:jsi18n",
    "admin:search",
    "backoffice:ahead",
    "backoffice:now",
    "backoffice:search",
    "staffkit:delete_view",
    "staffkit:save_view",
}
"""Parts of pages, and what ends the session."""
PAGES = [
    address
    for address in every_address()
    if address.route.startswith("admin/")
    and address.page != "old address"
    and address.key not in table.NOT_THERE | SEEN_ALONE
]
IN_OTHER_LANGUAGES = {
    "AuditEntry",
    "ContactSettings",
    "DeadLetter",
    "InterviewEvent.broadcast",
    "InboxMessage",
    "MessageTemplate",
    "OutboxMessage",
    "PrivacySettings",
}
"""Texts in both languages, and what machines say to each other."""
NAMES = {*ROLES, "no", "role", "read", "only", "anna", "demo", "Moscow", "Announcements", "Coordinators"}
CALENDARS = {"Apple", "Google", "Outlook", "ICS", "iCal", "webcal"}
PROPER_NAMES = {"CSV", "English", "Excel", "Slotdesk", "Telegram", "UTC", "Username", "username", *CALENDARS}
SIDES = ("before", "after")
KNOWN_WORDS = frozenset({*PROPER_NAMES, *NAMES})


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A running desk, with a page that is broken."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in this thread
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF="tests.looks.urls"):
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()


def busy_world() -> World:
    """What a first start brings, one of everything besides, and something of everything that waits."""
    make_demo(-1)
    # The world has people of those numbers, and a city of that name.
    collection("cities").update_many({}, [{"$set": {"name": {"$concat": ["$name", ", область"]}}}])
    for name in ("users", "recruiters"):
        collection(name).update_many({"telegram_id": {"$ne": None}}, {"$inc": {"telegram_id": 100_000}})
    world = World()
    fill_both(world)
    return world


def fields_without_words() -> set[tuple[str, str]]:
    """What the audit trail would tell by the name under which it is stored, as (subject, field)."""
    facts = [(row["subject"], row[side] or {}) for row in collection("audit_entries").find() for side in SIDES]
    told = {(subject, name) for subject, fields in facts for name in fields if name not in UNTOLD | EVERY.fields.keys()}
    return told - EVERY.fields_of.keys()


def different_pages() -> Iterator[Address]:
    """Of pages that are the same whatever the model, the first: the one that refuses, and Django's own history."""
    seen = set()
    for page in PAGES:
        standard = table.PAGES.get(page.model.__name__) if page.model else None
        refuses = standard and page.page in {"add", "delete"} and table.S not in getattr(standard, page.page)
        kind = "refused" if refuses else "history" if page.page == "history" else page.key
        if kind not in seen:
            seen.add(kind)
            yield page


PRESS_ON_A_RUSSIAN_KEYBOARD = """document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
    {code: "KeyK", key: "л", ctrlKey: true, bubbles: true, cancelable: true}))"""


def find_by_keyboard(walker: Walker) -> None:
    """Ctrl-K from within a field, what is pasted there, and Enter for the first that is found."""
    walker.page.focus("#searchbar")
    walker.page.evaluate(PRESS_ON_A_RUSSIAN_KEYBOARD)
    walker.page.wait_for_function("document.activeElement.id === 'search-input-command'")
    walker.page.keyboard.press("Enter")  # too early: nothing is found yet
    walker.page.keyboard.insert_text("кандидат казань")
    walker.page.wait_for_selector("#command-results-list .active")
    walker.look_here("Ctrl-K")
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_url("**/people/candidate/*/change/")


def mark_by_keyboard(walker: Walker) -> None:
    """A digit marks whoever has the focus and stays, the arrow and Tab go on; nothing has to be passed by before."""
    focused = "document.activeElement.closest('.marking-row')"
    chosen = [f"document.querySelectorAll('.marking-row')[{row}].querySelector(':checked').value" for row in (0, 1)]
    walker.page.wait_for_function(focused)
    for key in ("3", "Tab", "1", "ArrowUp", "2", "ArrowDown"):
        walker.page.keyboard.press(key)
    assert walker.page.evaluate(f"[{', '.join(chosen)}]") == [MARKS[1].value, MARKS[0].value]
    assert walker.page.evaluate(f"{focused} === document.querySelectorAll('.marking-row')[1]")


def test_every_page_can_be_seen_read_and_used(desk: str) -> None:
    """Guards: ``skip-link``; ``_FORM_ONLY``, ``server_error`` and other pages of errors; ``data-row``; ``find.js``;
    ``STEPS``."""
    world = busy_world()
    assert not fields_without_words()
    session = world.client("superuser").cookies["sessionid"].value
    errors = ["/broken/", "/too-much/", "/admin/scheduling/booking/?user_id__exact=zz"]
    with window(desk, session, KNOWN_WORDS) as walker:
        for page in different_pages():
            in_russian = not {page.key, page.key.partition(".")[0]} & IN_OTHER_LANGUAGES
            walker.look(desk, page.path(world), in_russian=in_russian)
        for path in errors:
            walker.look(desk, path)
        walker.choose(desk, "/admin/people/candidate/")
        walker.page.goto(f"{desk}/admin/scheduling/booking/")
        walker.page.keyboard.press("Tab")
        assert walker.page.evaluate("document.activeElement.hash") == "#content"
        find_by_keyboard(walker)
        walker.page.goto(f"{desk}/admin/scheduling/booking/mark-day")
        mark_by_keyboard(walker)
    assert not walker.findings, "\n".join(walker.findings)
    assert walker.statuses == {200, 400, 403, 404, 405, 429, 500}
