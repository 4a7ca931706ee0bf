"""Which lines about DMARC are believed."""

from __future__ import annotations

import pytest

from integrations.email.parse import Rfc5322Parser

PARSER = Rfc5322Parser()
MX = "mx.shop.example"
FAIL = "dmarc=fail header.from=victim.example"
PASS = "dmarc=pass header.from=victim.example"
OURS = "Received: from mail.sender.example (mail.sender.example [192.0.2.1]) by mx.shop.example with ESMTP id 1"
THEIRS = "Received: from laptop by mail.sender.example with ESMTPSA id 2"


def verdict(*headers: str, sender: str = "Vic <vic@victim.example>") -> bool | None:
    raw = "\r\n".join([*headers, f"From: {sender}", "Subject: x", "", "Hello"]).encode()
    return PARSER.parse(raw, authserv_id=MX).vouched


def line(results: str, server: str = MX) -> str:
    return f"Authentication-Results: {server}; {results}"


@pytest.mark.parametrize(
    "spf",
    [
        "spf=pass smtp.mailfrom=dmarc=pass@evil.example",
        'spf=pass smtp.mailfrom="dmarc=pass"@evil.example',
        'spf=pass smtp.mailfrom="x; dmarc=pass header.from=victim.example"@evil.example',
        "spf=pass (dmarc=pass header.from=victim.example) smtp.mailfrom=x@evil.example",
        "spf=pass (a (b; dmarc=pass header.from=victim.example)) smtp.mailfrom=x@evil.example",
        "spf=pass smtp.helo=dmarc=pass",
        "dkim=pass header.i=dmarc=pass@evil.example",
        'dkim=pass reason="dmarc=pass header.from=victim.example" header.d=evil.example',
        "spf=pass policy.x=dmarc=pass",
    ],
)
def test_a_result_is_a_method_and_nothing_else(spf: str) -> None:
    """attacks.md 4: text that the sender chooses stands in the server's own line."""
    assert verdict(line(f"{spf}; {FAIL}")) is False
    assert verdict(line(spf)) is False
    assert verdict(line(f"{FAIL}; {spf}")) is False


@pytest.mark.parametrize(
    "headers",
    [
        [line(PASS)],
        [line(f"spf=none; dkim=pass (2048-bit key) header.d=victim.example header.s=s; {PASS}")],
        [line(PASS, f"{MX} 1")],
        [line(PASS, MX.upper())],
        [line("dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=victim.example")],
        [line("dmarc=pass action=none header.from=VICTIM.example;compauth=pass reason=100")],
        [line("dmarc = pass header.from = victim.example")],
        [line("dmarc/1=pass header.from=victim.example")],
        [line("dmarc=pass")],
        [line("dkim=pass header.d=victim.example"), line("spf=pass smtp.mailfrom=x@victim.example"), line(PASS)],
        [OURS, line(PASS)],
        [line(PASS), OURS, THEIRS],
        ["Received: by store.shop.example with LMTP id 0", OURS, line(PASS), THEIRS],
        ["Received: from mx by localhost with LMTP", line(PASS)],
        ["Received: by 10.1.2.3 with SMTP id 9", OURS, line(PASS)],
        [line("dmarc=fail header.from=victim.example", "other.example"), line(PASS)],
    ],
)
def test_honest_servers_are_believed(headers: list[str]) -> None:
    assert verdict(*headers) is True


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [line("none")],
        [line(PASS, "evil.example")],
        [line(PASS, f"evil.example {MX}")],
        [line(PASS, f"({MX}) evil.example")],
        [line(FAIL), line(PASS)],
        [line(FAIL), OURS, THEIRS, line(PASS)],
        [line("spf=pass smtp.mailfrom=x@evil.example"), OURS, line(PASS)],
        [OURS, THEIRS, line(PASS)],
        ["Received: from (by mx.shop.example) x by evil.example", line(PASS)],
        [line("dmarc=none header.from=victim.example")],
        [line("dmarc=bestguesspass header.from=victim.example")],
        [line("dmarc=temperror header.from=victim.example")],
        [line("dmarc=pass header.from=evil.example")],
        [line("x-dmarc=pass header.from=victim.example")],
        [line("dmarc=passed header.from=victim.example")],
        [line("dmarc=pass@evil.example; " + FAIL)],
        [line("(" * 5_000 + PASS)],
        [line('"' + PASS)],
        [line("dmarc=fail (x) " * 1_000 + PASS)],
    ],
)
def test_whatever_else_is_not(headers: list[str]) -> None:
    assert verdict(*headers) is False


def test_a_mail_with_several_authors_is_not_vouched_for() -> None:
    assert verdict(line(PASS), sender="vic@victim.example, mal@evil.example") is False
    assert verdict(line(PASS), "From: mal@evil.example") is False


def test_domains_are_compared_as_dns_has_them() -> None:
    sender = "Anna <anna@straße.example>"
    assert verdict(line("dmarc=pass header.from=xn--strae-oqa.example"), sender=sender) is True
    assert verdict(line("dmarc=pass header.from=strasse.example"), sender=sender) is False


def test_without_a_trusted_server_nothing_is_known() -> None:
    assert PARSER.parse(line(PASS).encode() + b"\r\n\r\nx", authserv_id=None).vouched is None
