"""A calendar server that the service may ask."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.conf import settings

from tests.outside_calendars.server import CalendarServer, calendar_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CalendarServer]:
    """One on this machine, which the installation allows."""
    monkeypatch.setattr(settings.ENV, "outside_calendar_networks", [ip_network("127.0.0.0/8")])
    with calendar_server() as running:
        yield running
