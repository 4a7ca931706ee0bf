"""Content types: what a file is by its first bytes. What its sender declares decides nothing alone.

    sniff(head, declared=…)    "image/png", whatever the sender says
    is_inline(content_type)    whether a browser may show it

A container whose members only a parser knows (a Word document is a ZIP file) keeps a declared type of its family: none
of them is shown inline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import puremagic

from domain.values.errors import Field, Invalid

HEAD_BYTES = 8 << 10  # of a file that are looked at
UNKNOWN = "application/octet-stream"
_TEXT = "text/plain"

# Raster images that no browser executes, and PDF. SVG and HTML are programs.
_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "application/pdf"})
_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"  # RFC 6838, 4.2
_FORM = re.compile(f"{_NAME}/{_NAME}")
_PATTERN = re.compile(rf"\*/\*|{_NAME}/(?:\*|{_NAME})")

# The magic numbers of what is shown inline: exact, where the table of the library has several candidates; and of the
# images and recordings of phones and scanners that `_by_table` does not find.
_EXACT: tuple[tuple[bytes, bytes, str], ...] = (
    (b"\xff\xd8\xff", b"", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", b"", "image/png"),
    (b"GIF87a", b"", "image/gif"),
    (b"GIF89a", b"", "image/gif"),
    (b"RIFF", b"WEBP", "image/webp"),
    (b"%PDF-", b"", "application/pdf"),
    (b"II*\0", b"", "image/tiff"),
    (b"MM\0*", b"", "image/tiff"),
    (b"BM", b"\0\0", "image/bmp"),
    (b"#!AMR", b"", "audio/amr"),
)
# An Ogg file is what its streams are, which its first pages name (RFC 5334): the voice notes of WhatsApp are Opus.
_OGG_STREAMS: tuple[tuple[bytes, str], ...] = (
    (b"\x80theora", "video/ogg"),
    (b"OpusHead", "audio/ogg"),
    (b"\x01vorbis", "audio/ogg"),
    (b"\x7fFLAC", "audio/ogg"),
    (b"Speex   ", "audio/ogg"),
)
_FAMILIES: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (
        b"PK\x03\x04",
        "application/zip",
        (
            "application/vnd.openxmlformats-officedocument.",
            "application/vnd.oasis.opendocument.",
            "application/epub+zip",
        ),
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
        (
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook",
        ),
    ),
)
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|svg|\?xml|!--)", re.IGNORECASE)
_SVG = re.compile(rb"<\s*svg\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)


def sniff(head: bytes, *, declared: str) -> str:
    """Return the content type of a file by its first bytes; `application/octet-stream` if nothing tells."""
    for start, at_eight, kind in _EXACT:
        if head.startswith(start) and (not at_eight or head[8:].startswith(at_eight)):
            return kind
    for start, kind, members in _FAMILIES:
        if head.startswith(start):
            return declared if declared.startswith(members) else kind
    if head[4:8] == b"ftyp":
        return _of_base_media(head[8:12], declared)
    if head.startswith(b"OggS"):
        return next((kind for mark, kind in _OGG_STREAMS if mark in head), "application/ogg")
    text = _as_text(head)
    return _of_text(head, declared) if text else _by_table(head)


def _of_base_media(brand: bytes, declared: str) -> str:
    """Return the type of a file of the ISO base media format by its brand."""
    if brand in (b"avif", b"avis"):
        return "image/avif"
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "image/heic"
    if brand.strip() == b"qt":
        return "video/quicktime"
    return "audio/mp4" if brand in (b"M4A ", b"M4B ") or declared.startswith("audio/") else "video/mp4"


def _as_text(head: bytes) -> bool:
    if b"\0" in head or not head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) >= HEAD_BYTES and error.start > len(head) - 4  # a character that the end cut in two
    return True


def _of_text(head: bytes, declared: str) -> str:
    """Return the type of a text: markup wherever it stands, since browsers look for it too."""
    if _SVG.search(head):
        return "image/svg+xml"
    if _XML.match(head):
        return "application/xml"
    if _MARKUP.search(head):
        return "text/html"
    harmless = ("text/csv", "text/markdown", "text/vcard", "text/calendar", "application/json", "application/rtf")
    return declared if declared in harmless else _TEXT


def _by_table(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    kind = next((match.mime_type for match in found if match.mime_type), UNKNOWN).lower()
    # The table is wide, and short magic numbers guess. What a browser shows or runs is known above, or not at all.
    return kind if kind.startswith(("audio/", "video/", "application/")) and kind not in _INLINE else UNKNOWN


def is_inline(content_type: str) -> bool:
    """Return whether a browser may show files of this type inside a page."""
    return content_type in _INLINE


def bare_type(content_type: str) -> str:
    """Return a declared content type without its parameters; `application/octet-stream` if it is none."""
    bare = content_type.partition(";")[0].strip().lower()
    return bare if _FORM.fullmatch(bare) else UNKNOWN


def check_patterns(patterns: Sequence[str], *, field: Field, most: int = 100) -> tuple[str, ...]:
    """Return allowed content types, such as `image/*` and `application/pdf`, sorted and each once. Raises `Invalid`."""
    if len(patterns) > most:
        raise Invalid(f"Give at most {most} content types.", field=field)
    checked = [pattern.strip().lower() for pattern in patterns]
    for pattern in checked:
        if not _PATTERN.fullmatch(pattern):
            raise Invalid("Write a content type like image/png, or a range like image/*.", field=field)
    return tuple(sorted(set(checked)))


def is_allowed(content_type: str, patterns: Sequence[str]) -> bool:
    """Return whether the type is one of those allowed; without patterns, every type is."""
    kind = content_type.partition("/")[0]
    return not patterns or any(pattern in (content_type, f"{kind}/*", "*/*") for pattern in patterns)
