"""One running stack for all tests here, on free ports, with demo data; ``conversation`` has one of its own."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pika
import pytest
from playwright.sync_api import Browser, sync_playwright

from acceptance.desk import Desk, open_browser, open_desk
from acceptance.driving import Chats, Person, Store, eventually
from local.stack import Stack
from shared_contracts.transport.topology import ALL_QUEUES

HOME = Path(__file__).resolve().parents[2] / ".local" / "acceptance"
MONDAY_MORNING = datetime(2032, 3, 1, 9, 0, tzinfo=ZoneInfo("Europe/Moscow"))
"""When both stacks begin: transcripts show dates, and quiet hours are not to depend on when the tests are run.

Far ahead, since MongoDB forgets old documents by its own clock.
"""


SETTINGS = {"OUTSIDE_CALENDAR_NETWORKS": "127.0.0.0/8"}
"""Recruiters' own calendars are served by the tests."""


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack, started from nothing and stopped at the end; its logs stay in .local/acceptance."""
    stack = Stack(HOME, free_ports=True, test_mode=True, begins_at=MONDAY_MORNING, environ=SETTINGS)
    stack.stop()
    stack.home.remove_data()
    with stack:
        yield stack


@pytest.fixture(scope="session")
def chats(stack: Stack) -> Chats:
    """Telegram, as people see it. Limits are off: many people press at once here."""
    return Chats.without_limits(stack)


@pytest.fixture(scope="session")
def store(stack: Stack) -> Store:
    """The admin service's database."""
    return Store(stack)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for every desk."""
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desk(browser: Browser, stack: Stack) -> Desk:
    """A member of staff at the desk."""
    return open_desk(browser, stack)


class Api:
    """The admin service's API, as another program uses it."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False)

    def slots(self) -> list[dict[str, Any]]:
        """All slots that can be booked now, by start."""
        event = self.http.get("/api/events").json()["results"][0]["id"]
        results = self.http.get("/api/available-slots", params={"event": event, "limit": 200}).json()["results"]
        return list(results)

    def book(self, telegram_id: int, slot: dict[str, Any], key: str) -> str:
        """Book without a chat; the answer is the outcome."""
        body = {"user_telegram_id": telegram_id, "event_id": slot["event"]["id"], "slot_id": slot["id"]}
        answer = self.http.post("/api/confirm-booking", json=body, headers={"Idempotency-Key": key})
        return str(answer.json()["outcome"])


@pytest.fixture(scope="session")
def api(stack: Stack) -> Api:
    """The API with the operator's token."""
    return Api(stack.env["ADMIN_URL"], stack.env["ADMIN_API_TOKEN"])


@pytest.fixture
def person(chats: Chats) -> Person:
    """Maria the candidate, who is on the allow list."""
    return chats.person(1001)


@pytest.fixture(autouse=True)
def _sound_afterwards(store: Store, stack: Stack) -> Iterator[None]:
    """After every test: I1, I3, I7, nothing unsent, no dead letter."""
    yield
    eventually(lambda: store.db.outbox.count_documents({"status": "pending"}) == 0, "the outbox is empty")
    assert store.broken_rules() == []
    assert dead_letters(stack) == {}


def dead_letters(stack: Stack) -> dict[str, int]:
    """Dead-letter queues that are not empty."""
    with pika.BlockingConnection(pika.URLParameters(stack.env["AMQP_URL_OPERATOR"])) as connection:
        channel = connection.channel()
        counts = {
            queue.dead_name: channel.queue_declare(queue.dead_name, passive=True).method.message_count
            for queue in ALL_QUEUES
        }
    return {name: count for name, count in counts.items() if count}
