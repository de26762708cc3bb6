"""Who is let in (R10): invitations opened in chat, entries by @username."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from bson import Int64, ObjectId
from django.apps import apps
from django.db import connection
from pymongo.errors import DuplicateKeyError

from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.refusals import RefusedError
from messaging.models import OutboxMessage
from people.consumer import store_report
from people.models import Candidate, City, Invitation, Recruiter
from people.services import invitations, joining
from people.services.calendar_links import recruiter_by_token
from people.services.people import save_candidate, save_recruiter
from scheduling.services.staff_commands import remove_candidates
from shared_contracts.dialog import DialogOutcome, Role
from tests.conftest import MakeCandidate
from tests.helpers import claiming
from tests.helpers.claiming import link
from tests.scheduling.test_races import together

MASHA, STRANGER = 70_001, 70_002
OLD_LINK, OLD_CALENDAR = "a-B_3" * 6 + "xy", "c-D_4" * 8 + "xyz"


@pytest.fixture
def masha(moscow: City) -> Candidate:
    """Maria, whom staff know by name only."""
    return Candidate.objects.create(first_name="Мария", city=moscow)


@pytest.fixture
def vera() -> Recruiter:
    """Vera the recruiter, who has not come in yet."""
    return Recruiter.objects.create(name="Вера Ким")


def opened(invitation: str, telegram_id: int, username: str | None = None) -> DialogOutcome:
    return claiming.result(claiming.opens(invitation, telegram_id, username)).outcome


def test_a_link_lets_a_candidate_in(masha: Candidate) -> None:
    """R10: staff know no numeric id; the link binds it."""
    item = claiming.opens(link(masha), MASHA, "Masha_P")
    answer = claiming.result(item)

    assert (answer.outcome, answer.role, answer.name) == (DialogOutcome.ACCEPTED, Role.CANDIDATE, "Мария")
    assert (answer.request_id, answer.reply) == (item.message_id, item.reply)
    before = masha.listed_at
    masha.refresh_from_db()
    assert (masha.telegram_id, masha.username, masha.first_name) == (MASHA, "Masha_P", "Мария")
    assert (masha.is_allowed, masha.started_at, masha.language_code) == (True, item.occurred_at, "en")
    assert masha.listed_at > before
    used = Invitation.objects.get()
    assert (used.used_by_telegram_id, bool(used.used_at)) == (MASHA, True)


def test_who_came_in_is_in_the_audit_trail_and_the_bot_reads_the_list_again(masha: Candidate) -> None:
    """I7, R6."""
    invitation = link(masha)
    opened(invitation, MASHA)
    joined = AuditEntry.objects.get(action="joined")
    assert (joined.subject, joined.actor, joined.via) == ("candidate", f"candidate:{MASHA}", "chat")
    assert AuditEntry.objects.get(action="used").subject_id == Invitation.objects.get().pk
    (told,) = OutboxMessage.objects.filter(queue="bot.cache.invalidate")
    assert "allowed_users" in told.body


def test_a_link_lets_a_recruiter_in(vera: Recruiter) -> None:
    answer = claiming.result(claiming.opens(link(vera), STRANGER, "vera_kim"))
    assert (answer.outcome, answer.role, answer.name) == (DialogOutcome.ACCEPTED, Role.RECRUITER, "Вера Ким")
    vera.refresh_from_db()
    assert (vera.telegram_id, vera.username) == (STRANGER, "vera_kim")
    assert not Candidate.objects.exists()
    (told,) = OutboxMessage.objects.filter(queue="bot.cache.invalidate")
    assert "recruiters" in told.body


def test_an_entry_without_a_name_gets_telegrams(masha: Candidate) -> None:
    Candidate.objects.update(first_name="")
    opened(link(masha), MASHA)
    masha.refresh_from_db()
    assert (masha.first_name, masha.last_name) == ("Маша", "П.")


def test_the_same_person_may_open_their_link_again(masha: Candidate) -> None:
    invitation = link(masha)
    opened(invitation, MASHA)
    assert opened(invitation, MASHA) is DialogOutcome.ALREADY_ACCEPTED
    assert AuditEntry.objects.filter(action="joined").count() == 1


def test_a_used_link_lets_nobody_else_in(masha: Candidate) -> None:
    invitation = link(masha)
    opened(invitation, MASHA)
    assert opened(invitation, STRANGER) is DialogOutcome.USED
    masha.refresh_from_db()
    assert masha.telegram_id == MASHA


def expire(masha: Candidate) -> None:
    Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))


def revoke(masha: Candidate) -> None:
    assert invitations.revoke([str(Invitation.objects.get().pk)], actor="anna") == 1


def remove(masha: Candidate) -> None:
    remove_candidates([str(masha.pk)], keep_bookings=True, actor="anna", reason="")


def invite_again(masha: Candidate) -> None:
    invitations.invite([masha], actor="anna")


def bind_elsewhere(masha: Candidate) -> None:
    Candidate.objects.update(telegram_id=MASHA)


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        (expire, DialogOutcome.INVITATION_EXPIRED),
        (revoke, DialogOutcome.INVITATION_REVOKED),
        (remove, DialogOutcome.INVITATION_REVOKED),
        (invite_again, DialogOutcome.INVITATION_REVOKED),
        (bind_elsewhere, DialogOutcome.NOT_YOURS),
    ],
)
def test_a_link_that_no_longer_counts_lets_nobody_in(
    masha: Candidate, happens: Callable[[Candidate], None], outcome: DialogOutcome
) -> None:
    """Guards: each line of ``judge``."""
    invitation = link(masha)
    happens(masha)
    assert opened(invitation, STRANGER) is outcome
    assert not collection("users").find_one({"telegram_id": STRANGER})
    assert not AuditEntry.objects.filter(action__in=["joined", "used"]).exists()


def test_a_link_of_someone_off_the_list_counts_as_revoked(masha: Candidate) -> None:
    """Guard: ``let_in`` in ``judge``, should the link itself have stayed."""
    invitation = link(masha)
    Candidate.objects.update(is_allowed=False)
    assert opened(invitation, MASHA) is DialogOutcome.INVITATION_REVOKED


def test_a_recruiter_no_longer_active_has_no_way_in(vera: Recruiter) -> None:
    invitation = link(vera)
    vera.is_active = False
    save_recruiter(vera, actor="anna")
    assert Invitation.objects.get().revoked_at
    assert opened(invitation, STRANGER) is DialogOutcome.INVITATION_REVOKED


def test_nobody_opens_a_link_that_was_never_made(masha: Candidate) -> None:
    assert opened("x" * 32, STRANGER) is DialogOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("username", "outcome"), [("MASHA_P", "accepted"), ("ivan_s", "not_yours"), (None, "not_yours")]
)
def test_a_link_for_a_username_is_for_that_username(masha: Candidate, username: str | None, outcome: str) -> None:
    masha.username = "masha_p"
    masha.save()
    assert opened(link(masha), MASHA, username) == outcome


def test_someone_on_the_list_keeps_their_entry_and_leaves_the_link_to_whom_it_was_made_for(
    masha: Candidate, ivan: Candidate
) -> None:
    invitation = link(masha)
    answer = claiming.result(claiming.opens(invitation, ivan.telegram_id))
    assert (answer.outcome, answer.name) == (DialogOutcome.ALREADY_ACCEPTED, "Иван Сидоров")
    assert Invitation.objects.get().used_at is None
    assert opened(invitation, MASHA) is DialogOutcome.ACCEPTED


@pytest.mark.parametrize(("username", "outcome"), [("", DialogOutcome.NOT_YOURS), ("olga_k", DialogOutcome.ACCEPTED)])
def test_a_recruiter_who_opens_a_candidates_link_leaves_it_to_the_candidate(
    masha: Candidate, olga: Recruiter, username: str, outcome: DialogOutcome
) -> None:
    """R10: they look at it or pass it on, unless it is made for their own username. Guard: ``_is_only_passed_on``."""
    masha.username = username
    masha.save()
    invitation = link(masha)
    assert opened(invitation, olga.telegram_id, "olga_k") is outcome
    assert bool(Invitation.objects.get().used_at) is bool(username)
    assert username or opened(invitation, MASHA) is DialogOutcome.ACCEPTED


def test_someone_whose_id_was_known_uses_their_own_link_up(ivan: Candidate) -> None:
    assert opened(link(ivan), ivan.telegram_id) is DialogOutcome.ALREADY_ACCEPTED
    assert Invitation.objects.get().used_by_telegram_id == ivan.telegram_id


def test_who_was_taken_off_the_list_does_not_come_back_by_another_link(masha: Candidate, ivan: Candidate) -> None:
    """FR2."""
    remove(ivan)
    assert opened(link(masha), ivan.telegram_id) is DialogOutcome.NOT_ALLOWED
    ivan.refresh_from_db()
    assert not ivan.is_allowed


def test_who_was_taken_off_the_list_is_not_told_that_their_old_link_lets_them_in(masha: Candidate) -> None:
    invitation = link(masha)
    opened(invitation, MASHA)
    remove(Candidate.objects.get())
    assert opened(invitation, MASHA) is DialogOutcome.NOT_ALLOWED


def test_of_many_who_open_a_link_at_once_one_comes_in(masha: Candidate) -> None:
    """R10: one-time."""
    invitation = link(masha)
    people = range(STRANGER, STRANGER + 6)
    outcomes = together(*(lambda person=person: opened(invitation, person) for person in people))
    assert sorted(outcomes) == ["accepted", *["used"] * 5]
    masha.refresh_from_db()
    assert masha.telegram_id == Invitation.objects.get().used_by_telegram_id
    assert AuditEntry.objects.filter(action="joined").count() == 1


def test_one_who_opens_two_links_at_once_gets_one_entry(masha: Candidate, make_candidate: MakeCandidate) -> None:
    """Guard: the unique index on ``telegram_id``, which leaves out those who have none."""
    other = Candidate.objects.create(first_name="Мария")
    first, second = link(masha), link(other)
    outcomes = together(lambda: opened(first, MASHA), lambda: opened(second, MASHA))
    assert sorted(outcomes) == ["accepted", "already_accepted"]
    assert Candidate.objects.filter(telegram_id=MASHA).count() == 1


@pytest.mark.parametrize("name", ["users", "recruiters"])
@pytest.mark.parametrize(("field", "value"), [("telegram_id", Int64(MASHA)), ("awaited_username", "gleb_s")])
def test_an_account_and_an_awaited_username_are_one_entrys_only(name: str, field: str, value: object) -> None:
    """R10. Guard: the unique indexes, the second wall; whoever has not come in yet is left out of them."""
    collection(name).insert_many([{field: None}, {field: None}, {field: value}])
    with pytest.raises(DuplicateKeyError, match=field):
        collection(name).insert_one({field: value})


def test_a_link_used_since_it_was_looked_at_lets_nobody_in(masha: Candidate) -> None:
    """Guard: ``waiting`` in ``_use_up``. Outside a transaction, so that the condition alone must hold."""
    invitation = link(masha)
    late = claiming.opens(invitation, STRANGER)
    looked = joining.look(late)
    assert looked
    collection("invitations").update_one({}, {"$set": {"used_at": clock.now()}})
    with pytest.raises(joining.ClaimLostError):
        joining.take(looked, DialogOutcome.ACCEPTED, late, clock.now())
    masha.refresh_from_db()
    assert masha.telegram_id is None


@pytest.mark.parametrize("change", [{"telegram_id": MASHA}, {"is_allowed": False}])
def test_an_entry_changed_since_it_was_looked_at_is_not_given_to_someone_else(
    masha: Candidate, change: dict[str, object]
) -> None:
    """Guard: the condition of ``_bind``. Outside a transaction, as above."""
    late = claiming.opens(link(masha), STRANGER)
    looked = joining.look(late)
    assert looked
    Candidate.objects.update(**change)
    with pytest.raises(joining.ClaimLostError):
        joining.take(looked, DialogOutcome.ACCEPTED, late, clock.now())
    masha.refresh_from_db()
    assert masha.telegram_id != STRANGER


def test_a_page_opened_before_someone_came_in_is_not_saved_over_their_entry(masha: Candidate) -> None:
    """Guard: ``check_person``. The page shows no Telegram id, and would take the new one away."""
    opened(link(Candidate.objects.get()), MASHA)
    with pytest.raises(RefusedError):
        save_candidate(masha, actor="anna")
    masha.refresh_from_db()
    assert masha.telegram_id == MASHA


def test_a_used_link_is_not_revoked(masha: Candidate) -> None:
    """Guard: ``waiting`` in ``_revoke``."""
    invitation = link(masha)
    opened(invitation, MASHA)
    assert invitations.revoke([str(Invitation.objects.get().pk)], actor="anna") == 0
    assert Invitation.objects.get().revoked_at is None


@pytest.fixture
def awaited(moscow: City) -> Candidate:
    """Gleb, put down by @username."""
    person = Candidate(username="Gleb_S", first_name="Глеб", city=moscow)
    save_candidate(person, actor="anna")
    return person


def test_an_entry_by_username_binds_once_whatever_the_case(awaited: Candidate) -> None:
    """R10: from then on only the id counts."""
    answer = claiming.result(claiming.comes(MASHA, "gLEB_s"))
    assert (answer.outcome, answer.role, answer.name) == (DialogOutcome.ACCEPTED, Role.CANDIDATE, "Глеб")
    awaited.refresh_from_db()
    assert (awaited.telegram_id, awaited.username) == (MASHA, "gLEB_s")

    assert claiming.result(claiming.comes(STRANGER, "Gleb_S")).outcome is DialogOutcome.UNKNOWN
    assert claiming.result(claiming.comes(MASHA, "Gleb_S")).outcome is DialogOutcome.ALREADY_ACCEPTED
    awaited.refresh_from_db()
    assert awaited.telegram_id == MASHA


def test_a_recruiter_is_awaited_by_username_too() -> None:
    save_recruiter(Recruiter(name="Вера Ким", username="vera_kim"), actor="anna")
    answer = claiming.result(claiming.comes(STRANGER, "vera_kim"))
    assert (answer.outcome, answer.role) == (DialogOutcome.ACCEPTED, Role.RECRUITER)
    assert Recruiter.objects.get().telegram_id == STRANGER


def test_of_many_with_one_username_at_once_one_comes_in(awaited: Candidate) -> None:
    people = range(STRANGER, STRANGER + 4)
    outcomes = together(
        *(lambda person=person: claiming.result(claiming.comes(person, "gleb_s")).outcome for person in people)
    )
    assert sorted(outcomes) == ["accepted", *["unknown"] * 3]


def test_an_old_username_does_not_let_in_who_was_taken_off_the_list(awaited: Candidate, ivan: Candidate) -> None:
    """Guards: ``awaited_username`` goes with the place on the list; an account that is off it stays off."""
    remove(ivan)
    assert claiming.result(claiming.comes(ivan.telegram_id, "ivan_s")).outcome is DialogOutcome.UNKNOWN
    assert claiming.result(claiming.comes(ivan.telegram_id, "gleb_s")).outcome is DialogOutcome.UNKNOWN
    remove(awaited)
    assert claiming.result(claiming.comes(MASHA, "gleb_s")).outcome is DialogOutcome.UNKNOWN
    assert not Candidate.objects.filter(is_allowed=True).exists()


def test_chat_keeps_a_recruiters_username_up_to_date(olga: Recruiter) -> None:
    """Their link must not lead to whoever takes their old username."""
    report = claiming.starts(5001, "olga_new")
    store_report(report, clock.now())
    store_report(report, clock.now())
    olga.refresh_from_db()
    assert olga.username == "olga_new"
    assert OutboxMessage.objects.filter(queue="bot.cache.invalidate").count() == 1


def test_tokens_fit_telegrams_start_parameter_and_differ(masha: Candidate, vera: Recruiter) -> None:
    made = invitations.invite([masha, vera], actor="anna").tokens
    tokens = {made.of(invitation.pk) for invitation in Invitation.objects.all()}
    assert len(tokens) == 2
    assert all(len(f"i_{token}") <= 64 and claiming.opens(token, 1) for token in tokens)


def test_what_is_stored_of_a_link_lets_nobody_in(masha: Candidate) -> None:
    """Guard: ``digest``. Whoever reads the database, or a copy of it, has no link."""
    token = link(masha)
    stored = collection("invitations").find_one({})
    assert stored is not None
    assert token not in str(stored) and token not in str(list(collection("audit_entries").find()))
    assert opened(stored["token_hash"][:62], STRANGER) is DialogOutcome.UNKNOWN
    assert opened(token, MASHA) is DialogOutcome.ACCEPTED


def test_links_sent_before_they_were_hashed_go_on_working(masha: Candidate, olga: Recruiter) -> None:
    """Guard: ``hash_tokens``, which may run twice."""
    link(masha)
    collection("invitations").update_one({}, {"$set": {"token_hash": OLD_LINK}})
    collection("recruiters").update_one({"_id": olga.pk}, {"$set": {"calendar_token_hash": OLD_CALENDAR}})
    collection("recruiters").insert_one({"calendar_token_hash": None})
    migration = import_module("people.migrations.0006_token_hashes")
    for _run in range(2):
        with connection.schema_editor() as editor:
            migration.hash_tokens(apps, editor)
    assert opened(OLD_LINK, MASHA) is DialogOutcome.ACCEPTED
    assert collection("recruiters").find_one(recruiter_by_token(OLD_CALENDAR), {"_id": 1}) == {"_id": olga.pk}


@pytest.mark.parametrize("query", [{"token_hash": "x"}, {"candidate_id": ObjectId()}, {"batch": "x"}])
def test_links_are_looked_up_in_an_index(masha: Candidate, query: dict[str, object]) -> None:
    """R1."""
    plan = str(collection("invitations").find(query).explain()["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in plan and "COLLSCAN" not in plan


@pytest.mark.parametrize("name", ["users", "recruiters"])
def test_awaited_usernames_are_looked_up_in_an_index(name: str) -> None:
    """R1."""
    plan = str(collection(name).find({"awaited_username": "x"}).explain()["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in plan and "COLLSCAN" not in plan
