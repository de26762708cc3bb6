"""Administrators make logins with roles, on one page; what they may not touch, and what is written about it."""

import threading
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from backoffice.models import StaffProfile
from backoffice.services.logins import Post, give_role, save_login, set_active
from backoffice.staff.logins import MOST_VISITS
from common.models import AuditEntry
from common.refusals import RefusedError
from common.roles import Role
from security.journal import note_failure
from staffkit.audit_trail import trail
from tests.access.world import World

ADD = "/admin/backoffice/stafflogin/add/"
PASSWORD = "тихая-гавань-41"


def order(**fields: Any) -> dict[str, Any]:
    return {"username": "nina", "first_name": "Нина", "role": "coordinator", "password": PASSWORD, **fields}


def page_of(login: User, page: str = "change") -> str:
    return reverse(f"admin:backoffice_stafflogin_{page}", args=[login.pk])


def logged_in(name: str, password: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.post("/admin/login/", {"username": name, "password": password, "next": "/admin/"})
    return client


def about(login: User) -> list[tuple[str, str]]:
    rows = AuditEntry.objects.filter(subject="login", subject_id=login.pk).order_by("created_at", "id")
    return [(row.action, row.actor) for row in rows]


@pytest.mark.parametrize("role", ["administrator", "coordinator", "recruiter", "read_only"])
def test_an_administrator_makes_a_login_of_each_role_that_works_at_once(world: World, role: str) -> None:
    fields = order(role=role, cities=[str(world.here.city.pk)], recruiter=str(world.here.recruiter.pk))
    assert world.client("administrator").post(ADD, fields).status_code == 302
    nina = User.objects.get(username="nina")
    assert (nina.is_staff, nina.is_superuser, nina.user_permissions.count()) == (True, False, 0)
    client = logged_in("nina", PASSWORD)
    assert client.get("/admin/scheduling/booking/").status_code == 200
    scope = StaffProfile.objects.get(user=nina).scope
    assert scope.whole == (role == "administrator")
    assert bool(scope.recruiter_id) == (role == "recruiter")
    assert bool(scope.city_ids) == (role in {"coordinator", "read_only"})


def test_a_password_that_nobody_typed_is_made_and_shown_once(world: World) -> None:
    client = world.client("administrator")
    answer = client.post(ADD, order(password="", all_cities="on"))
    made = answer.context["password"]
    assert made in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert logged_in("nina", made).get("/admin/").status_code == 200
    nina = User.objects.get(username="nina")
    assert made not in client.get(page_of(nina)).content.decode()
    again = client.post(page_of(nina, "reset_password"), {"_confirm": "1", "password": ""}).context["password"]
    assert again != made
    assert logged_in("nina", made).get("/admin/").status_code == 302
    assert logged_in("nina", again).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cities": []}, "cities"),
        ({"role": "recruiter"}, "recruiter"),
        ({"password": "1234"}, "password"),
        ({"username": "administrator"}, "username"),
        ({"role": "superuser"}, "role"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_makes_nothing(world: World, wrong: dict[str, Any], field: str) -> None:
    fields = order(**{"cities": [str(world.here.city.pk)], **wrong})
    answer = world.client("administrator").post(ADD, fields)
    assert field in answer.context["adminform"].form.errors
    assert not User.objects.filter(username="nina").exists()


def test_nobody_is_raised_to_superuser_by_the_page(world: World) -> None:
    fields = order(all_cities="on", is_superuser="on", is_staff="", user_permissions=["1"], groups=["1"])
    world.client("administrator").post(ADD, fields)
    assert not User.objects.get(username="nina").is_superuser


def test_a_changed_role_counts_from_the_next_request_on(world: World) -> None:
    kirill = world.client("coordinator")
    fields = {"username": "coordinator", "role": "recruiter", "recruiter": str(world.here.recruiter.pk)}
    assert world.client("administrator").post(page_of(world.logins["coordinator"]), fields).status_code == 302
    assert kirill.get("/admin/people/candidate/").status_code == 403
    assert kirill.get("/admin/scheduling/booking/").status_code == 200
    assert [group.name for group in world.logins["coordinator"].groups.all()] == ["Recruiters"]


def test_a_deactivated_login_is_out_at_once_and_comes_back(world: World) -> None:
    kirill, login, daria = world.client("coordinator"), world.logins["coordinator"], world.client("administrator")
    daria.post(page_of(login, "close"), {"_confirm": "1"})
    assert kirill.get("/admin/scheduling/booking/").status_code == 302
    daria.post(page_of(login, "reopen"), {"_confirm": "1"})
    assert kirill.get("/admin/scheduling/booking/").status_code == 302, "the session of before has ended"
    assert world.client("coordinator").get("/admin/scheduling/booking/").status_code == 200


@pytest.mark.parametrize("button", ["reset_password", "close", "change"])
def test_a_superuser_is_out_of_an_administrators_reach(world: World, button: str) -> None:
    """Guard: ``_check_change``; for the form ``has_change_permission``."""
    anna, before = world.logins["superuser"], User.objects.get(username="superuser")
    answer = world.client("administrator").post(
        page_of(anna, button), {"_confirm": "1", "password": PASSWORD, **order(username="x", all_cities="on")}
    )
    assert answer.status_code == (403 if button == "change" else 200)
    anna.refresh_from_db()
    facts = ("username", "password", "is_active", "is_superuser")
    assert [getattr(anna, name) for name in facts] == [getattr(before, name) for name in facts]


def test_nobody_locks_themselves_out(world: World) -> None:
    """Guard: ``keeps_charge``, with the login of the actor."""
    daria, login = world.client("administrator"), world.logins["administrator"]
    give_role(User.objects.create(username="second", is_staff=True), Post(Role.ADMINISTRATOR))
    assert "your own login" in daria.post(page_of(login, "close"), {"_confirm": "1"}).content.decode()
    with pytest.raises(RefusedError, match="your own login"):
        save_login(login, Post(Role.COORDINATOR, all_cities=True), actor=login)
    assert daria.get("/admin/backoffice/stafflogin/").status_code == 200


def test_the_last_administrator_stays(world: World) -> None:
    """Guard: ``in_charge``."""
    anna, login = world.client("superuser"), world.logins["administrator"]
    assert "last administrator" in anna.post(page_of(login, "close"), {"_confirm": "1"}).content.decode()
    answer = anna.post(page_of(login), {"username": "administrator", "role": "coordinator", "all_cities": "on"})
    assert "last administrator" in answer.content.decode()
    assert StaffProfile.objects.get(user=login).role == "administrator"


def test_two_administrators_who_close_each_other_at_once_leave_one(world: World) -> None:
    """Guard: the ``update`` of ``in_charge``, on which the two transactions meet."""
    first = world.logins["administrator"]
    second = User.objects.create(username="second", is_staff=True)
    give_role(second, Post(Role.ADMINISTRATOR))
    start, refused = threading.Barrier(2), []

    def close(login: User, actor: User) -> None:
        start.wait()
        try:
            set_active(login, False, actor=actor)
        except RefusedError as error:
            refused.append(error)
        finally:
            connection.close()

    for _round in range(5):
        User.objects.filter(pk__in=[first.pk, second.pk]).update(is_active=True)
        pair = [threading.Thread(target=close, args=args) for args in ((first, second), (second, first))]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        assert User.objects.filter(pk__in=[first.pk, second.pk], is_active=True).count() == 1
    assert len(refused) == 5


@pytest.mark.parametrize("role", ["moscow", "coordinator", "recruiter", "read-only", "no role"])
def test_only_administrators_see_logins(world: World, role: str) -> None:
    client = world.client(role)
    for url in (ADD, "/admin/backoffice/stafflogin/", page_of(world.logins["recruiter"])):
        assert client.get(url).status_code == 403


def test_djangos_own_pages_with_their_pickers_are_gone(world: World) -> None:
    for url in ("/admin/auth/user/", "/admin/auth/group/"):
        assert world.client("superuser").get(url).status_code == 404


def test_each_change_of_a_login_tells_who_did_it(world: World) -> None:
    daria = world.client("administrator")
    daria.post(ADD, order(cities=[str(world.here.city.pk)]))
    nina = User.objects.get(username="nina")
    daria.post(page_of(nina), {"username": "nina", "role": "coordinator", "all_cities": "on"})
    daria.post(page_of(nina, "reset_password"), {"_confirm": "1", "password": PASSWORD + "!"})
    daria.post(page_of(nina, "close"), {"_confirm": "1"})
    by = "staff:administrator"
    assert about(nina) == [
        ("created", by),
        ("role_given", by),
        ("changed", by),
        ("role_given", by),
        ("changed", by),
        ("changed", by),
    ]
    page = daria.get(page_of(nina)).content.decode()
    assert "cities: Москва → —" in page
    assert "password: a new one" in page
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_superuser_made_on_the_command_line_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="root", email="", interactive=False)
    root = User.objects.get(username="root")
    assert about(root) == [("made_superuser", "system:console")]
    boris = User.objects.create(username="boris")
    boris.is_superuser = True
    boris.save()
    boris.groups.set([])
    assert about(boris) == [("created", "system:console"), ("made_superuser", "system:console")]
    assert [line["way"] for line in trail(str(boris.pk))] != []


def test_permissions_given_past_the_page_are_told_of(world: World) -> None:
    lev, may = User.objects.create(username="lev"), Permission.objects.get(codename="view_outboxmessage")
    lev.user_permissions.add(may)
    lev.groups.add(Group.objects.get(name="Administrators"))
    assert [action for action, _actor in about(lev)] == ["created", "permissions_add", "groups_add"]
    group = Group.objects.get(name="Recruiters")
    group.permissions.add(may)
    group.permissions.remove(may)
    changed = AuditEntry.objects.filter(subject="role", subject_id=group.pk).order_by("created_at")
    assert [entry.action for entry in changed] == ["permissions_add", "permissions_remove"]


def test_a_password_hashed_anew_at_its_owners_login_is_nobodys_change() -> None:
    """Guard: ``rehashed``."""
    nina = User.objects.create_user("nina", is_staff=True)
    weak = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1_000)
    User.objects.filter(pk=nina.pk).update(password=weak)
    logged_in("nina", PASSWORD)
    nina.refresh_from_db()
    assert nina.password != weak
    assert [action for action, _actor in about(nina)] == ["created", "logged_in"]


