"""Each role and none × each address × GET, POST and each branch by parameter: who is let in is what the table says."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.access import table
from tests.access.addresses import Address, every_address, is_standard
from tests.access.world import OWNED, ROLES, World

ADDRESSES = every_address()
HERE = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _refused_in_a_word() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.access.urls"):
        yield


def allowed(address: Address, method: str, branch: str = "") -> frozenset[str]:
    """Who may; nobody where the table has no line."""
    may = _by_page(address, method, branch)
    is_own = address.model and address.model.__name__ in table.OF_ONE_LOGIN and "object_id" in address.route
    return may & {table.S} if is_own else may


def _by_page(address: Address, method: str, branch: str) -> frozenset[str]:
    if not address.model:
        return frozenset(table.OTHERS.get(address.key, table.NOBODY))
    name, page = address.model.__name__, address.page
    if not is_standard(address):
        buttons = {**table.BUTTONS, **(table.SENDS_NOTHING_ELSEWHERE if method == "post" else {})}
        return buttons.get(address.key, table.NOBODY)
    pages = table.PAGES.get(name, table.Pages(table.NOBODY))
    if branch.startswith("_export"):
        return table.EXPORTS.get(name, pages.see)
    if page == "change" and method == "post":
        return pages.change
    return {"add": pages.add, "delete": pages.delete}.get(page, pages.see)


def expected(address: Address, role: str, method: str, branch: str = "") -> str:
    """What comes of it."""
    if address.key in table.OPEN:
        return "let in"
    if address.key in table.BACK_TO_LOGIN:
        return "sent to log in"
    if address.key in table.ADMINS_OWN_NOTHING and role == "anonymous":
        return "sent to log in"
    if address.key in table.BY_TOKEN | table.BY_SECRET | table.NOT_THERE | table.ADMINS_OWN_NOTHING:
        return "refused"
    if role in allowed(address, method, branch):
        return "let in"
    return "sent to log in" if role == "anonymous" else "refused"


def came_of_it(response: Any) -> str:
    """The same, of an answer."""
    status = response.status_code
    if status == HTTPStatus.FOUND and "/admin/login/" in response.headers["Location"]:
        return "sent to log in"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return "refused"
    return "let in" if status < HTTPStatus.INTERNAL_SERVER_ERROR else f"broken: {status}"


def test_each_address_has_a_line_in_the_table() -> None:
    """A new one is nobody's until somebody decides whose it is."""
    known = (
        table.OTHERS.keys()
        | table.NOT_THERE
        | table.OPEN
        | table.BY_SECRET
        | table.BY_TOKEN
        | table.BUTTONS.keys()
        | table.BACK_TO_LOGIN
        | table.ADMINS_OWN_NOTHING
    )
    unknown = [
        address.key
        for address in ADDRESSES
        if address.key not in known and not (is_standard(address) and address.key.partition(".")[0] in table.PAGES)
    ]
    assert unknown == []


def test_each_button_declares_its_permission() -> None:
    undeclared = [
        address.key
        for address in ADDRESSES
        if address.model and not is_standard(address) and address.key not in table.BUTTONS
    ]
    assert undeclared == []


def test_each_branch_that_our_code_has_is_asked_for() -> None:
    """A parameter that a page reads is a branch: it is in the matrix."""
    read: set[str] = set()
    for file in HERE.glob("*/**/*.py"):
        if not {"tests", ".venv", "migrations"} & set(file.relative_to(HERE).parts):
            text = file.read_text(encoding="utf-8")
            read |= set(re.findall(r'request\.GET(?:\.get\(|\[)"(\w+)"', text))
            read |= set(re.findall(r'"(\w+)" (?:not )?in request\.GET', text))
    assert read, "the code has changed its ways: look for its parameters otherwise"
    asked = {branch.partition("=")[0] for branches in table.BRANCHES.values() for branch in branches}
    assert read - asked == set()


def tries_of(address: Address, role: str) -> list[tuple[str, str]]:
    """Methods with branches: each branch alone for who may do nothing, else an export alone and the others at once."""
    branches = table.BRANCHES.get(address.page or address.key.rpartition(":")[2], ())
    if role not in {"anonymous", "no role"}:
        exports = [branch for branch in branches if branch.startswith("_export")]
        rest = "&".join(branch for branch in branches if branch not in exports)
        branches = (*exports, *([rest] if rest else []))
    return [("get", ""), *(("get", branch) for branch in branches), ("post", "")]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(world: World, role: str) -> None:
    """Guard: ``_guarded`` and the permissions of ``make_roles``."""
    client, wrong, asked = world.plain_client(role), [], 0
    for address in ADDRESSES:
        path = address.path(world)
        sender = world.plain_client(role) if address.key == "admin:logout" else client
        for method, branch in tries_of(address, role):
            response = getattr(sender, method)(f"{path}?{branch}" if branch else path)
            asked += 1
            came, wanted = came_of_it(response), expected(address, role, method, branch)
            if came != wanted and response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:  # which nobody is let in by
                wrong.append(f"{method} {path}?{branch} ({address.key}): {came} {response.status_code}, not {wanted}")
    assert not wrong, "\n".join(wrong)
    assert asked > 2 * len(ADDRESSES)


@pytest.mark.parametrize("role", ["moscow", "recruiter"])
def test_no_address_leads_to_a_row_of_another_city(world: World, role: str) -> None:
    """Guard: ``_find``."""
    client, open_to_them = world.plain_client(role), []
    for address in ADDRESSES:
        if address.model in OWNED and "object_id" in address.route:
            path = address.path(world, world.there.own(address.model))
            open_to_them += [path for send in (client.get, client.post) if came_of_it(send(path)) != "refused"]
    assert open_to_them == []
