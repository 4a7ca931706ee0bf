"""Baton calls no private address for a customer, however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.public_addresses import check_address, is_private, literal
from domain.values.errors import Invalid

PATH = ("endpoint", "url")
INSIDE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "100.100.100.200", "192.0.0.192", "192.0.0.8"),
    *("168.63.129.16", "198.18.0.1", "198.19.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "febf::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "3fff::1", "5f00::1"),
    *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::10.0.0.1"),
    *("64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a00:1::", "2002:7f00:1::1"),
]
OUTSIDE = [
    *("8.8.8.8", "1.1.1.1", "172.32.0.1", "172.15.255.255", "100.63.255.255", "100.128.0.1", "168.63.129.17"),
    *("192.167.255.255", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"),
    *("64:ff9b::808:808", "2002:808:808::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert is_private(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Invalid) as refused:
        check_address(f"https://{host}/hooks", private_networks=False, field=PATH)
    assert refused.value.field == PATH
    assert address not in refused.value.message


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert not is_private(ip_address(address))
    url = f"https://[{address}]:8443/hooks?a=b" if ":" in address else f"https://{address}/hooks"
    assert check_address(url, private_networks=False, field=PATH) == url


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_whatever_it_is_wrapped(address: object) -> None:
    plain = is_private(address)  # type: ignore[arg-type]
    value = int(address)  # type: ignore[call-overload]
    for wrapped in (f"::ffff:{address}", f"64:ff9b::{value >> 16:x}:{value & 0xFFFF:x}"):
        assert is_private(ip_address(wrapped)) == plain
    assert is_private(ip_address(f"2002:{value >> 16:x}:{value & 0xFFFF:x}::1")) == plain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            (text, "127.0.0.1")
            for text in ("127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001")
        ),
        ("0xA9FEA9FE", "169.254.169.254"),
        ("fe80::1%eth0", "fe80::1"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_numbers_are_read_as_resolvers_read_them(written: str, meant: str) -> None:
    assert literal(written) == ip_address(meant)


@pytest.mark.parametrize("name", ["example.com", "10.example.com", "1.2.3.4.5", "", "a"])
def test_names_are_no_numbers(name: str) -> None:
    assert literal(name) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hooks",
        "HTTP://example.com/hooks",
        "https://localhost/hooks",
        "https://LOCALHOST./hooks",
        "https://a.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://db/",
        "https://user:secret@example.com/",
        "https://user@example.com/",
        "https://example.com/#part",
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        *(
            "https://１２７.0.0.1/",
            "https://①②⑦.0.0.1/",
            "https://ｌocalhost/",
            "https://127%2e0.0.1/",
            "https://127。0。0。1/",
        ),
        *(
            "https://.com/",
            "https://ex..ample.com/",
            "https://ex$mple.com/",
            "https://ex%2aample.com/",
            "https://a.com../",
        ),
        "https://" + "a" * 64 + ".com/",
        "https://" + "a." * 126 + "com/",
        "https:///hooks",
        "https://exa mple.com/",
        "https://example.com\\@10.0.0.1/",
        "https://example.com/\n",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "//example.com/",
        "example.com",
        "",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_what_is_refused_as_it_is_written(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_address(url, private_networks=False, field=PATH)
    assert refused.value.field == PATH
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://hooks.example.com:8443/a/b?c=d", "https://bücher.example/", "https://8.8.8.8/"],
)
def test_accepted_texts_are_stored_unchanged(url: str) -> None:
    assert check_address(url, private_networks=False, field=PATH) == url


def test_inside_where_the_operator_says_so() -> None:
    for url in ("http://127.0.0.1:9000/hooks", "https://10.0.0.1/", "http://receiver:80/", "https://example.com:22/"):
        assert check_address(url, private_networks=True, field=PATH) == url
    for url in ("http://user:secret@127.0.0.1/", "ftp://127.0.0.1/", "http://127.0.0.1/#a", "nonsense"):
        with pytest.raises(Invalid):
            check_address(url, private_networks=True, field=PATH)