def test_ones_own_page_offers_nothing_that_would_be_refused(world: World) -> None:
    """Guard: ``get_fields`` and ``get_actions_detail``, of one's own login."""
    daria, login = world.client("administrator"), world.logins["administrator"]
    own, other = (daria.get(page_of(world.logins[name])).content.decode() for name in ("administrator", "moscow"))
    for offered in (page_of(login, "close"), page_of(login, "reset_password"), 'name="role"'):
        assert offered not in own
    assert page_of(world.logins["moscow"], "close") in other and 'name="role"' in other

    daria.post(page_of(login), {"username": "administrator", "first_name": "Дарья", "role": "coordinator"})
    login.refresh_from_db()
    assert (login.first_name, StaffProfile.objects.get(user=login).role) == ("Дарья", "administrator")


def test_names_that_differ_in_capitals_only_are_refused(world: World) -> None:
    """Guard: ``_check_name``, for a new name and a changed one."""
    daria, moscow = world.client("administrator"), world.logins["moscow"]
    told = "There is a login “moscow” already."
    assert told in daria.post(ADD, order(username="MOSCOW", all_cities="on")).content.decode()
    assert not User.objects.filter(username="MOSCOW").exists()
    daria.post(ADD, order(all_cities="on"))
    nina = User.objects.get(username="nina")
    fields = {"first_name": "Нина", "role": "coordinator", "all_cities": "on"}
    assert told in daria.post(page_of(nina), {"username": "Moscow", **fields}).content.decode()
    assert daria.post(page_of(nina), {"username": "Nina", **fields}).status_code == 302
    assert moscow.username == "moscow" and User.objects.filter(username="Nina").exists()


