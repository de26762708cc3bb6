"""A stack of its own, whose clock begins at a fixed moment: the transcripts show dates."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from acceptance.desk import Desk, open_desk
from acceptance.driving import Chats, Store
from local.stack import Stack

HOME = Path(__file__).resolve().parents[3] / ".local" / "conversation"
MONDAY_MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack, started from nothing; its logs stay in .local/conversation."""
    stack = Stack(HOME, free_ports=True, test_mode=True, begins_at=MONDAY_MORNING, environ={})
    stack.stop()
    stack.home.remove_data()
    with stack:
        yield stack


@pytest.fixture(scope="session")
def chats(stack: Stack) -> Chats:
    """Telegram, as people see it."""
    return Chats.without_limits(stack)


@pytest.fixture(scope="session")
def store(stack: Stack) -> Store:
    """The admin service's database."""
    return Store(stack)


@pytest.fixture(scope="session")
def desk(browser: Browser, stack: Stack) -> Desk:
    """A member of staff at the desk."""
    return open_desk(browser, stack)
