"""Which URLs of customers Baton may call: public addresses, and none inside the network that Baton runs in.

`check_address` refuses a URL that is visibly private when it is saved. A host name can resolve to another address at
any time, so `integrations/ssrf.py` calls `is_private` again for each address that it connects to.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from domain.values.errors import Field, Invalid
from domain.values.record import Record
from domain.values.urls import check_url, web_address

Address = IPv4Address | IPv6Address


class Traffic(Record):
    """A kind of calls to URLs of customers, as refusals speak of it."""

    name: str
    why_tls: str
    why_no_user: str
    for_private: str = ""  # what to do for an address inside a private network


WEBHOOKS = Traffic(
    name="webhooks",
    why_tls="webhooks contain what shoppers wrote",
    why_no_user="requests are signed instead",
)
KEY_SETS = Traffic(
    name="requests for keys",
    why_tls="whoever changes the keys on their way can sign tokens",
    why_no_user="public keys need no password",
)
HELPDESKS = Traffic(
    name="calls to helpdesks",
    why_tls="they contain what shoppers wrote",
    why_no_user="the credentials are given on their own",
)

FILES = Traffic(
    name="requests for files of messages",
    why_tls="the files are what shoppers sent",
    why_no_user="the credentials are given on their own",
)

SIGN_IN = Traffic(
    name="requests to sign-in providers",
    why_tls="whoever changes the provider's response can sign in as anybody",
    why_no_user="the client's id and secret have fields of their own",
    for_private=" For one inside a private network, the operator has to set BATON_SIGN_IN_PRIVATE_NETWORKS=true.",
)
MODELS = Traffic(
    name="calls to language models",
    why_tls="they contain what shoppers wrote",
    why_no_user="the key has a field of its own",
    for_private=" For one inside a private network, the operator has to set BATON_MODEL_PRIVATE_NETWORKS=true.",
)

_MAX_LENGTH = 2_048  # characters
_WELL_KNOWN = 443
_FIRST_FREE_PORT = 1_024  # lower ports belong to other protocols, to which an HTTP request may be a command
_DNS_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z", re.ASCII)  # RFC 1035, and _
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
# Networks that `is_global` does not exclude, or excludes in some patch releases of Python only.
_PRIVATE_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598; includes the metadata service of a cloud
        "168.63.129.16/32",  # the platform services of a cloud, although the address is public
        "192.0.0.0/24",  # protocol assignments, RFC 6890; includes the metadata service of a cloud
        "192.88.99.0/24",  # 6to4 relays, deprecated by RFC 7526
        "198.18.0.0/15",  # benchmarks, RFC 2544
    )
)
_PRIVATE_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b:1::/48",  # local-use NAT64, RFC 8215
        "2001::/23",  # protocol assignments, including Teredo, which embeds another address
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE: Final = IPv6Network("::/96")  # IPv4-compatible, deprecated by RFC 4291: the last 32 bits as well


def check_address(text: str, *, private_networks: bool, field: Field, traffic: Traffic = WEBHOOKS) -> str:
    """Return the URL unchanged. Raises `Invalid` with what to enter instead.

    `private_networks`: the operator allows private addresses too, and plain HTTP to these.
    """
    if len(text) > _MAX_LENGTH:
        raise Invalid(f"A URL may have at most {_MAX_LENGTH:,} characters.", field=field)
    host = _host(check_url(text, field=field))
    parts = urlsplit(text)
    port = _port(parts, field)
    if "@" in parts.netloc:
        raise Invalid(f"Remove user name and password from the URL: {traffic.why_no_user}.", field=field)
    if "#" in text:
        raise Invalid("Remove the fragment (the part from # on): it is never sent.", field=field)
    if "\\" in text or not parts.hostname or (literal(host) is None and not _DNS_NAME.match(host)):
        raise Invalid("This is not a URL: enter it in full, like https://example.com/hooks.", field=field)
    if private_networks:
        return text
    if parts.scheme.lower() != "https":
        raise Invalid(f"Enter an https URL: {traffic.why_tls}.{traffic.for_private}", field=field)
    if _is_visibly_private(host):
        raise Invalid(
            f"This URL is inside a private network: enter one that is publicly reachable.{traffic.for_private}",
            field=field,
        )
    if port is not None and port != _WELL_KNOWN and port < _FIRST_FREE_PORT:
        raise Invalid(f"The port must be {_WELL_KNOWN}, or {_FIRST_FREE_PORT} or higher.", field=field)
    return text


def is_private(address: Address) -> bool:
    """Return whether an address is not on the public internet, or embeds an IPv4 address that is not."""
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return is_private(embedded)
        if address.is_site_local or any(address in network for network in _PRIVATE_6):
            return True
    elif any(address in network for network in _PRIVATE_4):
        return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def literal(host: str) -> Address | None:
    """Return the address if the host is one, in any form that resolvers accept, such as 127.1 or 0x7f000001."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The embedded IPv4 address, to which a gateway would translate this one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _host(url: str) -> str:
    """The host as the URL standard reads it: international names encoded, digits of other scripts as numbers."""
    address = web_address(url)
    host = (address.host if address is not None else None) or ""
    return host.strip("[]").removesuffix(".").lower()


def _is_visibly_private(name: str) -> bool:
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
        raise Invalid("The port must be a number from 1 to 65535.", field=field)
    return port
