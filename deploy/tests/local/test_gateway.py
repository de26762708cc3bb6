"""nginx before the services: what it takes upon itself, and whom it believes."""

import contextlib
import json
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from local.layout import Home, LocalStackError, Ports, port_is_free
from local.services import gateway
from local.supervising import processes

STARTED_WITHIN = 20
A_CROWD = 12_000
OTHER_FILES = 1_000
"""What a test may have open beside a crowd."""


class _Upstream(BaseHTTPRequestHandler):
    """A service behind the gateway: tells which one it is and what it was sent."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        told = {"port": self.connection.getsockname()[1], "path": self.path, "body": len(self.rfile.read(length))}
        content = json.dumps({**told, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_args: object) -> None:
        """Nothing to say."""


@dataclass(frozen=True)
class Gateway:
    """A running nginx with small services behind it; the bot's is not there."""

    url: str
    ports: Ports
    home: Home

    def asks(self, path: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What the service behind was sent."""
        answer = httpx.get(f"{self.url}{path}", headers=headers, trust_env=False)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def says(self, raw: bytes) -> bytes:
        """The start of the answer to bytes as they are."""
        with socket.create_connection(("127.0.0.1", self.ports.desk), timeout=STARTED_WITHIN) as connection:
            connection.sendall(raw)
            return connection.recv(65_536)


def _running(home: Home, trusted_proxy: str) -> Iterator[Gateway]:
    ports = Ports.free()
    servers = [ThreadingHTTPServer(("127.0.0.1", port), _Upstream) for port in (ports.web, ports.api, ports.api_health)]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    command = gateway.program(home, ports, trusted_proxy).command
    with subprocess.Popen(
        command, env=processes.base_environment(home), stdout=home.log("gateway").open("wb")
    ) as nginx:
        _wait_until_it_listens(ports.desk)
        yield Gateway(f"http://127.0.0.1:{ports.desk}", ports, home)
        nginx.terminate()
    for server in servers:
        server.shutdown()
        server.server_close()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while port_is_free(port):
        assert time.monotonic() < deadline, "nginx does not listen"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that faces the world: no proxy before it is believed."""
    yield from _running(Home.at(tmp_path_factory.mktemp("gateway")), gateway.NOBODY)


@pytest.fixture
def gate_behind_a_proxy(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway whose clients come through a proxy on this machine, which ends TLS."""
    yield from _running(Home.at(tmp_path), "127.0.0.1/32")


@pytest.mark.parametrize(
    ("path", "port"),
    [
        ("/admin/", "web"),
        ("/calendar/a.ics", "web"),
        ("/static/staffkit/desk.css", "web"),
        ("/api/events?limit=1", "api"),
        ("/api/docs", "api"),
        ("/api/healthz", "api_health"),
        ("/api/readyz", "api_health"),
        ("/apis", "web"),
    ],
)
def test_desk_api_and_health_are_asked_apart(gate: Gateway, path: str, port: str) -> None:
    assert gate.asks(path)["port"] == vars(gate.ports)[port]


def test_metrics_and_other_internal_addresses_are_not_to_be_reached(gate: Gateway) -> None:
    """Guard: ``API_HEALTH`` is asked for two addresses only."""
    for path in ("/metrics", "/api/metrics", "/api/healthz/../metrics", "/api/healthz%2f..%2fmetrics", "/healthz"):
        assert gate.asks(path)["port"] != gate.ports.api_health, path
    assert gate.asks("/api/healthz?/metrics")["path"] == "/healthz?/metrics"


def test_a_clients_word_on_who_it_is_and_how_it_came_is_not_passed_on(gate: Gateway) -> None:
    """Guard: ``X-Forwarded-For`` is set, not added to."""
    lies = {
        "X-Forwarded-For": "9.9.9.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil",
        "Forwarded": "for=9",
    }
    sent = gate.asks("/admin/", headers=lies)["headers"]
    assert (sent["X-Forwarded-For"], sent["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert not {"X-Forwarded-Host", "Forwarded"} & set(sent)


def test_a_trusted_proxys_word_is_passed_on_but_not_what_a_client_told_it(gate_behind_a_proxy: Gateway) -> None:
    """Guard: ``TRUSTED_PROXY``; the last address is the proxy's own observation."""
    words = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7", "X-Forwarded-Proto": "https"}
    sent = gate_behind_a_proxy.asks("/admin/", headers=words)["headers"]
    assert (sent["X-Forwarded-For"], sent["X-Forwarded-Proto"]) == ("203.0.113.7", "https")


def test_the_asked_host_and_correlation_id_arrive(gate: Gateway) -> None:
    sent = gate.asks("/api/events", headers={"X-Correlation-ID": "press-17"})["headers"]
    assert (sent["Host"], sent["X-Correlation-ID"]) == (gate.url.removeprefix("http://"), "press-17")
    assert len(gate.asks("/api/events", headers={"X-Correlation-ID": "a b"})["headers"]["X-Correlation-ID"]) == 32


HEAD = b" HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /api/x HTTP/1.1\r\n\r\n", b"400"),
        (b"POST /api/x" + HEAD + b"Content-Length: -5\r\n\r\n", b"400"),
        (b"POST /api/x" + HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", b"400"),
        (b"POST /api/x" + HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET /api/x%00" + HEAD + b"\r\n", b"400"),
        (b"GET /api/x\0y" + HEAD + b"\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),
        (b"GET /api/" + b"a" * 9_000 + HEAD + b"\r\n", b"414"),
        (b"GET /api/x" + HEAD + b"X: " + b"a" * 9_000 + b"\r\n\r\n", b"431"),
        (b"POST /api/x" + HEAD + b"Content-Length: 1048577\r\n\r\n", b"413"),
        (b"POST /admin/" + HEAD + b"Content-Length: 99999999\r\n\r\n", b"413"),
        (b"POST /telegram/x" + HEAD + b"Content-Length: 1\r\n\r\nx", b"502"),
    ],
)
def test_what_cannot_be_passed_on_gets_an_answer_that_says_so(gate: Gateway, raw: bytes, status: bytes) -> None:
    assert gate.says(raw).split(b" ")[1] == status


@pytest.mark.parametrize("path", ["/api/x", "/telegram/x"])
def test_programs_are_told_by_problem_details(gate: Gateway, path: str) -> None:
    answer = httpx.post(gate.url + path, content=b"x" * 1_100_000, trust_env=False)
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (413, 413, "urn:slotdesk:problem:413")
    assert told["correlation_id"] == answer.headers["X-Correlation-ID"]


@pytest.mark.parametrize(
    "path", [b"/api/%00", b"/api/x\0y", b"/api/../..", b"/api/" + b"a" * 9_000, b"http://a/api/%00"]
)
def test_programs_are_told_so_even_where_the_address_cannot_be_read(gate: Gateway, path: bytes) -> None:
    """Guard: ``told_by`` looks at the request line, nginx's ``$request``: the address itself is empty then."""
    head, _, body = gate.says(b"GET " + path + HEAD + b"Connection: close\r\n\r\n").partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == int(head.split(b" ")[1])


@pytest.mark.parametrize("path", [b"/%00", b"/apis/%00", b"/../x", b"/admin/?next=/api/%00" + b"a" * 9_000])
def test_people_are_told_so_even_where_the_address_cannot_be_read(gate: Gateway, path: bytes) -> None:
    answer = gate.says(b"GET " + path + HEAD + b"\r\n")
    assert answer.split(b" ")[1] in {b"400", b"414"}
    assert "Запрос не прочитать".encode() in answer


def test_people_are_told_by_a_page_in_both_languages(gate: Gateway) -> None:
    answer = httpx.post(gate.url + "/admin/", content=b"x" * 3_000_000, trust_env=False)
    assert answer.status_code == 413
    assert "Слишком большой файл" in answer.text and "too large" in answer.text
    assert 'href="/admin/"' in answer.text and "<script" not in answer.text


def test_a_service_that_is_away_is_told_with_when_to_try_again(gate: Gateway) -> None:
    answer = httpx.post(gate.url + "/telegram/updates", trust_env=False)
    assert (answer.status_code, answer.headers["Retry-After"]) == (502, "2")


def test_the_pages_are_not_addresses_of_their_own(gate: Gateway) -> None:
    for path in ("/-/away.html", "/-/problem"):
        assert httpx.get(gate.url + path, trust_env=False).status_code == 404


def test_a_service_gets_a_body_once_it_is_whole(gate: Gateway) -> None:
    """Guard: ``proxy_request_buffering``: the service would wait for the rest otherwise."""
    with socket.create_connection(("127.0.0.1", gate.ports.desk), timeout=STARTED_WITHIN) as connection:
        connection.sendall(
            b"POST /api/x" + HEAD + b"Connection: close\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50_000
        )
        gate.asks("/api/events")  # nginx has seen what came before
        assert not any(
            it.raddr and it.raddr.port == gate.ports.api and it.status == psutil.CONN_ESTABLISHED
            for it in psutil.net_connections("tcp4")
        )
        connection.sendall(b"x" * 50_000)
        assert b'"body": 100000' in b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.fixture
def a_crowd() -> Iterator[int]:
    """How many connections a test may open: `A_CROWD`, or what this user's limit of files allows."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = A_CROWD + OTHER_FILES if before[1] == resource.RLIM_INFINITY else min(A_CROWD + OTHER_FILES, before[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, before[0]), before[1]))
    yield files - OTHER_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_crowd_of_headers_that_never_end_leaves_room_for_others(gate: Gateway, a_crowd: int) -> None:
    """Guard: ``connections``: such a header counts towards nobody's bound."""
    with contextlib.ExitStack() as held:
        for _ in range(a_crowd):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", gate.ports.desk), STARTED_WITHIN))
            connection.sendall(b"GET /admin/login/" + HEAD + b"X-A")
        for path in ("/admin/", "/api/events", "/api/healthz") * 10:
            gate.asks(path)


def test_a_header_that_never_ends_is_ended(gate: Gateway) -> None:
    """Guard: ``client_header_timeout``."""
    with socket.create_connection(("127.0.0.1", gate.ports.desk), timeout=STARTED_WITHIN) as connection:
        connection.sendall(b"GET /admin/login/" + HEAD + b"X-A")
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""


@pytest.mark.parametrize(("files", "connections"), [(1_024, 768), (20_000, 19_744), (-1, 32_768), (10**6, 32_768)])
def test_there_are_never_more_connections_than_files(files: int, connections: int) -> None:
    """Guard: ``OWN_FILES``: nginx would stop accepting for everybody."""
    assert gateway.connections(files) == connections


def test_secrets_in_addresses_stay_out_of_the_log(gate: Gateway) -> None:
    """Guard: ``path_to_tell`` in the configuration."""
    answer = gate.says(b"POST /calendar/secret-token.ics?q=Petrova" + HEAD + b"Content-Length: 9999999\r\n\r\n")
    assert answer.split(b" ")[1] == b"413"
    gate.says(b"POST /telegram/x?q=Petrova" + HEAD + b"Content-Length: 0\r\n\r\n")
    log = gate.home.log("gateway").read_text()
    assert '"path":"/telegram/x"' in log and '"path":"/calendar/' in log
    assert "secret-token" not in log and "Petrova" not in log


def test_a_trusted_proxy_that_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="TRUSTED_PROXY must be an address"):
        gateway.program(Home.at(tmp_path), Ports(), "any; evil on")
