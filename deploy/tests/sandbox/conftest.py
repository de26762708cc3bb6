"""One sandbox for all tests, started over before each."""

import signal
from collections.abc import Iterator

import pytest

from tests.sandbox.driver import Driver


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Driver]:
    driver = Driver(SANDBOX_WEBHOOK_RETRY_SECONDS="0.05")
    yield driver
    assert driver.stop() == -signal.SIGTERM


@pytest.fixture
def sandbox(running_sandbox: Driver) -> Driver:
    running_sandbox.start_over()
    return running_sandbox
