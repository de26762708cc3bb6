"""Fetching a calendar by an address that somebody typed."""

import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network

import pytest

from people.domain.outside import Network, ReadFailedError, ReadFailure, may_be_asked
from people.services.outside import fetching
from people.services.outside.fetching import Fetched, Seen, fetch
from tests.outside_calendars.server import CalendarServer, calendar_server, content, status

HERE: list[Network] = [ip_network("127.0.0.0/8")]
"""As an installation allows it for itself."""


def failure(address: str, networks: Sequence[Network] = HERE) -> ReadFailure:
    """Why it can't be fetched."""
    with pytest.raises(ReadFailedError) as caught:
        fetch(address, Seen(), networks)
    assert address not in str(caught.value)
    return caught.value.failure


@pytest.mark.parametrize(
    ("host", "is_secure", "may"),
    [
        ("93.184.215.14", True, True),
        ("93.184.215.14", False, False),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("10.0.0.1", True, False),
        ("172.16.5.4", True, False),
        ("192.168.0.1", True, False),
        ("127.0.0.1", True, True),
        ("127.0.0.1", False, True),
        ("127.8.0.1", True, False),
        ("169.254.169.254", True, False),
        ("100.64.0.1", True, False),
        ("0.0.0.0", True, False),
        ("255.255.255.255", True, False),
        ("224.0.0.1", True, False),
        ("240.0.0.1", True, False),
        ("192.0.2.1", True, False),
        ("::1", True, False),
        ("::", True, False),
        ("fe80::1%eth0", True, False),
        ("fd00::1", True, False),
        ("ff02::1", True, False),
        ("::ffff:10.0.0.1", True, False),
        ("::ffff:169.254.169.254", True, False),
        ("64:ff9b::a00:1", True, False),
        ("64:ff9b::5db8:d70e", True, True),
        ("2002:a00:1::1", True, False),
    ],
)
def test_only_public_addresses_are_asked_and_what_the_installation_names(host: str, is_secure: bool, may: bool) -> None:
    """However they are written. Guard: ``may_be_asked``."""
    assert may_be_asked(host, [ip_network("127.0.0.1/32")], is_secure=is_secure) is may


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/c.ics",
        "http://localhost:{port}/c.ics",
        "http://2130706433:{port}/c.ics",
        "http://0x7f.1:{port}/c.ics",
        "http://[::ffff:127.0.0.1]:{port}/c.ics",
        "https://127.0.0.1:{port}/c.ics",
    ],
)
def test_what_is_within_is_not_even_connected_to(server: CalendarServer, address: str) -> None:
    """Guard: ``may_be_asked`` in ``connect_tcp``: it looks at what a name means, at the connection itself."""
    server.answers["/c.ics"] = content(b"BEGIN:VCALENDAR")
    assert failure(address.format(port=server.port), []) is ReadFailure.NOT_PUBLIC
    assert server.asked == []


def test_a_redirect_leads_nowhere_that_may_not_be_asked(server: CalendarServer) -> None:
    """Each of them is looked at anew. Guard: ``may_be_asked`` at every connection, ``_SCHEMES``."""
    server.answers["/in"] = status(302, Location=server.url("/c.ics", "127.0.0.2"))
    server.answers["/file"] = status(301, Location="file:///etc/passwd")
    server.answers["/bad"] = status(301, Location="http://[::1")
    server.answers["/c.ics"] = content(b"BEGIN:VCALENDAR")
    only: list[Network] = [ip_network("127.0.0.1/32")]
    assert failure(server.url("/in"), only) is ReadFailure.NOT_PUBLIC
    assert failure(server.url("/file"), only) is ReadFailure.REDIRECTS
    assert failure(server.url("/bad"), only) is ReadFailure.REDIRECTS
    assert [path for path, _headers in server.asked] == ["/in", "/file", "/bad"]


def test_redirects_are_followed_so_far(server: CalendarServer) -> None:
    """Guard: ``MOST_REDIRECTS``."""
    for number in range(9):
        server.answers[f"/{number}"] = status(307, Location=f"/{number + 1}")
    server.answers["/9"] = content(b"BEGIN:VCALENDAR")
    assert fetch(server.url("/4"), Seen(), HERE).content == b"BEGIN:VCALENDAR"
    assert failure(server.url("/3")) is ReadFailure.REDIRECTS


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (401, ReadFailure.REFUSED),
        (403, ReadFailure.REFUSED),
        (404, ReadFailure.NOT_FOUND),
        (410, ReadFailure.NOT_FOUND),
        (429, ReadFailure.SERVER),
        (500, ReadFailure.SERVER),
        (522, ReadFailure.SERVER),
        (304, ReadFailure.SERVER),
        (302, ReadFailure.SERVER),
    ],
)
def test_a_server_that_says_no_is_told_apart(server: CalendarServer, code: int, why: ReadFailure) -> None:
    """Guard: ``_FAILURES``."""
    server.answers["/c.ics"] = status(code)
    assert failure(server.url("/c.ics")) is why


def test_nobody_there_is_told() -> None:
    with calendar_server() as gone:
        address = gone.url("/c.ics")
    assert failure(address) is ReadFailure.NO_ANSWER
    assert failure("https://no-such-host.invalid/c.ics") is ReadFailure.NO_ANSWER


def test_https_that_is_none_is_told(server: CalendarServer) -> None:
    assert failure(server.url("/c.ics").replace("http:", "https:")) is ReadFailure.NOT_SECURE


def test_what_is_too_large_is_not_read_to_its_end(server: CalendarServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``LARGEST``."""
    monkeypatch.setattr(fetching, "LARGEST", 1000)
    server.answers["/small"] = content(b"x" * 1000)
    server.answers["/large"] = content(b"x" * 1001)
    assert len(fetch(server.url("/small"), Seen(), HERE).content or b"") == 1000
    assert failure(server.url("/large")) is ReadFailure.TOO_LARGE


def test_one_that_answers_a_byte_at_a_time_ends_in_time(
    server: CalendarServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes soon enough; all of them don't. Guard: ``_Ending``."""
    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.5)

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            time.sleep(0.1)

    server.answers["/c.ics"] = slowly
    assert failure(server.url("/c.ics")) is ReadFailure.TOO_SLOW


def test_what_is_as_it_was_is_not_sent_again(server: CalendarServer) -> None:
    """Guard: ``If-None-Match`` and ``If-Modified-Since``."""
    since = "Sat, 28 Nov 2026 10:00:00 GMT"
    server.answers["/c.ics"] = content(b"BEGIN:VCALENDAR", ETag='"v1"', Last_Modified=since)
    first = fetch(server.url("/c.ics"), Seen(), HERE)
    server.answers["/c.ics"] = status(304)
    assert fetch(server.url("/c.ics"), first.seen, HERE) == Fetched(None, first.seen)
    headers = server.asked[1][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"v1"', since)
    assert not {"If-None-Match", "If-Modified-Since"} & set(server.asked[0][1])
