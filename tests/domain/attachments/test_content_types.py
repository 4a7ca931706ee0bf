"""A file is what its bytes say, whatever its sender declares, and only what no browser executes is shown inline."""

from __future__ import annotations

import pytest

from domain.content_types import HEAD_BYTES, UNKNOWN, bare_type, check_patterns, is_allowed, is_inline, sniff
from domain.values.errors import Invalid
from tests.harness.files import HTML, PDF, PNG, SVG

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "declared", "found"),
    [
        (PNG, "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/png", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "x/y", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "image/png", "audio/wave"),
        (b"\0\0\0\x1cftypavif", "image/png", "image/avif"),
        (b"\0\0\0\x18ftypheic", "image/png", "image/heic"),
        (b"\0\0\0\x18ftypmp42", "image/png", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "image/png", "audio/mp4"),
        (b"OggS\0\2" + bytes(22) + b"OpusHead", "x/y", "audio/ogg"),
        (b"OggS\0\2" + bytes(22) + b"\x80theora" + bytes(60) + b"\x01vorbis", "audio/ogg", "video/ogg"),
        (b"OggS\0\2" + bytes(60), "audio/ogg", "application/ogg"),
        (b"#!AMR\n<", "x/y", "audio/amr"),
        (b"II*\0\x08", "image/png", "image/tiff"),
        (b"BM\x36\x10\x0e\0\0\0\0\0\x36", "image/png", "image/bmp"),
        (b"BMW 320i", "image/png", "text/plain"),
        (PDF, "image/png", "application/pdf"),
        (SVG, "image/png", "image/svg+xml"),
        (b"\xef\xbb\xbf\n<!-- x -->" + SVG, "image/png", "image/svg+xml"),
        (b'<?xml version="1.0"?><a/>', "image/png", "application/xml"),
        (HTML, "image/png", "text/html"),
        (b"words, then <SCRIPT >x", "image/png", "text/html"),
        (b"hello", "image/png", "text/plain"),
        ("grüße".encode(), "text/csv", "text/csv"),
        (("ü" * HEAD_BYTES).encode()[: HEAD_BYTES - 1] + b"\xc3", "image/png", "text/plain"),
        (b"PK\x03\x04" + bytes(60), DOCX, DOCX),
        (b"PK\x03\x04" + bytes(60), "text/html", "application/zip"),
        (b"MZ" + bytes(200), "image/png", UNKNOWN),
        (bytes(100), "image/png", UNKNOWN),
        (b"", "image/png", UNKNOWN),
    ],
)
def test_bytes_decide(head: bytes, declared: str, found: str) -> None:
    assert sniff(head, declared=declared) == found


def test_only_images_and_pdf_are_inline() -> None:
    assert all(map(is_inline, ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf")))
    programs = ("image/svg+xml", "text/html", "application/xml", "text/plain", "video/mp4", UNKNOWN)
    assert not any(map(is_inline, programs))


def test_declared_types_lose_their_parameters() -> None:
    assert bare_type("Text/HTML; charset=utf-8") == "text/html"
    assert bare_type("nonsense") == bare_type("a/b c") == bare_type("") == UNKNOWN


def test_patterns() -> None:
    assert check_patterns(["image/*", " Application/PDF "], field="x") == ("application/pdf", "image/*")
    for wrong in ("png", "image", "image/png; q=1", "*", "*/png"):
        with pytest.raises(Invalid):
            check_patterns([wrong], field="x")
    assert is_allowed("text/html", ())
    assert is_allowed("image/png", ("image/*",))
    assert not is_allowed("text/html", ("image/*", "application/pdf"))
