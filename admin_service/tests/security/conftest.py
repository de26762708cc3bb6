"""A login with a password, and browsers at the front door."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry

PASSWORD = "kettle-orbit-tulip-94"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
LOGIN = "/admin/login/"


class Browser(Client):
    """Somebody's browser at an address, in English."""

    def __init__(self, address: str = HOME, **headers: str) -> None:
        super().__init__(headers={"Accept-Language": "en", **headers}, REMOTE_ADDR=address)

    def log_in(self, name: str = "vera", password: str = PASSWORD) -> Any:
        """What a script posts, too."""
        return self.post(LOGIN, {"username": name, "password": password})

    def is_in(self) -> bool:
        """Whether the desk opens."""
        return self.get(reverse("admin:index")).status_code == 200


@pytest.fixture
def vera() -> User:
    """Vera, who may do everything."""
    return User.objects.create_superuser("vera", password=PASSWORD)


@pytest.fixture
def at_home(vera: User) -> Browser:
    """Vera, logged in."""
    browser = Browser()
    assert browser.log_in().status_code == 302
    return browser


@pytest.fixture(autouse=True)
def _an_hour_and_a_day() -> Iterator[None]:
    """The times that an installation has without settings of its own."""
    env = settings.ENV
    before = env.session_idle_minutes, env.session_max_hours
    env.session_idle_minutes, env.session_max_hours = (
        type(env).model_fields[name].default for name in ("session_idle_minutes", "session_max_hours")
    )
    yield
    env.session_idle_minutes, env.session_max_hours = before


@pytest.fixture
def _behind_a_proxy() -> Iterator[None]:
    before = settings.ENV.trusted_proxies
    settings.ENV.trusted_proxies = 1
    yield
    settings.ENV.trusted_proxies = before


@pytest.fixture
def _codes_for_administrators() -> Iterator[None]:
    settings.ENV.require_totp_for_administrators = True
    yield
    settings.ENV.require_totp_for_administrators = False


def noted(action: str) -> list[AuditEntry]:
    """The trail's entries of one kind about logins, in their order."""
    return list(AuditEntry.objects.filter(subject="login", action=action).order_by("created_at"))
