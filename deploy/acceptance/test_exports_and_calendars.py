"""What leaves the desk and what comes in: lists as files, views kept for others, a recruiter's own calendar."""

import csv
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Browser, Page, expect

from acceptance.desk import Desk, open_desk
from acceptance.driving import Store, eventually
from local.stack import Stack

RECRUITER, DAY = "Борис Ильин", "2032-03-25"
"""A day without slots: what keeps him busy then is in nobody's way."""
ICS = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:dentist"),
        *("DTSTAMP:20320301T060000Z", "DTSTART:20320325T070000Z", "DTEND:20320325T080000Z"),
        *("SUMMARY:Dentist", "END:VEVENT", "END:VCALENDAR", ""),
    ]
).encode()
ROWS = 5_100
"""Over what is made at once."""


class _Calendar(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar")
        self.send_header("Content-Length", str(len(ICS)))
        self.end_headers()
        self.wfile.write(ICS)

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module", autouse=True)
def page(stack: Stack, desk: Desk) -> Iterator[Page]:
    """The page on which a recruiter's own calendar was given: it is read within a minute, and forgotten at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Calendar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = desk.page.context.new_page()
    page.goto(f"{stack.env['ADMIN_URL']}/admin/people/recruiter/?q={RECRUITER}")
    page.click("#result_list tbody a >> nth=0")
    page.click("a[href$='/outside-calendar/']")
    page.fill("[name=address]", f"http://127.0.0.1:{server.server_port}/secret.ics")
    page.click(".desk-buttons button >> nth=0")
    page.wait_for_selector("text=Not read yet")
    yield page
    page.get_by_role("button", name="Forget it").click()
    page.wait_for_selector("text=are forgotten")
    server.shutdown()
    server.server_close()
    page.close()


@pytest.fixture(scope="module")
def lev(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A colleague, who may look."""
    page = open_desk(browser, stack, "reader").page
    yield page
    page.context.close()


@pytest.fixture
def long_list(store: Store) -> Iterator[str]:
    """The query of a list that is too long to be made at once."""
    row = store.db.audit_entries.find_one({"subject": "candidate"})
    assert row
    store.db.audit_entries.insert_many([{**row, "_id": ObjectId(), "actor": "staff:archive"} for _ in range(ROWS)])
    yield "actor=archive"
    store.db.audit_entries.delete_many({"actor": "staff:archive"})


def test_a_long_list_is_made_by_a_worker_for_who_asked_and_is_gone_after_a_day(
    stack: Stack, desk: Desk, lev: Page, store: Store, long_list: str
) -> None:
    """A short one comes at once. Both are in the audit trail, and so is the download. Guard: ``is_ready``."""
    page, trail = desk.page, f"{stack.env['ADMIN_URL']}/admin/common/auditentry/"
    page.goto(f"{stack.env['ADMIN_URL']}/admin/people/candidate/?q=Соловьёв")
    with page.expect_download() as short:
        page.click("#export-csv")
    assert [row[1] for row in csv.reader(short.value.path().open(encoding="utf-8-sig"))][1:] == ["Соловьёв"]

    page.goto(f"{trail}?{long_list}")
    page.click("#export-csv")
    expect(page.locator(".desk-page")).to_contain_text(str(ROWS))
    page.get_by_role("button", name="Make the file").click()
    page.locator("#download").wait_for()  # the page follows by itself
    with page.expect_download() as long:
        page.click("#download")
    assert len(list(csv.reader(long.value.path().open(encoding="utf-8-sig")))) == ROWS + 1
    address = page.url.replace("/change/", "/download/")
    page.goto(f"{trail}?subject=export")
    entries = [" ".join(entry.split()) for entry in page.locator("#result_list tbody tr").all_inner_texts()[:3]]
    for entry, said in zip(entries, ("downloaded", f"rows: {ROWS}", "rows: 1"), strict=True):
        assert said in entry

    assert lev.request.get(address).status == HTTPStatus.NOT_FOUND
    store.db.exports.update_many({"query": long_list}, {"$set": {"ends_at": datetime.now(UTC) - timedelta(hours=1)}})
    page.goto(address)
    expect(page.locator("#export-title")).to_have_text("Removed after a day")
    page.goto(f"{stack.env['ADMIN_URL']}/admin/exports/export/")
    expect(page.locator("#result_list")).to_contain_text("removed after a day")


def test_a_view_kept_for_everybody_is_opened_by_a_colleague_and_deleted_by_who_kept_it(
    stack: Stack, desk: Desk, lev: Page
) -> None:
    """Guards: ``save_view``, ``delete_view``, ``is_own``."""
    page = desk.page
    page.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/booking/?status__exact=no_show")
    page.click(".view-save summary")
    page.fill(".view-save [name=name]", "Не пришли")
    page.check(".view-save [name=shared]")
    page.click(".view-save button")
    expect(page.locator(".view-open")).to_contain_text("Не пришли")

    lev.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/booking/")
    lev.click("a.view:has-text('Не пришли')")
    expect(lev.locator(".desk-chips")).to_contain_text("Status: did not come")
    assert lev.locator(".view-open button").count() == 0
    page.click(".view-open button")
    expect(page.locator(".view")).to_have_count(0)


def test_what_an_outside_calendar_has_is_shown_and_warned_of(stack: Stack, page: Page, desk: Desk) -> None:
    """Its words and its address are nowhere."""

    def is_read() -> bool:
        page.reload()
        return "1 busy time" in page.inner_text(".desk-page")

    eventually(is_read, "the calendar is read", seconds=90)
    assert "secret.ics" not in page.content()
    desk.page.set_viewport_size({"width": 1400, "height": 1200})
    desk.page.goto(f"{stack.env['ADMIN_URL']}/admin/scheduling/interviewslot/calendar/?view=day&date={DAY}")
    expect(desk.page.locator(".ec-body")).to_contain_text("own calendar")
    assert "Dentist" not in desk.page.content()
    desk.preview_slot("Специалист поддержки", DAY, "10:20", city="Москва", recruiter=RECRUITER, location="Офис")
    expect(desk.page.locator("form").last).to_contain_text(f"{RECRUITER} — busy by their own calendar, 10:00–11:00")
