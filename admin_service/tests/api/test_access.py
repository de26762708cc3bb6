"""Who may ask, and how refusals are told (NFR3, NFR4)."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from rest_framework.views import APIView

from common.http.api import WRONG_TOKENS, WRONG_TOKENS_SECONDS
from common.http.clients import BOOK, READ, SCOPES, ApiClient
from shared_contracts.directory import Problem

ViewClass = type[APIView]
TOKENS = {
    "bot": "token-of-the-bot-in-tests",
    "reader": "token-of-a-reader-in-tests",
    "booker": "token-of-a-booker-in-tests",
}
READS = [
    "allowed-users",
    "cities",
    "recruiters",
    "contact",
    "events",
    "available-slots",
    "bookings",
    "templates",
    "recruiter-cards",
    "recruiter-interviews",
]


@pytest.mark.parametrize("name", READS)
def test_without_a_token_nothing_is_told(stranger: Client, name: str) -> None:
    response = stranger.get(f"/api/{name}")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert Problem.model_validate_json(response.content).status == 401


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "Basic token-of-the-bot-in-tests", "token-of-the-bot-in-tests", "Bearer тест"]
)
def test_a_wrong_token_is_refused(stranger: Client, header: str) -> None:
    assert stranger.get("/api/cities", headers={"Authorization": header}).status_code == 401


def test_a_good_token_is_served_as_json(bot: Client) -> None:
    response = bot.get("/api/cities")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def _api_addresses() -> list[tuple[str, ViewClass]]:
    """Every address under /api/ that a class answers, with ids of nothing filled in."""
    found = []
    for entry in get_resolver().url_patterns:
        view = getattr(getattr(entry, "callback", None), "view_class", None)
        if isinstance(view, type) and issubclass(view, APIView):
            path = re.sub(r"<int:\w+>", "1", str(entry.pattern))
            found.append(("/" + re.sub(r"<\w+:\w+>", "0" * 24, path), view))
    return found


OPEN_TO_ALL = {"/api/healthz", "/api/readyz", "/api/docs"}
API = [(path, view) for path, view in _api_addresses() if path not in OPEN_TO_ALL]
MAY: dict[str, set[str]] = {"reader": {READ}, "booker": {BOOK}, "bot": {READ, BOOK}}


def _asks(name: str, path: str, view: ViewClass) -> int:
    client = Client(headers={"Authorization": f"Bearer {TOKENS[name]}"})
    method = "post" if hasattr(view, "post") else "get"
    return int(getattr(client, method)(path).status_code)


@pytest.mark.parametrize(("path", "view"), API, ids=[path for path, _ in API])
@pytest.mark.parametrize("name", MAY)
def test_a_token_opens_what_its_scopes_say_and_no_more(name: str, path: str, view: ViewClass) -> None:
    """Guard: ``HasScope``. Walks every address, so that a new one has to say whose it is."""
    scope = getattr(view, "scope", None)
    assert scope in SCOPES, f"{path} names no scope, so nobody may ask it"
    assert (_asks(name, path, view) == 403) is (scope not in MAY[name])


def test_an_address_that_names_no_scope_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    path, view = API[0]
    monkeypatch.setattr(view, "scope", None)
    assert {_asks(name, path, view) for name in MAY} == {403}


def test_booking_wants_a_scope_of_its_own(stranger: Client) -> None:
    """The bot's token reads lists; it books through the broker, in the name of who has pressed."""
    refused = stranger.post("/api/confirm-booking", headers={"Authorization": f"Bearer {TOKENS['reader']}"})
    assert (refused.status_code, Problem.model_validate_json(refused.content).status) == (403, 403)


def test_two_tokens_of_one_client_are_valid_at_once(stranger: Client) -> None:
    for token in (TOKENS["bot"], f"next-{TOKENS['bot']}"):
        assert stranger.get("/api/cities", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_no_token_is_in_the_settings() -> None:
    """What is stored opens nothing."""
    for client in settings.ENV.admin_api_clients:
        answer = Client(headers={"Authorization": f"Bearer {client.digest}"}).get("/api/cities")
        assert answer.status_code == 401
    assert not any(token in str(settings.ENV.admin_api_clients) for token in TOKENS.values())


def test_wrong_tokens_are_limited_by_address_and_a_right_one_never_is(stranger: Client) -> None:
    """Guard: ``_count_wrong``."""

    def ask(token: str, address: str = "10.0.0.7") -> int:
        return stranger.get(
            "/api/cities", headers={"Authorization": f"Bearer {token}"}, REMOTE_ADDR=address
        ).status_code

    assert [ask(f"wrong-{number}") for number in range(WRONG_TOKENS)] == [401] * WRONG_TOKENS
    late = stranger.get("/api/cities", headers={"Authorization": "Bearer wrong"}, REMOTE_ADDR="10.0.0.7")
    assert (late.status_code, late.headers["Retry-After"]) == (429, str(WRONG_TOKENS_SECONDS))
    assert Problem.model_validate_json(late.content).status == 429
    assert ask(TOKENS["bot"]) == 200, "who shares the address"
    assert ask("wrong", address="10.0.0.8") == 401, "another address"


def test_a_new_token_is_shown_once_and_its_entry_makes_it_valid(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    call_command("api_token", "report", "read", stdout=said)
    token, entry = (line.rpartition(" ")[2] for line in said.getvalue().splitlines())
    assert token not in entry
    monkeypatch.setattr(settings.ENV, "admin_api_clients", [ApiClient.read(entry)])
    assert stranger.get("/api/cities", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_askers_correlation_id_is_taken_over_and_told_in_problems(stranger: Client) -> None:
    response = stranger.get("/api/cities", headers={"X-Correlation-ID": "press-17"})
    assert response.headers["X-Correlation-ID"] == "press-17"
    assert response.json()["correlation_id"] == "press-17"


def test_health_needs_no_token(stranger: Client) -> None:
    assert stranger.get("/api/healthz").json() == {"status": "ok"}
    assert stranger.get("/api/readyz").json() == {"status": "ok"}


def test_an_unknown_address_is_a_problem_too(bot: Client) -> None:
    response = bot.get("/api/nothing-here")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_wrong_method_says_which_are_right(bot: Client) -> None:
    response = bot.delete("/api/cities")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("limit=1001", "limit"),
        ("telegram_id=-5", "telegram_id"),
        ("telegram_id=9007199254740993", "telegram_id"),
        ("since=yesterday", "since"),
        ("cursor=1.2", "cursor"),
        ("colour=red", "colour"),
        ("limit=5&limit=6", "limit"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_to_give(bot: Client, query: str, field: str) -> None:
    response = bot.get(f"/api/allowed-users?{query}")
    problem = Problem.model_validate_json(response.content)
    assert response.status_code == 400
    assert [error.field for error in problem.errors] == [field]
    assert problem.errors[0].message


def test_the_readable_page_shows_the_description_and_loads_nothing_from_elsewhere(stranger: Client) -> None:
    """What it then shows, a browser sees in ``deploy/acceptance/test_login.py``."""
    page = stranger.get("/api/docs").content.decode()
    start = stranger.get("/api/docs?script=")
    assert len(stranger.get("/api/schema").json()["paths"]) >= 11
    assert start.headers["Content-Type"].startswith("application/javascript")
    assert "/api/schema" in start.content.decode()
    assert all(address in page for address in ("swagger-ui-bundle.js", "/api/docs?script="))
    assert "http://" not in page and "https://" not in page
