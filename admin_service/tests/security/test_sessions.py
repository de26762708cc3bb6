"""Sessions: they end, they are listed, they can be ended."""

import re
from datetime import timedelta

from django.contrib.auth.models import User
from pytest import MonkeyPatch
from time_machine import travel

from backoffice.services.logins import set_active
from common import clock
from common.mongo import collection
from security.models import StaffSession
from security.sessions import handle, sessions_of
from tests.security.conftest import ELSEWHERE, HOME, PASSWORD, Browser, noted

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
OVERVIEW, END = "/admin/security/", "/admin/security/sessions/"


def test_an_idle_session_ends_and_says_so_at_the_door(vera: User, at_home: Browser) -> None:
    """Guard: ``session_idle_minutes``."""
    with travel(clock.now() + timedelta(minutes=61), tick=False):
        answer = at_home.get("/admin/people/candidate/", follow=True)
        assert answer.redirect_chain[0][0] == "/admin/login/?next=/admin/people/candidate/"
        assert "You were logged out, since nobody was at the desk." in answer.content.decode()
        assert sessions_of(vera) == []
    (entry,) = noted("session_over")
    assert (entry.actor, entry.subject_id) == ("system:sessions", vera.pk)


def test_work_keeps_a_session_and_a_day_ends_it(vera: User, at_home: Browser) -> None:
    """Guard: ``session_max_hours``."""
    began = clock.now()
    for half_hours in range(1, 24):
        with travel(began + timedelta(minutes=30 * half_hours), tick=False):
            assert at_home.is_in(), half_hours
    with travel(began + timedelta(hours=12, seconds=1), tick=False):
        assert not at_home.is_in()


def test_a_page_that_looks_for_news_by_itself_keeps_no_session(vera: User, at_home: Browser) -> None:
    """Guard: ``POLLED_ADDRESSES``."""
    began = clock.now()
    for minutes in (20, 40, 59):
        with travel(began + timedelta(minutes=minutes), tick=False):
            assert at_home.get("/admin/now/").status_code == 200
    with travel(began + timedelta(minutes=61), tick=False):
        assert at_home.get("/admin/now/").status_code == 302
        assert not at_home.is_in()


def test_last_seen_is_written_once_a_minute(vera: User, at_home: Browser) -> None:
    """Guard: ``SEEN_EVERY``."""
    (before,) = sessions_of(vera)
    seen = []
    for seconds in (20, 50, 70, 80):
        with travel(before.last_seen + timedelta(seconds=seconds), tick=False):
            assert at_home.is_in()
            seen.append(sessions_of(vera)[0].last_seen - before.last_seen)
    assert [moment.total_seconds() for moment in seen] == [0, 0, 70, 70]


def test_the_page_lists_ones_own_sessions_in_words(vera: User) -> None:
    User.objects.create_superuser("boris", password=PASSWORD)
    Browser("192.0.2.77").log_in("boris")
    desk, phone = Browser(HOME, **{"User-Agent": FIREFOX}), Browser(ELSEWHERE, **{"User-Agent": PHONE})
    desk.log_in()
    phone.log_in()

    page = desk.get(OVERVIEW).content.decode()

    for text in ("Firefox, Windows", "Chrome, Android", HOME, ELSEWHERE, "this one", "Log out the others"):
        assert text in page, text
    assert "192.0.2.77" not in page
    keys = StaffSession.objects.values_list("session_key", flat=True)
    assert not any(key in page for key in keys), "who has a key is logged in"


def test_one_other_session_is_ended_or_all_of_them(vera: User, at_home: Browser) -> None:
    others = [Browser(ELSEWHERE) for _ in range(3)]
    for other in others:
        other.log_in()
    key = others[0].session.session_key
    assert key

    at_home.post(END, {"session": handle(key)})
    assert [other.is_in() for other in others] == [False, True, True]
    answer = at_home.post(END, follow=True)

    assert "2 sessions were ended." in answer.content.decode()
    assert [other.is_in() for other in others] == [False, False, False]
    assert at_home.is_in()
    assert [entry.after["sessions"] for entry in noted("sessions_ended")] == [1, 2]


