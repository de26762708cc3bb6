"""Staff at the desk."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from desk.roles import ADMINISTRATORS, COORDINATORS, make_roles


@pytest.fixture
def _roles() -> Iterator[None]:
    make_roles()
    yield
    for group in Group.objects.all():  # a test may have given it more
        group.permissions.clear()


@pytest.fixture
def desk() -> Client:
    """Anna, who may do everything, in English."""
    anna = User.objects.create(username="anna", is_staff=True, is_superuser=True)
    return _at_the_desk(anna)


@pytest.fixture
def coordinator(_roles: None) -> Client:
    """Kirill the coordinator."""
    return _in_role("kirill", COORDINATORS)


@pytest.fixture
def administrator(_roles: None) -> Client:
    """Daria the administrator."""
    return _in_role("daria", ADMINISTRATORS)


@pytest.fixture
def reader() -> Client:
    """Lev, who may look at candidates' answers and at nothing else: an installation's own role."""
    lev = User.objects.create(username="lev", is_staff=True)
    lev.user_permissions.add(Permission.objects.get(codename="view_questionnaireanswers"))
    return _at_the_desk(lev)


def _in_role(name: str, role: str) -> Client:
    user = User.objects.create(username=name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return _at_the_desk(user)


def _at_the_desk(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
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
