"""The networks from which a key may be used: IPv4 and IPv6 blocks in CIDR notation."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network

from domain.values.errors import Invalid

MOST_NETWORKS = 20
_LONGEST = 50  # characters; the longest block has 43


def is_within(address: str | None, networks: Sequence[str]) -> bool:
    """Whether an address is in any of the blocks. An unknown address, as of a Unix socket, is in none."""
    if address is None:
        return False
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network) for network in networks)


def are_within(inner: Sequence[str], outer: Sequence[str]) -> bool:
    """Whether every address of the inner blocks is in an outer one."""
    blocks = [ip_network(text) for text in outer]
    whole: list[IPv4Network | IPv6Network] = [  # two halves make a whole, in which a block may be that is in neither
        *collapse_addresses(block for block in blocks if isinstance(block, IPv4Network)),
        *collapse_addresses(block for block in blocks if isinstance(block, IPv6Network)),
    ]
    return all(any(_is_part(ip_network(text), block) for block in whole) for text in inner)


def _is_part(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    return inner.version == outer.version and outer.supernet_of(inner)  # type: ignore[arg-type]  # of one version


def check_networks(given: Sequence[str], *, field: str) -> tuple[str, ...]:
    """Return the blocks in their usual notation, without duplicates. A single address is a block of one.

    Raises `Invalid` for more than 20 blocks, and for a text that is not a block.
    """
    if len(given) > MOST_NETWORKS:
        raise Invalid(f"A key may have at most {MOST_NETWORKS} networks.", field=field)
    blocks = (_block(text.strip(), field=(field, str(place))) for place, text in enumerate(given))
    return tuple(dict.fromkeys(blocks))


def _block(text: str, *, field: tuple[str, ...]) -> str:
    if len(text) > _LONGEST or "%" in text:
        raise Invalid("This is not a network in CIDR notation, such as 203.0.113.0/24 or 2001:db8::/32.", field=field)
    try:
        block = ip_network(text, strict=False)
    except ValueError:
        message = "This is not a network in CIDR notation, such as 203.0.113.0/24 or 2001:db8::/32."
        raise Invalid(message, field=field) from None
    if "/" in text and str(block.network_address) != str(ip_address(text.partition("/")[0])):
        raise Invalid(f"This address is inside a network: did you mean {block}?", field=field)
    if isinstance(block, IPv6Network) and block.network_address.ipv4_mapped is not None and block.prefixlen >= 96:
        raise Invalid("Give an IPv4 network in its own notation, such as 203.0.113.0/24.", field=field)
    return str(block)
