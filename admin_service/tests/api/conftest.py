"""Clients of the API."""

import pytest
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
