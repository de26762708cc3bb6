"""The allow list as the bot reads it (FR2)."""

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from common import clock
from people.models import Candidate, City, ContactSettings
from people.services.people import save_candidate
from scheduling.services.staff_commands import remove_candidates
from shared_contracts.directory import AllowedUser, ChangesPage
from tests.conftest import MakeCandidate

Changes = ChangesPage[AllowedUser]


def read(bot: Client, url: str) -> Changes:
    response = bot.get(url)
    assert response.status_code == 200, response.content
    return Changes.model_validate_json(response.content)


def follow(bot: Client, url: str | None) -> list[Changes]:
    pages = []
    while url:
        pages.append(read(bot, url))
        url = pages[-1].next
    return pages


def ids(pages: list[Changes]) -> list[int]:
    return [user.telegram_id for page in pages for user in page.results]


def settle(**longer: Any) -> None:
    """Make what was saved so far older than the overlap."""
    Candidate.objects.update(listed_at=clock.now() - timedelta(minutes=5, **longer))


def test_pages_show_everyone_once_and_no_one_removed(bot: Client, make_candidate: MakeCandidate) -> None:
    people = [make_candidate() for _ in range(7)]
    make_candidate(is_allowed=False)
    pages = follow(bot, "/api/allowed-users?limit=3")
    assert [len(page.results) for page in pages] == [3, 3, 1]
    assert sorted(ids(pages)) == [person.telegram_id for person in people]


def test_an_entry_tells_what_the_bot_shows(bot: Client, maria: Candidate, moscow: City) -> None:
    maria.city = moscow
    save_candidate(maria, actor="anna")
    (user,) = read(bot, f"/api/allowed-users?telegram_id={maria.telegram_id}").results
    assert user.model_dump(exclude={"changed_at"}) == {
        "telegram_id": maria.telegram_id,
        "username": "maria_p",
        "first_name": "Мария",
        "allowed": True,
        "city_id": str(moscow.pk),
        "timezone": "Europe/Moscow",
        "contact_url": "https://t.me/anna_moscow",
        "language": None,
        "privacy_version": None,
    }


def test_without_a_city_the_default_contact_is_told(
    bot: Client, maria: Candidate, default_contact: ContactSettings
) -> None:
    (user,) = read(bot, f"/api/allowed-users?telegram_id={maria.telegram_id}").results
    assert (user.contact_url, user.timezone) == (default_contact.contact_url, None)


def test_asking_for_one_who_is_not_listed_finds_nobody(bot: Client, maria: Candidate) -> None:
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="anna", reason="")
    assert read(bot, f"/api/allowed-users?telegram_id={maria.telegram_id}").results == []
    assert read(bot, "/api/allowed-users?telegram_id=1099").results == []


def test_changes_name_the_added_and_the_removed_only(bot: Client, make_candidate: MakeCandidate) -> None:
    make_candidate()
    gone = make_candidate()
    settle()
    cursor = follow(bot, "/api/allowed-users")[-1].changes_cursor
    remove_candidates([str(gone.pk)], keep_bookings=True, actor="anna", reason="")
    added = make_candidate()
    changes = [(user.telegram_id, user.allowed) for user in read(bot, f"/api/allowed-users?since={cursor}").results]
    assert changes == [(gone.telegram_id, False), (added.telegram_id, True)]


def test_a_removal_is_told_though_the_clock_was_set_back(bot: Client, make_candidate: MakeCandidate) -> None:
    """FR2. Guard: ``_settled``. A cursor that lies ahead of the clock would pass over what changes now."""
    gone = make_candidate()
    settle()
    cursor = follow(bot, "/api/allowed-users")[-1].changes_cursor
    with time_machine.travel(clock.now() - timedelta(hours=1), tick=True):
        remove_candidates([str(gone.pk)], keep_bookings=True, actor="anna", reason="")
        pages = follow(bot, f"/api/allowed-users?since={cursor}&limit=1")

    assert [(user.telegram_id, user.allowed) for page in pages for user in page.results] == [(gone.telegram_id, False)]


def test_changes_are_paged_too(bot: Client, make_candidate: MakeCandidate) -> None:
    settle()
    cursor = read(bot, "/api/allowed-users").changes_cursor
    people = [make_candidate().telegram_id for _ in range(5)]
    pages = follow(bot, f"/api/allowed-users?since={cursor}&limit=2")
    assert [len(page.results) for page in pages] == [2, 2, 1]
    assert sorted(ids(pages)) == people


def test_a_change_whose_transaction_ends_late_is_not_missed(bot: Client, make_candidate: MakeCandidate) -> None:
    make_candidate()
    settle()
    make_candidate()
    cursor = read(bot, "/api/allowed-users").changes_cursor
    cursor = read(bot, f"/api/allowed-users?since={cursor}").changes_cursor
    late = make_candidate(listed_at=clock.now() - timedelta(seconds=4))
    assert late.telegram_id in ids([read(bot, f"/api/allowed-users?since={cursor}")])


def test_what_changes_while_the_list_is_paged_is_among_the_changes(bot: Client, make_candidate: MakeCandidate) -> None:
    people = [make_candidate() for _ in range(4)]
    settle()
    first = read(bot, "/api/allowed-users?limit=2")
    remove_candidates([str(people[0].pk)], keep_bookings=True, actor="anna", reason="")
    rest = follow(bot, first.next)
    changed = read(bot, f"/api/allowed-users?since={rest[-1].changes_cursor}").results
    assert (people[0].telegram_id, False) in [(user.telegram_id, user.allowed) for user in changed]


def test_nothing_new_costs_a_short_answer(bot: Client, make_candidate: MakeCandidate) -> None:
    make_candidate()
    settle()
    for url in ("/api/allowed-users", f"/api/allowed-users?since={read(bot, '/api/allowed-users').changes_cursor}"):
        etag = bot.get(url).headers["ETag"]
        again = bot.get(url, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert not etag.startswith("W/")


def test_a_change_makes_the_etag_stale(bot: Client, maria: Candidate) -> None:
    etag = bot.get("/api/allowed-users").headers["ETag"]
    remove_candidates([str(maria.pk)], keep_bookings=True, actor="anna", reason="")
    assert bot.get("/api/allowed-users", headers={"If-None-Match": etag}).status_code == 200


def test_a_citys_new_contact_reaches_those_who_live_there(bot: Client, maria: Candidate, moscow: City) -> None:
    from people.services.people import save_city

    maria.city = moscow
    save_candidate(maria, actor="anna")
    settle()
    cursor = read(bot, "/api/allowed-users").changes_cursor
    moscow.contact_url = "https://t.me/someone_else"
    save_city(moscow, actor="anna")
    (user,) = read(bot, f"/api/allowed-users?since={cursor}").results
    assert user.contact_url == "https://t.me/someone_else"


def test_who_has_not_come_in_yet_is_not_listed(bot: Client, make_candidate: MakeCandidate) -> None:
    """R10: there is no id that the bot could let in."""
    settle()
    cursor = follow(bot, "/api/allowed-users")[-1].changes_cursor
    here = make_candidate()
    make_candidate(telegram_id=None)
    make_candidate(telegram_id=None, username="")
    assert ids(follow(bot, "/api/allowed-users")) == [here.telegram_id]
    assert ids(follow(bot, f"/api/allowed-users?since={cursor}")) == [here.telegram_id]
