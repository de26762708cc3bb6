"""What people do in chat. That Telegram takes one message a second is tested where messages are sent."""

import pytest


@pytest.fixture(autouse=True)
def _chats_take_all_at_once(chats_take_all_at_once: None) -> None:
    """Nobody here waits for a limit."""
