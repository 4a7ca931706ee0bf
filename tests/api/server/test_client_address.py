"""What the limits of an address count together."""

from __future__ import annotations

import pytest

from api.server.client_address import client_address, is_public, limited_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("::ffff:808:808", "8.8.8.8"),
        ("2606:4700::1111", "2606:4700::/64"),
        ("2606:4700:0:0:ffff:ffff:ffff:ffff", "2606:4700::/64"),
        ("2606:4700:0:1::1", "2606:4700:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address: str, network: str) -> None:
    assert limited_network(address) == network


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("::ffff:8.8.8.8", True), ("2606:4700::1", True)]
    + [(address, False) for address in ("10.0.0.1", "::ffff:10.0.0.1", "::1", "fd00::1", "fe80::1%eth0", "x", "")],
)
def test_private_addresses_have_no_limits(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_address_itself_stays_whole() -> None:
    """Networks of keys and the audit log need it."""
    assert client_address({"client": ("2606:4700::1111", 1)}) == "2606:4700::1111"
    assert client_address({"client": ("::ffff:8.8.8.8", 1)}) == "8.8.8.8"
    assert client_address({"client": None}) == ""
