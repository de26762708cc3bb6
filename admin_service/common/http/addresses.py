"""The address a request really comes from."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_LONGEST = 45
"""Characters of an IPv6 address at its longest."""


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
