"""What a login may do is Django's answer, found by indexes."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from security.backends import IndexedBackend

JOINS = ("auth_user_groups", "auth_user_user_permissions", "auth_group_permissions")


@pytest.mark.parametrize("groups", [[], ["Recruiters"], ["Recruiters", "Coordinators"]])
@pytest.mark.parametrize("own", [[], ["view_city"], ["view_outboxmessage", "view_city"]])
def test_a_login_may_do_what_django_says(groups: list[str], own: list[str]) -> None:
    """Guard: ``IndexedBackend``. No query of it joins from every permission to the login."""
    lev = User.objects.create(username="lev")
    User.objects.create(username="somebody else").groups.add(Group.objects.get(name="Administrators"))
    lev.groups.set(Group.objects.filter(name__in=groups))
    lev.user_permissions.set(Permission.objects.filter(codename__in=own))

    with CaptureQueriesContext(connection) as asked:
        may = IndexedBackend().get_all_permissions(User.objects.get(pk=lev.pk))
    assert may == ModelBackend().get_all_permissions(User.objects.get(pk=lev.pk))
    assert len(may) >= len(own) + len(groups)
    assert not [query for query in asked.captured_queries for name in JOINS if f"'from': '{name}'" in query["sql"]]


def test_who_is_out_of_use_may_do_nothing_and_a_superuser_everything() -> None:
    out = User.objects.create(username="out", is_active=False)
    out.user_permissions.add(Permission.objects.get(codename="view_city"))
    anna = User.objects.create(username="anna", is_superuser=True)
    assert [len(login.get_all_permissions()) for login in (out, anna)] == [0, Permission.objects.count()]
