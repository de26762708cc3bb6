"""The address a request really comes from, and whose it is."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_LONGEST = 45
"""Characters of an IPv6 address at its longest."""
_HOME = 64
"""Bits of an IPv6 address that its holder does not choose."""


class ClientAddressMiddleware:
    """Makes ``REMOTE_ADDR`` the client's, where ``TRUSTED_PROXIES`` stand in front, so that nothing else need ask.

    Each of them adds to ``X-Forwarded-For`` whom it hears; what stands further left is the client's own invention.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        hops = settings.ENV.trusted_proxies
        if 0 < hops <= len(named) and named[-hops]:
            request.META["REMOTE_ADDR"] = named[-hops]
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The client's address, as the middleware above has left it; empty in requests that nobody has sent."""
    return str(request.META.get("REMOTE_ADDR", ""))[:_LONGEST]


def household(address: str) -> str:
    """The address; of IPv6 the network, since one client has 2^64 addresses. What is no address counts as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    mapped = getattr(parsed, "ipv4_mapped", None)
    if parsed.version == 4 or mapped:  # noqa: PLR2004
        return str(mapped or parsed)
    return str(ip_network((parsed, _HOME), strict=False))
