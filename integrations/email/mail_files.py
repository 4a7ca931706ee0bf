"""The bytes of the files in a mail, read from the mail as it was received, in pieces."""

from __future__ import annotations

import binascii
from collections.abc import Iterator

from domain.messaging.commands import MailFile

_PIECE = 192 << 10  # bytes of the mail that are decoded at once
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def file_pieces(raw: bytes, file: MailFile) -> Iterator[bytes]:
    """Yield the bytes of a file of the mail `raw`. What is not of its encoding is skipped. Raises nothing."""
    content = memoryview(raw)[file.start : file.end]
    if file.encoding == "base64":
        return _base64(content)
    if file.encoding == "quoted-printable":
        return _quoted_printable(content)
    return (bytes(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE))


def _base64(content: memoryview) -> Iterator[bytes]:
    rest = b""
    for at in range(0, len(content), _PIECE):
        digits = rest + bytes(content[at : at + _PIECE]).translate(None, _NOT_BASE64)
        whole = len(digits) - len(digits) % 4
        rest = digits[whole:]
        if whole:
            yield binascii.a2b_base64(digits[:whole])
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (-len(rest) % 4))


def _quoted_printable(content: memoryview) -> Iterator[bytes]:
    rest = b""
    for at in range(0, len(content), _PIECE):
        piece = rest + bytes(content[at : at + _PIECE])
        escape = piece.rfind(b"=", max(0, len(piece) - 3))  # perhaps divided
        end = len(piece) if escape < 0 else escape
        rest = piece[end:]
        yield binascii.a2b_qp(piece[:end])
    yield binascii.a2b_qp(rest)
