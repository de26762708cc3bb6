"""Watching what is sent to MongoDB."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo import monitoring

from common.mongo import connection


class CommandSpy(monitoring.CommandListener):
    """Base of spies; ``started`` is theirs."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not of interest."""


@contextmanager
def watched_by(spy: CommandSpy) -> Iterator[None]:
    """A client whose commands are watched, in place of the process's own."""
    options = connection.settings_dict["OPTIONS"]
    connection.close_pool()
    connection.settings_dict["OPTIONS"] = {**options, "event_listeners": [spy]}
    try:
        yield
    finally:
        connection.close_pool()
        connection.settings_dict["OPTIONS"] = options
