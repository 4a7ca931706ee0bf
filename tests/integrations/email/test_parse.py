"""Any bytes are parsed as a mail, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.email.parse import Rfc5322Parser
from tests.harness.scaling import assert_linear

PARSER = Rfc5322Parser()
HEADERS = st.sampled_from(
    [b"From", b"Subject", b"Content-Type", b"Content-Transfer-Encoding", b"References", b"Content-Disposition", b"Date"]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            *(b"multipart/mixed; boundary=b", b"multipart/report; boundary=", b"text/html; charset=\xff", b"base64"),
            *(b"=?utf-8?b?", b"=?x?q?=zz?=", b"message/rfc822", b"message/delivery-status", b"<a@b> <c"),
            *(b"attachment; filename*=utf-8''%ff", b"a@b, <c@d>, \"", b"quoted-printable"),
            *(b"text/plain; charset=utf-7", b"text/plain; charset=idna"),
        ]
    ),
)  # fmt: skip


ATTACHMENT = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/zip\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


@given(st.lists(st.tuples(HEADERS, VALUES), max_size=8), st.lists(st.one_of(VALUES, st.just(b"--b")), max_size=8))
def test_any_bytes_are_parsed(headers: list[tuple[bytes, bytes]], lines: list[bytes]) -> None:
    raw = b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + b"\r\n".join(lines)
    mail = PARSER.parse(raw, authserv_id="mx.example", own=["x@y.example"])
    for text in (mail.text, mail.whole, mail.subject, mail.sender, mail.name or "", *mail.attachments):
        text.encode()  # no lone surrogates, which the database would refuse
    assert all(" " not in reference and len(reference) < 260 for reference in mail.references)
    assert len(mail.reference) < 300


@pytest.mark.parametrize(
    ("before", "repeated", "count", "after"),
    [
        (b"References: ", b"<a@b> ", 16_000, b"\r\n\r\nHi"),
        (b"From: ", b"a@b.example, ", 8_000, b"\r\n\r\nHi"),
        (b"Subject: ", b"=?utf-8?q?a?= ", 16_000, b"\r\n\r\nHi"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n\r\nx\r\n", 8_000, b"--b--"),
        (b"Content-Type: text/html\r\n\r\n", b"<div><blockquote><a href=x>", 16_000, b""),
        (b"\r\n", b"> quoted wrote: 2026\r\n", 16_000, b""),
        (ATTACHMENT, b"QUJD", 800_000, b"\r\n--b--"),
    ],
    ids=["references", "from", "subject", "parts", "html", "quotes", "attachment"],
)
def test_time_grows_linearly(before: bytes, repeated: bytes, count: int, after: bytes) -> None:
    def mail_of(size: int) -> bytes:
        return before + repeated * size + after

    assert_linear(lambda raw: PARSER.parse(raw, authserv_id=None), mail_of, count=count)
    assert len(PARSER.parse(mail_of(count), authserv_id=None).references) <= 100


def test_deeply_nested_parts() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000))
    mail = PARSER.parse(b"From: a@b.example\r\n" + raw + b"\r\nx", authserv_id=None)
    assert mail.sender == "a@b.example"
