"""The address of a client: for its budget, for the networks that a key allows, and for the audit log."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.types import Scope


def client_address(scope: Scope) -> str:
    """Return the IP address of a request's or socket's client; empty if the connection has none (a Unix socket).

    A server that listens on IPv6 sees IPv4 clients as `::ffff:203.0.113.5`, of which the IPv4 address is returned.
    """
    client = scope.get("client")
    address: str = client[0] if client else ""
    if not address.startswith("::ffff:"):
        return address
    parsed = ip_address(address)
    return str(parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else address
