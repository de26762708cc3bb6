"""A stack of its own: questionnaires, a recruiting event, and time that is travelled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from acceptance.conftest import MONDAY_MORNING
from acceptance.desk import Desk, open_desk
from acceptance.driving import Chats, Store
from local.stack import Stack

HOME = Path(__file__).resolve().parents[3] / ".local" / "conversation"


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
