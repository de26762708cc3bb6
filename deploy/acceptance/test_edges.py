"""Services towards each other and towards the world, as installed (NFR3, I5)."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import redis

from acceptance.driving import Store, eventually
from local.layout import ADMIN_SERVICE, Ports, python_of
from local.lifecycle import answers
from local.stack import Stack
from tests.local.conftest import read_env

SCAN, ENTRY = "reminders.tasks.send_due", "redbeat:send what is due"


def health(stack: Stack, name: str, path: str = "/readyz") -> httpx.Response:
    """A process's own health, on its internal port."""
    return httpx.get(f"http://127.0.0.1:{vars(stack.ports)[name]}{path}", timeout=30, trust_env=False)


@pytest.fixture(scope="module")
def https_only(stack: Stack) -> Iterator[str]:
    """One more process of the admin service, for browsers that come by https: its internal address."""
    ports = Ports.free()
    environment = read_env(stack.home.path / "env" / "api.env")
    environment |= {"HTTPS_ONLY": "1", "HEALTH_PORT": str(ports.api_health), "PATH": os.environ["PATH"]}
    serve = ("-m", "granian", "--interface", "wsgi", "--port", str(ports.api), "config.wsgi:application")
    with subprocess.Popen([str(python_of(ADMIN_SERVICE)), *serve], cwd=ADMIN_SERVICE, env=environment) as process:
        address = f"http://127.0.0.1:{ports.api}"
        eventually(lambda: answers(f"{address}/api/readyz"), "it serves", 90)
        yield address
        process.terminate()


def test_with_https_only_browsers_are_redirected_and_programs_are_not(stack: Stack, https_only: str) -> None:
    """Guard: ``SECURE_REDIRECT_EXEMPT``: health checks and the bot ask by http, from inside."""
    token = {"Authorization": f"Bearer {stack.env['ADMIN_API_TOKEN']}"}
    with httpx.Client(base_url=https_only, trust_env=False, timeout=30) as http:
        assert http.get("/api/healthz").status_code == 200
        assert http.get("/api/events", headers=token).status_code == 200
        redirected = http.get("/admin/login/")
        assert (redirected.status_code, redirected.headers["Location"][:8]) == (301, "https://")
        page = http.get("/admin/login/", headers={"X-Forwarded-Proto": "https"})
        assert page.status_code == 200
        assert "max-age" in page.headers["Strict-Transport-Security"]


def test_internal_ports_listen_on_this_machine_only(stack: Stack) -> None:
    """Guard: ``HEALTH_HOST``."""
    for name in ("web_health", "api_health", "consumer", "relay", "worker", "beat"):
        assert health(stack, name, "/healthz").status_code == 200, name
        assert "python_info" in health(stack, name, "/metrics").text, name
        with pytest.raises(httpx.ConnectError):  # what listens everywhere answers here, too
            httpx.get(f"http://127.0.0.2:{vars(stack.ports)[name]}/healthz", timeout=30, trust_env=False)


def test_the_schedule_is_put_back_when_its_keys_are_lost(stack: Stack) -> None:
    """Field case: an evicted key stopped reminders until the next restart. Guard: ``mend``."""
    with redis.Redis.from_url(stack.env["REDIS_URL"], decode_responses=True) as operator:
        for lost in (ENTRY, "redbeat::schedule"):
            operator.delete(lost)
            eventually(lambda: operator.zscore("redbeat::schedule", ENTRY), f"{lost} is put back", 60)


def test_redis_may_be_emptied(stack: Stack) -> None:
    """Beat loses its lock with the rest, and is started anew."""
    with redis.Redis.from_url(stack.env["REDIS_URL"], decode_responses=True) as operator:
        operator.flushall()
        eventually(lambda: operator.zscore("redbeat::schedule", ENTRY), "the schedule is put back", 60)
    stack.wait_for("beat", seconds=60)


def test_a_scan_that_is_overdue_is_told_by_worker_and_beat_and_not_by_the_api(stack: Stack, store: Store) -> None:
    """Guard: ``overdue``. Nothing that happens by the clock stops in silence."""
    with stack.without("beat"):
        long_ago = datetime.now(UTC) - timedelta(minutes=10)

        def told() -> bool:
            store.db.scan_runs.update_one({"_id": SCAN}, {"$set": {"succeeded_at": long_ago}})
            return "send what is due" in health(stack, "worker").text

        eventually(told, "the worker names the scan")
        assert health(stack, "worker").status_code == 503
        assert health(stack, "api_health").status_code == 200
    eventually(lambda: health(stack, "worker").status_code == httpx.codes.OK, "the scan has run again", 60)


def test_the_bots_token_reads_and_does_not_book(stack: Stack) -> None:
    """Guard: ``HasScope``."""
    secret = (stack.home.path / "secrets" / "api_token_bot").read_text().strip()
    bot = {"Authorization": f"Bearer {secret}"}
    url = stack.env["ADMIN_URL"]
    assert httpx.get(f"{url}/api/events", headers=bot, trust_env=False).status_code == 200
    assert httpx.post(f"{url}/api/confirm-booking", headers=bot, json={}, trust_env=False).status_code == 403
    for process in ("web", "api", "consumer", "relay", "worker", "beat"):
        assert secret not in (stack.home.path / "env" / f"{process}.env").read_text(), process