def test_a_name_in_letters_that_look_alike_is_refused(world: World) -> None:
    """Guard: ``isascii`` in ``_check_name``."""
    twin = "\u0430dministrator"  # its first letter is Cyrillic
    refused = world.client("administrator").post(ADD, order(username=twin, all_cities="on"))
    assert "Latin letters only" in refused.content.decode()
    assert not User.objects.filter(username=twin).exists()


@pytest.mark.parametrize("button", ["reset_password", "reset_second_step"])
def test_ones_own_password_and_second_step_are_not_reset_by_the_button(world: World, button: str) -> None:
    """Guard: ``_check_anothers``: a desk that was left open is not to be kept by who finds it."""
    own, daria = world.logins["administrator"], world.client("administrator")
    before = own.password
    told = daria.post(page_of(own, button), {"_confirm": "1", "password": PASSWORD}).content.decode()
    assert "This is your own login" in told
    assert User.objects.get(pk=own.pk).password == before
    assert page_of(own, button) not in daria.get(page_of(own)).content.decode()


def test_what_happened_to_logins_is_for_those_who_may_see_logins(world: World) -> None:
    """Guard: ``ABOUT_LOGINS``, in the list, found by an address, and on an entry's page."""
    logged_in("administrator", "wrong")
    group = Group.objects.get(name="Recruiters")
    group.permissions.add(Permission.objects.get(codename="view_outboxmessage"))
    entries = [AuditEntry.objects.filter(subject=subject).latest("created_at") for subject in ("login", "role")]
    trail_list = "/admin/common/auditentry/"
    for role, may in (("administrator", True), ("coordinator", False)):
        client = world.client(role)
        for address in (
            trail_list,
            f"{trail_list}?subject=login",
            f"{trail_list}?actor={entries[0].actor}",
        ):
            assert ("a wrong password" in client.get(address).content.decode()) is may, (role, address)
        for entry in entries:
            page = client.get(f"{trail_list}{entry.pk}/change/")
            assert (page.status_code == 200) is may, (role, entry.subject)
    assert "questionnaire" in world.client("coordinator").get(trail_list).content.decode()


def test_a_logins_changes_are_told_apart_from_its_visits(world: World) -> None:
    """Guard: ``VISITS``: however often somebody came in, the role they were given is still told."""
    moscow = world.logins["moscow"]
    for number in range(MOST_VISITS + 5):
        note_failure(None, {"username": "moscow", "number": number})
    page = world.client("administrator").get(page_of(moscow)).content.decode()
    changes_part, _details, visits_part = page.partition('id="visits"')
    assert "a role given" in changes_part and "a wrong password" not in changes_part
    assert visits_part.count("a wrong password") == MOST_VISITS


def test_the_trail_of_a_login_is_in_russian_words(world: World) -> None:
    daria = world.client("administrator")
    daria.post(ADD, order(role="administrator"))
    nina = User.objects.get(username="nina")
    russian = {"Accept-Language": "ru"}
    page = daria.get(page_of(nina), headers=russian).content.decode()
    for line in ("роль: администратор", "логин: nina", "имя: Нина"):
        assert line in page, line
    for address in (page_of(nina), ADD, "/admin/backoffice/stafflogin/"):
        shown = daria.get(address, headers=russian).content.decode()
        assert "Логин" in shown and ">Username" not in shown and "Имя пользователя" not in shown, address
