"""Staff at the desk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from backoffice.models import StaffProfile
from backoffice.services.logins import Post, give_role
from backoffice.services.roles import make_roles
from common.roles import Role
from tests.helpers.staff_client import StaffClient


@pytest.fixture
def _roles() -> Iterator[None]:
    """As ``migrate`` made them: no test makes a role of its own."""
    yield
    make_roles()  # a test may have changed one


@pytest.fixture
def desk() -> StaffClient:
    """Anna, who may do everything, in English."""
    anna = User.objects.create(username="anna", is_staff=True, is_superuser=True)
    return _at_the_desk(anna)


@pytest.fixture
def coordinator(_roles: None) -> StaffClient:
    """Kirill the coordinator."""
    return _in_role("kirill", Role.COORDINATOR, all_cities=True)


@pytest.fixture
def administrator(_roles: None) -> StaffClient:
    """Daria the administrator."""
    return _in_role("daria", Role.ADMINISTRATOR)


@pytest.fixture
def reader() -> StaffClient:
    """Lev, who may look at candidates' answers of all cities and at nothing else: an installation's own role."""
    lev = User.objects.create(username="lev", is_staff=True)
    StaffProfile.objects.create(user=lev, role=Role.READ_ONLY, all_cities=True)
    lev.user_permissions.add(Permission.objects.get(codename="view_questionnaireanswers"))
    return _at_the_desk(lev)


def _in_role(name: str, role: Role, **whose: Any) -> StaffClient:
    user = User.objects.create(username=name, is_staff=True)
    give_role(user, Post(role, **whose))
    return _at_the_desk(user)


def _at_the_desk(user: User) -> StaffClient:
    client = StaffClient(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


Text = Callable[[str], str]


@pytest.fixture
def text(desk: Client) -> Text:
    """The text of a page, as Anna sees it."""

    def read(url: str) -> str:
        response = desk.get(url, follow=True)
        assert response.status_code == 200, url
        return response.content.decode()

    return read
