"""Outside calendars: recruiters' own, kept elsewhere, of which nothing but their busy times is read."""

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6 addresses that lead to the IPv4 address in their last four bytes (NAT64)."""


class ReadFailure(StrEnum):
    """Why a calendar could not be read."""

    NO_ANSWER = "no_answer"
    TOO_SLOW = "too_slow"
    NOT_SECURE = "not_secure"
    NOT_PUBLIC = "not_public"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    SERVER = "server"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    NOT_A_CALENDAR = "not_a_calendar"
    TOO_MUCH = "too_much"


class ReadFailedError(Exception):
    """A calendar could not be read. Its text never holds the calendar's address."""

    def __init__(self, failure: ReadFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def may_be_asked(host: str, networks: Sequence[Network], *, is_secure: bool) -> bool:
    """Whether an address may be connected to.

    What staff type is asked from within our network, so nothing there may answer (server-side request forgery): only
    public addresses, by https, and what an installation names itself.

    Args:
        host: an IP address, as a name was resolved.
        networks: the installation's own, which may be asked although they are not public, by http, too.
    """
    address = _really(ip_address(host.partition("%")[0]))
    if any(address in network for network in networks):
        return True
    return is_secure and address.is_global and not address.is_multicast and not address.is_reserved


def _really(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if not isinstance(address, IPv6Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
