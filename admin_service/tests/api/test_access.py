"""Who may ask, and how refusals are told (NFR3, NFR4)."""

import pytest
from django.test import Client

from shared_contracts.directory import Problem

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


def test_the_readable_page_names_every_address_and_loads_nothing_from_elsewhere(stranger: Client) -> None:
    page = stranger.get("/api/docs").content.decode()
    paths = stranger.get("/api/schema").json()["paths"]
    assert len(paths) >= 11
    assert all(path in page for path in paths)
    assert "http://" not in page and "https://" not in page
