"""The second step: set up, asked for, lost and taken away."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django_otp.oath import TOTP
from time_machine import travel

from backoffice.services.logins import Post, give_role
from backoffice.services.roles import make_roles
from common import clock
from common.mongo import collection
from common.roles import Role
from security import second_factor
from security.attempts import CODES
from security.models import SecondFactor
from security.sessions import sessions_of
from tests.helpers.staff_client import unseen
from tests.security.conftest import ELSEWHERE, HOME, LOGIN, PASSWORD, Browser, noted

CODE, SET_UP = "/admin/login/code/", "/admin/security/second-step/"


def code_of(user: User, steps: int = 0) -> str:
    """What the app shows now, or so many steps from now."""
    return code_for(SecondFactor.objects.get(user=user).key, steps)


def code_for(key: str, steps: int = 0) -> str:
    app = TOTP(bytes.fromhex(key), drift=steps)
    app.time = clock.now().timestamp()
    return f"{app.token():06d}"


def set_up(browser: Browser) -> list[str]:
    """Turn it on at the page, as people do; the answer is the recovery codes."""
    browser.get(SET_UP)
    key = browser.session["_second_step_key"]
    page = browser.post(SET_UP, {"code": code_for(key), "password": PASSWORD})
    codes = re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page.content.decode())
    assert len(codes) == 10, page.content.decode()
    return codes


def give(browser: Browser, code: str) -> Any:
    return browser.post(CODE, {"code": code})


def test_set_up_by_the_picture_then_a_code_is_asked_for(vera: User, at_home: Browser) -> None:
    page = at_home.get(SET_UP).content.decode()
    key = at_home.session["_second_step_key"]
    assert "<svg" in page and second_factor.readable(key) in page
    set_up(at_home)
    assert at_home.is_in()

    browser = Browser(ELSEWHERE)
    answer = browser.post(LOGIN, {"username": "vera", "password": PASSWORD, "next": "/admin/people/candidate/"})
    assert answer.headers["Location"] == f"{CODE}?next=/admin/people/candidate/"
    assert not browser.is_in()
    answer = browser.post(answer.headers["Location"], {"code": code_of(vera, 1), "next": "/admin/people/candidate/"})
    assert answer.headers["Location"] == "/admin/people/candidate/"
    assert browser.is_in()


def test_a_wrong_first_code_or_password_turns_nothing_on(vera: User, at_home: Browser) -> None:
    """Guards: ``clean_password`` and ``_step_of``."""
    at_home.get(SET_UP)
    right = code_for(at_home.session["_second_step_key"])
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for given in ({"code": right, "password": "wrong"}, {"code": wrong, "password": PASSWORD}):
        assert at_home.post(SET_UP, given).status_code == 200
    assert not second_factor.has_second_factor(vera)


def test_a_code_works_once_even_at_the_same_moment(vera: User, at_home: Browser) -> None:
    """Guard: ``last_step`` in the condition of ``accept``."""
    set_up(at_home)
    began, together, answers = clock.now(), threading.Barrier(8), list[bool]()

    def use(code: str) -> None:
        SecondFactor.objects.exists()  # connected before the race begins
        together.wait()
        answers.append(second_factor.accept(vera, code))
        connection.close()

    for minutes in range(1, 6):
        answers.clear()
        with travel(began + timedelta(minutes=minutes)):
            threads = [threading.Thread(target=use, args=[code_of(vera)]) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(answers) == [False] * 7 + [True]
            assert not second_factor.accept(vera, code_of(vera))


def test_a_code_of_some_minutes_ago_is_refused(vera: User, at_home: Browser) -> None:
    set_up(at_home)
    with travel(clock.now() + timedelta(hours=1), tick=False):
        assert not second_factor.accept(vera, code_of(vera, -3))
        assert second_factor.accept(vera, code_of(vera, -1))


def test_each_recovery_code_lets_in_once_and_none_is_stored_as_it_is(vera: User, at_home: Browser) -> None:
    """Guard: ``_hashed``."""
    codes = set_up(at_home)
    stored = str(collection("second_factors").find_one())
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)

    for code, lets_in in ((codes[0].upper().replace("-", " "), True), (codes[0], False), (codes[1], True)):
        browser = Browser(ELSEWHERE)
        browser.log_in()
        give(browser, code)
        assert browser.is_in() is lets_in, code
    assert [entry.after["left"] for entry in noted("recovery_code_used")] == [9, 8]


def test_guessing_codes_is_held_up(vera: User, at_home: Browser) -> None:
    """Guard: ``code_attempt``."""
    codes = set_up(at_home)
    browser = Browser(ELSEWHERE)
    browser.log_in()
    for number in range(CODES.most):
        assert "wrong or was used already" in give(browser, f"wrong{number}").content.decode()
    assert "Too many wrong ones. Try again in 15 minutes." in give(browser, codes[0]).content.decode()
    assert not browser.is_in()
    assert len(noted("code_failed")) == CODES.most and len(noted("code_locked")) == 1
    assert second_factor.codes_left(vera) == 10


def test_the_password_is_forgotten_after_ten_minutes_or_when_it_changes(vera: User, at_home: Browser) -> None:
    """Guard: ``CODE_WITHIN``, ``get_session_auth_hash``."""
    codes = set_up(at_home)
    late, outdated = Browser(ELSEWHERE), Browser(ELSEWHERE)
    late.log_in()
    outdated.log_in()
    with travel(clock.now() + timedelta(minutes=11), tick=False):
        assert give(late, codes[0]).headers["Location"] == LOGIN
    vera.set_password("another-kettle-in-june")
    vera.save()
    assert give(outdated, codes[0]).headers["Location"] == LOGIN


def test_without_a_right_password_the_page_for_codes_leads_back() -> None:
    assert Browser().get(CODE).headers["Location"] == LOGIN


def test_other_sessions_end_when_it_is_turned_on(vera: User, at_home: Browser) -> None:
    elsewhere = Browser(ELSEWHERE)
    elsewhere.log_in()
    set_up(at_home)
    assert (at_home.is_in(), elsewhere.is_in()) == (True, False)


def test_a_session_without_the_second_step_does_not_outlive_its_set_up(vera: User, at_home: Browser) -> None:
    """Guard: ``SECOND_STEP``. However the session came to be."""
    SecondFactor.objects.create(user=vera, key=second_factor.new_key(), last_step=0)
    assert at_home.get("/admin/").headers["Location"] == LOGIN
    assert sessions_of(vera) == []


def test_turning_it_off_asks_for_a_code(vera: User, at_home: Browser) -> None:
    codes = set_up(at_home)
    at_home.post("/admin/security/second-step/off/", {"code": "000000"})
    assert second_factor.has_second_factor(vera)
    at_home.post("/admin/security/second-step/off/", {"code": codes[0]})
    assert not second_factor.has_second_factor(vera)
    assert at_home.is_in()
    assert len(noted("second_step_on")) == len(noted("second_step_off")) == 1


def test_new_recovery_codes_end_the_earlier_ones(vera: User, at_home: Browser) -> None:
    earlier = set_up(at_home)
    page = at_home.post("/admin/security/second-step/codes/", {"code": earlier[0]}).content.decode()
    newer = re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page)
    assert len(newer) == 10
    assert not second_factor.accept(vera, earlier[1])
    assert second_factor.accept(vera, newer[1])


def test_an_administrator_takes_a_lost_one_away_and_the_login_is_out(vera: User) -> None:
    """Guard: ``reset_second_step``; nobody does it to a superuser in the desk."""
    make_roles()
    daria, boris = (User.objects.create_user(name, password=PASSWORD, is_staff=True) for name in ("daria", "boris"))
    lost, browser = Browser(HOME), Browser(ELSEWHERE)
    lost.log_in("boris")
    browser.log_in("daria")
    for user in (boris, vera):
        SecondFactor.objects.create(user=user, key=second_factor.new_key(), last_step=0)
    page = "/admin/backoffice/stafflogin/{}/second-step/"
    assert browser.post(page.format(boris.pk), {"_confirm": "1"}).status_code == 403
    give_role(daria, Post(Role.ADMINISTRATOR))

    assert "Make sure that it is boris who asks" in browser.get(page.format(boris.pk)).content.decode()
    for user in (vera, boris):
        opened = browser.get(page.format(user.pk))
        browser.post(page.format(user.pk), {**unseen(opened), "_confirm": "1"})

    assert [second_factor.has_second_factor(user) for user in (boris, vera)] == [False, True]
    assert sessions_of(boris) == []
    (entry,) = noted("second_step_reset")
    assert (entry.actor, entry.subject_id) == ("staff:daria", boris.pk)


def test_a_superusers_lost_one_is_taken_away_on_the_command_line(vera: User) -> None:
    SecondFactor.objects.create(user=vera, key=second_factor.new_key(), last_step=0)
    call_command("reset_second_step", "vera")
    assert not second_factor.has_second_factor(vera)
    (entry,) = noted("second_step_reset")
    assert (entry.actor, entry.via) == ("system:console", "console")
    for name in ("vera", "nobody"):
        with pytest.raises(CommandError, match=name):
            call_command("reset_second_step", name)


@pytest.mark.usefixtures("_codes_for_administrators")
def test_where_the_installation_asks_administrators_for_it_nothing_opens_before(vera: User, at_home: Browser) -> None:
    """Guard: ``must_have``; others go on as before."""
    make_roles()
    for name, group in (("daria", "Administrators"), ("kirill", "Coordinators")):
        User.objects.create_user(name, password=PASSWORD, is_staff=True).groups.add(Group.objects.get(name=group))
    daria, kirill = Browser(ELSEWHERE), Browser(ELSEWHERE)
    daria.log_in("daria")
    kirill.log_in("kirill")

    for browser in (at_home, daria):
        for address in ("/admin/", "/admin/people/candidate/", "/admin/security/", "/admin/search/?s=x"):
            assert browser.get(address).headers["Location"] == SET_UP, address
        assert browser.post("/admin/people/city/add/", {"name": "x"}).headers["Location"] == SET_UP
        assert "Your role needs a second step." in browser.get(SET_UP).content.decode()
    assert kirill.is_in()
    set_up(at_home)
    assert at_home.is_in()


def test_a_second_tab_and_a_reload_of_the_codes_say_that_it_is_on_already(vera: User, at_home: Browser) -> None:
    """Guard: ``_on_already``."""
    at_home.get(SET_UP)
    sent = {"code": code_for(at_home.session["_second_step_key"]), "password": PASSWORD}
    assert "Your recovery codes" in at_home.post(SET_UP, sent).content.decode()
    before = SecondFactor.objects.get(user=vera)

    for again in (at_home.post(SET_UP, sent, follow=True), at_home.get(SET_UP, follow=True)):
        assert again.redirect_chain == [("/admin/security/", 302)]
        assert "The second step is on already." in again.content.decode()
    after = SecondFactor.objects.get(user=vera)
    assert (after.key, after.recovery) == (before.key, before.recovery)


def test_a_spent_code_and_a_wrong_one_are_told_the_same_which_is_right_for_both(vera: User, at_home: Browser) -> None:
    codes = set_up(at_home)
    assert second_factor.accept(vera, codes[0])
    browser = Browser(ELSEWHERE)
    browser.log_in()
    for code in (codes[0], "aaaaa-aaaaa", "000000x"):
        page = give(browser, code).content.decode()
        assert "wrong or was used already: each works once" in page
