"""Whatever is asked of the desk, it answers with a page of its own: a few hundred requests of ``make fuzz``."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from backoffice.services.logins import Post, give_role
from common.roles import Role
from people.models import Candidate, Recruiter
from people.services.invitations import invite
from scheduling.services.staff_commands import book_for
from tests.conftest import MakeSlot
from tests.fuzzing.desk import Answer, Asked, fuzz

REQUESTS = 80


class Inside:
    """A login in this process; logged in again when a request of its own has logged it out."""

    def __init__(self, login: User) -> None:
        self._login = login
        self._client = Client(raise_request_exception=False)
        self._client.force_login(login)

    def ask(self, asked: Asked) -> Answer:
        """Send it."""
        response = self._client.generic(
            asked.method,
            asked.path,
            asked.body,
            asked.content_type or "application/octet-stream",
            headers={"Accept-Language": asked.language},
        )
        location = response.headers.get("Location", "")
        if "/login/" in location:
            self._client.force_login(self._login)
        return Answer(response.status_code, response.getvalue().decode("utf-8", "replace"), location)


@pytest.mark.usefixtures("congratulation")
@pytest.mark.parametrize("role", ["superuser", *Role.values])
def test_no_request_is_answered_by_an_error_of_ours(
    make_slot: MakeSlot, maria: Candidate, olga: Recruiter, role: str
) -> None:
    """Guards: ``ErrorPages`` and ``DeclaredLists``, for what nobody thought of."""
    book_for(maria.telegram_id, str(make_slot(recruiter=olga).pk), actor="anna", reason="")
    invite([Candidate.objects.create(first_name="Глеб")], actor="anna")
    login = User.objects.create(username="fuzz", is_staff=True, is_superuser=role == "superuser")
    if role != "superuser":
        give_role(login, Post(Role(role), all_cities=True, recruiter_id=olga.pk))
    tally = fuzz(Inside(login), REQUESTS, seed=len(role))
    assert not tally.broken, str(tally)
    assert not tally.bare, str(tally)
    assert tally.statuses[200], str(tally)
