"""The address of a client: for its limits, for the networks that a key allows, and for the audit log."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope


def client_address(scope: Scope) -> str:
    """Return the IP address of a request's or socket's client; empty if the connection has none (a Unix socket).

    A server that listens on IPv6 sees IPv4 clients as `::ffff:203.0.113.5`, of which the IPv4 address is returned.
    """
    client = scope.get("client")
    address: str = client[0] if client else ""
    if not address.startswith("::ffff:"):
        return address
    return str(_parsed(address) or address)


def limited_network(address: str) -> str:
    """Return what the limits "of an address" count together: an IPv4 address, or the /64 network of an IPv6 address.

    A provider gives each of its customers a /64 at least, so an IPv6 client has as many addresses as it likes.
    """
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return address if parsed is None else str(parsed)
    return str(IPv6Network((int(parsed), 64), strict=False))


def is_public(address: str) -> bool:
    """Return whether the limits of an address apply: a private one is a proxy's, which stands for many clients."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_global


@lru_cache(4_096)  # thousands of clients may come by one proxy, at once
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None  # a socket of this machine
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
