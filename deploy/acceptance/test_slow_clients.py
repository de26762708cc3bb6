"""One slow or broken client can't stop the desk, the API or health (NFR1, I5)."""

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from acceptance.conftest import Api
from acceptance.desk import Desk
from local.stack import Stack

PATIENCE = 30
"""Seconds: without the guard the answer comes only once the slow ones are gone, which is never."""
EIGHT = 8  # the threads of each process behind
HUNDREDS = 600

ANNOUNCED = "Content-Length: 1000\r\n\r\na=1"
WAYS = {
    "a login's body": "POST /admin/login/ HTTP/1.1\r\nHost: {place}\r\nCookie: csrftoken=" + "a" * 32 + "\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n" + ANNOUNCED,
    "a booking's body": "POST /api/confirm-booking HTTP/1.1\r\nHost: {place}\r\nAuthorization: Bearer {token}\r\n"
    "Idempotency-Key: slow\r\nContent-Type: application/json\r\n" + ANNOUNCED,
    "chunks": "POST /admin/login/ HTTP/1.1\r\nHost: {place}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "headers": "GET /api/healthz HTTP/1.1\r\nHost: {place}\r\nX-",
}


@contextlib.contextmanager
def slow_clients(stack: Stack, way: str, many: int) -> Iterator[list[socket.socket]]:
    """Connections that have begun a request and say nothing more."""
    address = urlsplit(stack.env["ADMIN_URL"])
    begun = WAYS[way].format(place=address.netloc, token=stack.env["ADMIN_API_TOKEN"]).encode()
    with contextlib.ExitStack() as held:
        connections = []
        for _ in range(many):
            connection = held.enter_context(socket.create_connection((address.hostname, address.port), PATIENCE))
            connection.sendall(begun)
            connections.append(connection)
        yield connections


def everything_answers(stack: Stack) -> None:
    """Desk, API and health, from outside."""
    with httpx.Client(base_url=stack.env["ADMIN_URL"], timeout=PATIENCE, trust_env=False) as http:
        token = {"Authorization": f"Bearer {stack.env['ADMIN_API_TOKEN']}"}
        for path, headers in {"/admin/login/": {}, "/api/events": token, "/api/healthz": {}, "/api/readyz": {}}.items():
            assert http.get(path, headers=headers).status_code == 200, path


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("many", [EIGHT, HUNDREDS])
def test_desk_api_and_health_answer_while_requests_stand_still(stack: Stack, many: int, way: str) -> None:
    """Guard: ``gateway``: without nginx eight of them hold every thread."""
    with slow_clients(stack, way, many) as connections:
        everything_answers(stack)
        for connection in connections[:EIGHT]:
            with contextlib.suppress(OSError):  # it may have been told to go meanwhile
                connection.sendall(b"x")
        everything_answers(stack)


def test_a_request_that_stands_still_is_ended(stack: Stack) -> None:
    """Guard: ``client_body_timeout``."""
    with slow_clients(stack, "a login's body", 1) as (connection,):
        connection.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_who_reads_slowly_holds_nobody_up(stack: Stack) -> None:
    """Guard: ``proxy_buffering``: answers are taken off the threads at once."""
    address = urlsplit(stack.env["ADMIN_URL"])
    with contextlib.ExitStack() as held:
        for _ in range(EIGHT * 4):
            connection = socket.socket()
            held.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.connect((address.hostname, address.port))
            connection.sendall(f"GET /api/schema HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        everything_answers(stack)


def test_metrics_are_not_on_the_public_address(stack: Stack) -> None:
    for path in ("/metrics", "/api/metrics", "/readyz", "/healthz"):
        answer = httpx.get(stack.env["ADMIN_URL"] + path, trust_env=False)
        assert answer.status_code == 404, path


def test_a_person_at_the_desk_is_told_kindly_while_it_is_away(stack: Stack, desk: Desk, api: Api) -> None:
    """The API goes on meanwhile: it is a process of its own."""
    with stack.without("web"):
        desk.page.goto(stack.env["ADMIN_URL"] + "/admin/")
        assert "Минутку" in desk.page.inner_text("body")
        assert api.slots()
