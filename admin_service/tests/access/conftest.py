"""The world that roles look at."""

import pytest

from tests.access.world import World


@pytest.fixture
def world() -> World:
    """Moscow and Kazan."""
    return World()
