"""The rules are pure: no database here."""

import pytest


@pytest.fixture(autouse=True)
def _database() -> None:
    """In place of the database that other tests get."""