def test_nobody_ends_the_session_of_another(vera: User, at_home: Browser) -> None:
    """Guard: ``sessions_of`` in ``end_sessions``."""
    User.objects.create_superuser("boris", password=PASSWORD)
    boris = Browser(ELSEWHERE)
    boris.log_in("boris")
    key = boris.session.session_key
    assert key
    at_home.post(END, {"session": handle(key)})
    assert boris.is_in()
    assert at_home.get(END).status_code == 405


def test_a_changed_password_ends_the_other_sessions(vera: User, at_home: Browser) -> None:
    """Guard: ``ChangedPassword``."""
    other = Browser(ELSEWHERE)
    other.log_in()
    new = "another-kettle-in-june"
    answer = at_home.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}, follow=True
    )
    assert "Your password was changed." in answer.content.decode()
    assert len(sessions_of(vera)) == 1
    assert (at_home.is_in(), other.is_in()) == (True, False)
    *_made, entry = noted("changed")
    assert (entry.actor, entry.via, entry.after["password"]) == ("staff:vera", "desk", "new")


def test_a_login_that_was_switched_off_is_out_at_the_next_request(vera: User, at_home: Browser) -> None:
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert not at_home.is_in()
    assert at_home.log_in().status_code == 200


def test_a_login_that_is_opened_again_is_not_logged_in_again(vera: User) -> None:
    """Guard: ``end_sessions`` in ``set_active``."""
    boris = User.objects.create_user("boris", password=PASSWORD, is_staff=True)
    browser = Browser(ELSEWHERE)
    browser.log_in("boris")
    for active in (False, True):
        set_active(User.objects.get(pk=boris.pk), active, actor=vera)
    assert not browser.is_in()


def test_a_session_ended_while_a_page_was_under_way_stays_ended(
    vera: User, at_home: Browser, monkeypatch: MonkeyPatch
) -> None:
    """Guard: ``touch`` makes no row anew."""
    key = at_home.session.session_key
    store = at_home.session
    assert store.get("_auth_user_id")
    StaffSession.objects.filter(session_key=key).delete()
    with travel(clock.now() + timedelta(minutes=2), tick=False):
        store.touch()  # type: ignore[attr-defined]
    assert sessions_of(vera) == []


def test_logins_and_logouts_are_noted(vera: User, at_home: Browser) -> None:
    at_home.post("/admin/logout/")
    assert not at_home.is_in()
    for action in ("logged_in", "logged_out"):
        (entry,) = noted(action)
        assert (entry.actor, entry.after["address"]) == ("staff:vera", HOME)


def test_mongodb_forgets_what_is_long_over() -> None:
    for name in ("staff_sessions", "login_attempts"):
        indexes = collection(name).index_information().values()
        assert [index["expireAfterSeconds"] for index in indexes if "expireAfterSeconds" in index] == [604_800], name


def test_the_trail_shows_logins_in_words(vera: User, at_home: Browser) -> None:
    page = at_home.get("/admin/common/auditentry/").content.decode()
    assert re.search(r"logged in.*staff vera", page, re.DOTALL)


def test_a_session_ended_from_elsewhere_is_told_of_at_the_door_once(vera: User, at_home: Browser) -> None:
    """Guard: ``ended``. Who logs out themselves, and who never was in, is told nothing."""
    told = "You were logged out: the session was ended from elsewhere"
    other = Browser(ELSEWHERE)
    other.log_in()
    at_home.post(END)

    page = other.get("/admin/people/candidate/", follow=True)
    assert page.redirect_chain[0][0] == "/admin/login/?next=/admin/people/candidate/"
    assert told in page.content.decode()
    assert told not in other.get("/admin/login/").content.decode()

    at_home.post("/admin/logout/")
    for browser in (at_home, Browser()):
        assert told not in browser.get("/admin/", follow=True).content.decode()
