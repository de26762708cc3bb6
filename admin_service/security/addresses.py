"""Addresses as attempts are counted by."""

from ipaddress import ip_address, ip_network

_HOME = 64
"""Bits of an IPv6 address that its holder does not choose."""


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
