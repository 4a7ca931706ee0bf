"""Where webhooks may go: web addresses on the internet, and none that leads into the network that Baton runs in.

What a name stands for is known only when it is connected to, and may change at any time: `is_private` is asked then of
the very address that is connected to (`integrations/webhooks/http_client.py`). What an address itself shows is
refused before.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from domain.values.errors import Field, Invalid
from domain.values.urls import check_url

Address = IPv4Address | IPv6Address

_LONGEST = 2_048  # characters
_WELL_KNOWN = 443
_FIRST_FREE_PORT = 1_024  # below are services of other kinds, for which an HTTP request may be a command
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
# Not told by `is_global`, which is about routing (and differs between Python's patch releases, too).
_MORE_INSIDE_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "100.64.0.0/10",  # carriers' NAT, RFC 6598; a cloud's metadata among it
        "168.63.129.16/32",  # a cloud's platform services, though the address is a public one
        "192.0.0.0/24",  # protocol assignments, RFC 6890; a cloud's metadata among it
        "192.88.99.0/24",  # relays into 6to4, given up by RFC 7526
        "198.18.0.0/15",  # benchmarks, RFC 2544
    )
)
_MORE_INSIDE_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b:1::/48",  # NAT64 of a network's own, RFC 8215
        "2001::/23",  # protocol assignments, Teredo among them: they lead elsewhere than they say
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE: Final = IPv6Network("::/96")  # the same, given up by RFC 4291


def check_address(text: str, *, private_networks: bool, field: Field) -> str:
    """The address unchanged, or Invalid with what to write. `private_networks`: the operator lets webhooks go inside,
    and there without TLS as well."""
    if len(text) > _LONGEST:
        raise Invalid(f"This address is longer than {_LONGEST:,} characters.", field=field)
    check_url(text, field=field)
    parts = urlsplit(text)
    port = _port(parts, field)
    if "@" in parts.netloc:
        raise Invalid("Take name and password out of the address: requests are signed instead.", field=field)
    if "#" in text:
        raise Invalid("Take out what begins with #: it is never sent.", field=field)
    if "\\" in text or not parts.hostname:
        raise Invalid("This is no web address: write it in full, like https://example.com/hooks.", field=field)
    if private_networks:
        return text
    if parts.scheme.lower() != "https":
        raise Invalid("Webhooks carry what shoppers wrote: give an https address.", field=field)
    if _shows_that_it_is_inside(parts.hostname):
        raise Invalid("This address is inside a private network: give one that can be reached publicly.", field=field)
    if port is not None and port != _WELL_KNOWN and port < _FIRST_FREE_PORT:
        raise Invalid(f"Webhooks go to port {_WELL_KNOWN}, or to one from {_FIRST_FREE_PORT} on.", field=field)
    return text


def is_private(address: Address) -> bool:
    """Whether an address is none of the public internet's, or leads to one that is not."""
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return is_private(embedded)
        if address.is_site_local or any(address in network for network in _MORE_INSIDE_6):
            return True
    elif any(address in network for network in _MORE_INSIDE_4):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def literal(host: str) -> Address | None:
    """The address that a host is written as: also in the forms that resolvers take, such as 127.1 or 0x7f000001."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that it stands for, or that a gateway would make of it."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _shows_that_it_is_inside(host: str) -> bool:
    name = host.rstrip(".").lower()
    if any(name == local or name.endswith("." + local) for local in _LOCAL_NAMES):
        return True
    address = literal(name)
    return is_private(address) if address is not None else "." not in name


def _port(parts: SplitResult, field: Field) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise Invalid("The port is a number from 1 to 65535.", field=field)
    return port
