"""Staff of each role at a fresh installation, with the demo's logins: what they may do works, the rest is refused."""

import pytest
from playwright.sync_api import Browser

from acceptance.desk import Desk, open_desk
from acceptance.driving import Store
from local.stack import Stack

MOSCOW, VLADIVOSTOK = "Москва", "Владивосток"
SETTINGS = {"city", "recruiter", "candidate", "questionnaire", "messagetemplate", "reminderrule"}


def at_the_desk(browser: Browser, stack: Stack, user: str) -> Desk:
    assert user in stack.env["DEMO_LOGINS"].split(",")
    return open_desk(browser, stack, user)


def test_the_administrator_sees_all_and_makes_a_coordinator_who_can_start(browser: Browser, stack: Stack) -> None:
    daria = at_the_desk(browser, stack, "administrator")
    assert {"booking", "stafflogin", "outboxmessage", "auditentry"} | SETTINGS <= set(daria.menu())
    assert VLADIVOSTOK in daria.rows_of("scheduling/interviewslot/")

    daria.add_login("vlad", "coordinator", "gavan-tikhaya-41", city=VLADIVOSTOK)
    vlad = open_desk(browser, stack, "vlad", "gavan-tikhaya-41")
    slots = vlad.rows_of("scheduling/interviewslot/?time=all")
    assert VLADIVOSTOK in slots and MOSCOW not in slots
    assert "deactivated" in daria.close_login("vlad")
    vlad.status_of("scheduling/interviewslot/")
    assert "/admin/login/" in vlad.page.url
    assert "last administrator" in open_desk(browser, stack).close_login("administrator")
    assert "superuser" in daria.rows_of("backoffice/stafflogin/?q=admin")


def test_the_coordinator_works_with_moscow_alone(browser: Browser, stack: Stack, desk: Desk) -> None:
    kirill = at_the_desk(browser, stack, "coordinator")
    assert VLADIVOSTOK in desk.rows_of("scheduling/interviewslot/?time=all&q=Светланской")
    slots = kirill.rows_of("scheduling/interviewslot/?time=all")
    assert MOSCOW in slots and VLADIVOSTOK not in slots
    assert VLADIVOSTOK not in kirill.rows_of("people/candidate/")
    for path in ("backoffice/stafflogin/", "people/candidate/add/", "messaging/outboxmessage/", "common/auditentry/"):
        assert kirill.status_of(path) == 403, path
    kirill.add_slot("Специалист поддержки", "2032-03-22", "12:00", city=MOSCOW, location="Офис на Тверской, 7")
    assert "22.03.2032" in kirill.rows_of("scheduling/interviewslot/?time=all&starts_at_from=2032-03-22")


def test_the_recruiter_sees_their_own_bookings_and_decides_them(
    browser: Browser, stack: Stack, desk: Desk, store: Store
) -> None:
    event_id = store.db.interview_events.distinct("_id", {"title": "Специалист поддержки"})[0]
    bookings = []
    for telegram_id, recruiter in ((1011, "Анна Ветрова"), (1012, "Борис Ильин")):
        recruiter_id = store.db.recruiters.distinct("_id", {"name": recruiter})[0]
        free = {"event_id": event_id, "recruiter_id": recruiter_id, "has_room": True, "is_active": True}
        slot = store.db.interview_slots.find(free).sort("starts_at", -1)[0]
        desk.book_for(telegram_id, str(slot["_id"]), "")
        bookings += store.bookings_of(telegram_id)
    annas, boriss = (booking["_id"] for booking in bookings)

    anna = at_the_desk(browser, stack, "recruiter")
    assert set(anna.menu()) & (SETTINGS | {"stafflogin", "broadcast", "waitingentry"}) == set()
    listed = anna.rows_of("scheduling/booking/")
    assert "Анна Ветрова" in listed and "Борис Ильин" not in listed
    assert anna.status_of(f"scheduling/booking/{boriss}/change/") == 404
    assert anna.status_of(f"scheduling/booking/{boriss}/cancel/") == 404
    for path in ("scheduling/interviewslot/add/", "people/candidate/", "scheduling/interviewevent/"):
        assert anna.status_of(path) == 403, path
    anna.cancel_booking(annas, "Заболела")
    ended = {booking["_id"]: booking["ended_by"] for booking in store.bookings_of(1011, live=False)}
    assert ended[annas] == "staff:recruiter"


def test_the_reader_looks_and_exports_and_changes_nothing(browser: Browser, stack: Stack) -> None:
    lev = at_the_desk(browser, stack, "reader")
    slots = lev.rows_of("scheduling/interviewslot/?time=all")
    assert MOSCOW in slots
    for path in ("scheduling/interviewslot/add/", "scheduling/interviewevent/add/", "backoffice/stafflogin/"):
        assert lev.status_of(path) == 403, path
    lev.rows_of("scheduling/interviewevent/")
    lev.page.click("#result_list tbody a >> nth=0")
    assert lev.page.locator("button[name=_save]").count() == 0
    assert lev.page.locator("a[href*='/interviewevent/'][href$='/broadcast/']").count() == 0
    answer = lev.page.request.get(f"{stack.env['ADMIN_URL']}/admin/scheduling/booking/?_export=1")
    assert answer.status == 200 and "text/csv" in answer.headers["content-type"]


@pytest.mark.parametrize("path", ["scheduling/booking/?_export=1", "people/candidate/", "backoffice/stafflogin/"])
def test_who_has_not_logged_in_sees_nothing(browser: Browser, stack: Stack, path: str) -> None:
    page = browser.new_context(locale="en-US").new_page()
    page.goto(f"{stack.env['ADMIN_URL']}/admin/{path}")
    assert "/admin/login/" in page.url
