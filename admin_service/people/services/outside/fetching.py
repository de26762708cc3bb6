"""Fetching a calendar from an address that somebody typed: bounded in time, size and redirects, and never from within.

Each connection is made to the very IP address that was looked at (``may_be_asked``): a name that means
another one a moment later gains nothing.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi
import httpcore

from people.domain.outside import Network, ReadFailedError, ReadFailure, may_be_asked

LARGEST = 5 * 1024 * 1024
"""Bytes; a calendar of ten busy years has about as many."""
MOST_SECONDS = 10.0
MOST_REDIRECTS = 5
_LONGEST_MARK = 200
"""Characters of what is sent back as it came; a mark that is cut off is no match, so the calendar is read whole."""
_HEADERS: dict[bytes | str, bytes | str] = {
    "Accept": "text/calendar, */*;q=0.1",
    "Accept-Encoding": "identity",
    "User-Agent": "Slotdesk",
}
_MOVED = {301, 302, 303, 307, 308}
_SCHEMES = {"http", "https"}
_FAILURES: dict[int, ReadFailure] = {
    HTTPStatus.UNAUTHORIZED: ReadFailure.REFUSED,
    HTTPStatus.FORBIDDEN: ReadFailure.REFUSED,
    HTTPStatus.NOT_FOUND: ReadFailure.NOT_FOUND,
    HTTPStatus.GONE: ReadFailure.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """By what a server tells whether its calendar is as it was; empty where it names nothing."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar as it was sent; ``content`` is None where it is as it was ``seen``."""

    content: bytes | None
    seen: Seen


def fetch(address: str, seen: Seen, networks: Sequence[Network]) -> Fetched:
    """Fetch a calendar.

    Args:
        address: http or https, in ASCII.
        seen: of the last time; empty to have it whole.
        networks: as for ``may_be_asked``.

    Raises:
        ReadFailedError: saying why, without the address.
    """
    ends = time.monotonic() + MOST_SECONDS
    try:
        for _hop in range(MOST_REDIRECTS + 1):
            answer = _ask(address, seen, _Guarded(networks, urlsplit(address).scheme == "https", ends))
            if isinstance(answer, Fetched):
                return answer
            address = answer
    except httpcore.TimeoutException:
        raise ReadFailedError(ReadFailure.TOO_SLOW) from None
    except httpcore.ConnectError as error:
        is_tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
        raise ReadFailedError(ReadFailure.NOT_SECURE if is_tls else ReadFailure.NO_ANSWER) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        raise ReadFailedError(ReadFailure.NO_ANSWER) from None
    except (ValueError, UnicodeError):  # an address that is none, which a redirect may name
        raise ReadFailedError(ReadFailure.REDIRECTS) from None
    raise ReadFailedError(ReadFailure.REDIRECTS)


def _ask(address: str, seen: Seen, guarded: "_Guarded") -> Fetched | str:
    """What is there, or the address to which one is sent on."""
    if urlsplit(address).scheme not in _SCHEMES:
        raise ReadFailedError(ReadFailure.REDIRECTS)
    headers = dict(_HEADERS)
    headers |= {"If-None-Match": seen.etag} if seen.etag else {}
    headers |= {"If-Modified-Since": seen.last_modified} if seen.last_modified else {}
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=guarded) as pool,
        pool.stream("GET", address, headers=headers) as answer,
    ):
        told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
        if answer.status in _MOVED and "location" in told:
            return urljoin(address, told["location"])
        now = Seen(told.get("etag", "")[:_LONGEST_MARK], told.get("last-modified", "")[:_LONGEST_MARK])
        if answer.status == HTTPStatus.NOT_MODIFIED and (seen.etag or seen.last_modified):
            return Fetched(None, now if now.etag or now.last_modified else seen)
        if answer.status != HTTPStatus.OK:
            raise ReadFailedError(_FAILURES.get(answer.status, ReadFailure.SERVER))
        return Fetched(_within_bounds(answer.iter_stream()), now)


def _within_bounds(chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > LARGEST:
            raise ReadFailedError(ReadFailure.TOO_LARGE)
    return bytes(content)


@cache
def _trusted() -> ssl.SSLContext:
    """Who is believed to be whom: as browsers have it, and what the machine trusts besides."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


class _Guarded(httpcore.NetworkBackend):
    """Connections to addresses that may be asked, which end at a moment."""

    def __init__(self, networks: Sequence[Network], is_secure: bool, ends: float) -> None:
        self._networks, self._is_secure, self._ends = networks, is_secure, ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """To the first of the host's addresses that may be asked and answers."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        hosts = list(dict.fromkeys(str(item[4][0]) for item in found))
        asked = [item for item in hosts if may_be_asked(item, self._networks, is_secure=self._is_secure)]
        if not asked:
            raise ReadFailedError(ReadFailure.NOT_PUBLIC)
        for item in asked[:-1]:
            try:
                return self._connect(item, port, _left(self._ends) / len(asked))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(asked[-1], port, _left(self._ends))

    def _connect(self, host: str, port: int, timeout: float) -> httpcore.NetworkStream:
        return _Ending(httpcore.SyncBackend().connect_tcp(host, port, timeout), self._ends)


class _Ending(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly the other side speaks."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Within what is left."""
        return self._stream.read(max_bytes, _left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """The same."""
        self._stream.write(buffer, _left(self._ends))

    def close(self) -> None:
        """At once."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Within what is left."""
        return _Ending(self._stream.start_tls(ssl_context, server_hostname, _left(self._ends)), self._ends)

    def get_extra_info(self, info: str) -> Any:
        """As the connection says."""
        return self._stream.get_extra_info(info)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
