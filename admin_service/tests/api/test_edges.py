"""What reaches the service: whose address it is, how it came, and what is too much."""

import socket
from http.client import HTTPConnection

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from pytest import MonkeyPatch

from common.http.addresses import ClientAddressMiddleware
from common.processes import health
from shared_contracts.directory import Problem


@pytest.mark.parametrize(
    ("hops", "header", "address"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "9.9.9.9, 203.0.113.7", "203.0.113.7"),
        (2, "9.9.9.9, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_an_address_is_taken_from_as_many_proxies_as_are_trusted(
    monkeypatch: MonkeyPatch, hops: int, header: str, address: str
) -> None:
    """Guard: ``TRUSTED_PROXIES``: by default nobody's word on who a client is counts."""
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    monkeypatch.setattr(settings.ENV, "trusted_proxies", hops)
    request = HttpRequest()
    request.META |= {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": header}
    ClientAddressMiddleware(view)(request)
    assert seen == [address]


@pytest.mark.parametrize("path", ["/api/healthz", "/api/readyz", "/api/cities"])
def test_programs_are_not_redirected_where_browsers_are(bot: Client, path: str) -> None:
    """Guard: ``SECURE_REDIRECT_EXEMPT``."""
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert bot.get(path).status_code == 200
        redirected = bot.get("/admin/")
    assert (redirected.status_code, redirected.headers["Location"]) == (301, "https://testserver/admin/")


def test_too_many_parameters_are_a_problem_that_says_so(bot: Client) -> None:
    response = bot.get("/api/cities?" + "&".join(f"a{number}=1" for number in range(1_001)))
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.status_code == 400
    assert "too many parameters" in Problem.model_validate_json(response.content).detail


def test_a_body_that_is_too_long_is_a_problem_that_says_so(bot: Client) -> None:
    response = bot.post(
        "/api/confirm-booking",
        b"[" + b" " * 3_000_000,
        content_type="application/json",
        headers={"Idempotency-Key": "much"},
    )
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.status_code == 413


def test_health_answers_on_the_address_that_is_set_and_shows_nothing_else(monkeypatch: MonkeyPatch) -> None:
    """Guard: ``HEALTH_HOST``."""
    reasons: list[str | None] = [None, "RabbitMQ is away."]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    monkeypatch.setattr(settings.ENV, "health_port", port)
    health.serve(lambda: reasons.pop(0))

    def ask(path: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    assert ask("/healthz") == ask("/readyz") == (200, b'{"status":"ok"}')
    status, content = ask("/readyz")
    assert (status, Problem.model_validate_json(content).detail) == (503, "RabbitMQ is away.")
    assert b"python_info" in ask("/metrics")[1]
    assert ask("/admin/")[0] == 404
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=20)


def test_metrics_are_no_address_of_desk_or_api(bot: Client) -> None:
    assert bot.get("/metrics").status_code == 404
    assert bot.get("/api/metrics").status_code == 404
