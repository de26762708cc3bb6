"""Passwords that are refused."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils.translation import override
from pytest import MonkeyPatch

from tests.security.conftest import PASSWORD, Browser


@pytest.mark.parametrize(
    "password",
    [
        "kettle-94",  # short
        "slotdesk-in-june-94",
        "my5l0td3sk-2032",
        "ыдщевуыл-кресло-7",  # slotdesk on the other keyboard
        "слотдеск-кресло-7",
        "ckjnltcr-chair-77",
        "vera.sokolova-1",  # the login's own name
        "password2032!!",
        "пароль-2032-!!",
        "123456789012",
        "qwertyuiop[]12",
        "aaaabbbbaaaa",
    ],
)
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="vera.sokolova"))


@pytest.mark.parametrize("password", ["kettle-orbit-tulip-94", "чайник орбита тюльпан", "1a2b-93fe-88d0-0c1d"])
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    validate_password(password, User(username="vera.sokolova"))


def test_the_reason_is_said_in_both_languages() -> None:
    for language, reason in (("en", "can’t contain the product’s name"), ("ru", "не должно быть названия программы")):
        with override(language), pytest.raises(ValidationError, match=reason):
            validate_password("slotdesk-in-june-94")


def test_a_short_demo_password_is_refused_before_anything_is_made(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_ADMIN_USER", "admin")
    monkeypatch.setenv("DEMO_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match=r"DEMO_ADMIN_PASSWORD: .*12"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_ones_own_password_is_held_to_the_rules(vera: User, at_home: Browser) -> None:
    page = at_home.post("/admin/password_change/", {"new_password1": "slotdesk12", "new_password2": "slotdesk12"})
    assert "the product’s name" in page.content.decode()


def test_the_password_one_has_is_no_new_one(vera: User, at_home: Browser) -> None:
    """Guard: ``clean_new_password1``."""
    fields = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    page = at_home.post("/admin/password_change/", fields)
    assert "This is the password you have now." in page.content.decode()
    before = vera.password
    vera.refresh_from_db()
    assert vera.password == before


def test_the_login_page_speaks_of_a_login_in_russian() -> None:
    page = Browser(**{"Accept-Language": "ru"}).log_in("nobody", "wrong").content.decode()
    assert "Логин" in page and "Неверный логин или пароль." in page
    assert "Username" not in page
