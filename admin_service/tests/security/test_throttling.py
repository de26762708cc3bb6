"""Guessing passwords: counted by login and address together, so that nobody can hold up another."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from time_machine import travel

from backoffice.services.logins import reset_password, reset_second_step
from common import clock
from common.mongo import collection
from security.attempts import CODES, PASSWORDS, PASSWORDS_FROM_ADDRESS, Attempt, code_attempt, password_attempt
from tests.security.conftest import ELSEWHERE, HOME, PASSWORD, Browser, noted


def test_after_sixty_wrong_passwords_the_right_one_is_refused_from_there_and_not_from_elsewhere(vera: User) -> None:
    """Guard: ``refused_until``."""
    statuses = [Browser().log_in(password=f"wrong {number}").status_code for number in range(60)]

    assert statuses == [200] * PASSWORDS.most + [429] * (60 - PASSWORDS.most)
    refused = Browser().log_in()
    assert refused.status_code == 429
    assert "Try again in 15 minutes." in refused.content.decode()
    assert int(refused.headers["Retry-After"]) == 900
    assert Browser(ELSEWHERE).log_in().status_code == 302


def test_other_ways_to_write_a_login_are_no_other_login(vera: User) -> None:
    """Guard: ``_named`` of ``LoginPage``."""
    ways = ("vera", " vera", "vera ", "\tvera", "\uff56era", "v\uff45ra", "VERA")
    for number in range(PASSWORDS.most):
        Browser().log_in(ways[number % len(ways)], "wrong")
    assert {way: Browser().log_in(way).status_code for way in ways} == dict.fromkeys(ways, 429)


def test_the_wait_ends_when_it_was_said_to_however_often_somebody_tries_meanwhile(vera: User) -> None:
    """Guard: ``until`` stays once a bucket is full."""
    for number in range(PASSWORDS.most):
        Browser().log_in(password=f"wrong {number}")
    began = clock.now()
    with travel(began + timedelta(minutes=14), tick=False):
        assert Browser().log_in().status_code == 429
    with travel(began + timedelta(minutes=15, seconds=1), tick=False):
        assert Browser().log_in().status_code == 302


def test_the_page_is_the_same_for_logins_that_do_not_exist(vera: User) -> None:
    pages = []
    for name in ("vera", "nobody"):
        for number in range(PASSWORDS.most):
            Browser().log_in(name, f"wrong {number}")
        page = Browser().log_in(name)
        pages.append((page.status_code, "Too many wrong passwords" in page.content.decode()))
    assert pages == [(429, True), (429, True)]


def test_the_page_is_in_russian_too(vera: User) -> None:
    for number in range(PASSWORDS.most):
        Browser().log_in(password=f"wrong {number}")
    russian = Browser(**{"Accept-Language": "ru"})
    assert "Попробуйте снова через 15 минут." in russian.log_in().content.decode()


def test_the_right_password_makes_the_wrong_ones_before_it_forgotten(vera: User) -> None:
    """Guard: ``was_right``."""
    for _round in range(3):
        for number in range(PASSWORDS.most - 1):
            Browser().log_in(password=f"wrong {number}")
        assert Browser().log_in().status_code == 302


def test_one_address_cannot_try_many_logins(vera: User) -> None:
    """Guard: ``PASSWORDS_FROM_ADDRESS``. Names in other cases, and IPv6 neighbours, are the same one."""
    for number in range(PASSWORDS_FROM_ADDRESS.most):
        assert not password_attempt(f"login{number}", "2001:db8:1:2::5").refused_until

    assert password_attempt("vera", "2001:db8:1:2::6").refused_until
    assert not password_attempt("vera", "2001:db8:1:3::6").refused_until
    assert Browser(HOME).log_in().status_code == 302


def test_attempts_at_the_same_moment_are_all_counted() -> None:
    """Guard: ``find_one_and_update``: one look at the count, one write of it would let many through."""
    answers: list[Attempt] = []

    def guess() -> None:
        answers.append(password_attempt("vera", HOME))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 40
    assert sum(not answer.refused_until for answer in answers) == PASSWORDS.most
    assert sum(answer.first_refused for answer in answers) == 1


@pytest.mark.usefixtures("_behind_a_proxy")
def test_a_forged_header_does_not_make_another_address(vera: User) -> None:
    """Guard: ``client_address``. The proxy adds the address it was asked from at the end."""
    for number in range(PASSWORDS.most):
        forged = Browser("127.0.0.1", **{"X-Forwarded-For": f"192.0.2.{number}, {HOME}"})
        assert forged.log_in(password=f"wrong {number}").status_code == 200

    assert Browser("127.0.0.1", **{"X-Forwarded-For": HOME}).log_in().status_code == 429
    assert Browser("127.0.0.1", **{"X-Forwarded-For": ELSEWHERE}).log_in().status_code == 302
    assert noted("login_failed")[0].after["address"] == HOME


def test_where_no_proxy_of_ours_stands_in_front_the_header_is_not_believed(vera: User) -> None:
    """Guard: ``TRUSTED_PROXIES``."""
    for number in range(PASSWORDS.most):
        Browser(HOME, **{"X-Forwarded-For": f"192.0.2.{number}"}).log_in(password=f"wrong {number}")
    assert Browser(HOME, **{"X-Forwarded-For": ELSEWHERE}).log_in().status_code == 429


def test_what_was_typed_is_kept_only_if_it_is_a_login(vera: User) -> None:
    """A password typed as a name must not be readable in the trail, nor in what counts attempts."""
    Browser().log_in(PASSWORD, "vera")
    Browser().log_in("vera", "wrong")

    strangers, veras = noted("login_failed")
    assert (strangers.actor, strangers.after["username"]) == ("stranger", None)
    assert (veras.subject_id, veras.after["username"], veras.after["address"]) == (vera.pk, "vera", HOME)
    kept = [str(row) for name in ("audit_entries", "login_attempts") for row in collection(name).find()]
    assert not any(PASSWORD in row for row in kept)


def test_a_lockout_is_noted_once(vera: User) -> None:
    for number in range(PASSWORDS.most + 5):
        Browser().log_in(password=f"wrong {number}")
    assert len(noted("login_failed")) == PASSWORDS.most
    (locked,) = noted("login_locked")
    assert (locked.subject_id, locked.actor) == (vera.pk, "stranger")


def test_guesses_of_a_password_at_an_open_desk_count_too(vera: User, at_home: Browser) -> None:
    """Guard: ``check_own_password``."""
    new = {"new_password1": "another-kettle-in-june", "new_password2": "another-kettle-in-june"}
    for number in range(PASSWORDS.most):
        answer = at_home.post("/admin/password_change/", {"old_password": f"wrong {number}", **new})
        assert "This is not your password." in answer.content.decode()
    answer = at_home.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert "Too many wrong ones. Try again in 15 minutes." in answer.content.decode()
    vera.refresh_from_db()
    assert vera.check_password(PASSWORD)


@pytest.mark.parametrize("place", [HOME, ELSEWHERE])
def test_a_password_set_by_an_administrator_lifts_what_held_the_login_up_at_every_address(
    vera: User, place: str
) -> None:
    """Guard: ``lift_locks``. Another login stays held up."""
    nina = User.objects.create_user("Nina", password=PASSWORD, is_staff=True)
    for name in ("nina", "vera"):
        for address in (HOME, ELSEWHERE):
            for number in range(PASSWORDS.most + 1):
                Browser(address).log_in(name, f"wrong {number}")
    assert Browser(place).log_in("Nina").status_code == 429

    new = reset_password(nina, actor=vera)

    assert Browser(place).log_in("Nina", new).status_code == 302
    assert Browser(place).log_in("vera").status_code == 429


def test_a_second_step_taken_away_lifts_what_held_codes_and_passwords_up(vera: User) -> None:
    """Guard: ``lift_locks`` in ``reset_second_step``."""
    nina = User.objects.create_user("nina", password=PASSWORD, is_staff=True)
    for address in (HOME, ELSEWHERE):
        for _number in range(CODES.most + 1):
            code_attempt("nina", address)
            password_attempt("nina", address)

    reset_second_step(nina, actor=vera)

    for address in (HOME, ELSEWHERE):
        assert not code_attempt("nina", address).refused_until
        assert Browser(address).log_in("nina").status_code == 302
