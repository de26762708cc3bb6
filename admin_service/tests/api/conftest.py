"""Clients of the API."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

BOT_TOKEN = "token-of-the-bot-in-tests"


@pytest.fixture
def bot() -> Client:
    """The bot service, with its token."""
    return Client(headers={"Authorization": f"Bearer {BOT_TOKEN}"})


@pytest.fixture
def stranger() -> Client:
    """A client without a token."""
    return Client()


@pytest.fixture(autouse=True)
def _nobody_has_tried_wrong_tokens() -> Iterator[None]:
    """The counts of one test are not the next one's."""
    yield
    cache.clear()
