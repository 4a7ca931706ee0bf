"""Opaque tokens: encrypted and authenticated with AES-SIV (RFC 5297), in URL-safe base 64 without padding.

    tokens = SealedTokens(secret, purpose="page cursor")
    text = tokens.seal(content, account_id, listing)
    content = tokens.open(text, account_id, listing)

A token opens under the secret, purpose and scope that sealed it and no others; without the secret, nothing can be
learnt from it. SIV needs no nonce: equal content gives equal tokens, so that a client may compare cursors.

    version (1 byte) │ synthetic initialisation vector (16 bytes) │ ciphertext, as long as the content
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x02"
_IV_BYTES = 16
_LONGEST = 2_048  # characters; the stream cursor of 50 operations has about 550
_KEY_BYTES = 64  # AES-256-SIV: 32 for authentication, 32 for encryption


class MalformedToken(ValueError):
    """The text was never a token."""


class ForeignToken(ValueError):
    """It has the shape of a token, but it was changed, or sealed under another secret, purpose or scope."""


class SealedTokens:
    def __init__(self, secret: bytes, *, purpose: str) -> None:
        key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=f"baton {purpose}".encode()).derive(secret)
        self._cipher = AESSIV(key)

    def seal(self, content: bytes, *scope: str) -> str:
        """The token of `content`, which must not be empty."""
        sealed = _VERSION + self._cipher.encrypt(content, [part.encode() for part in scope])
        return _encode(sealed)

    def open(self, text: str, *scope: str) -> bytes:
        """The content of a token. Raises `MalformedToken` or `ForeignToken`."""
        if len(text) > _LONGEST:
            raise MalformedToken
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            raise MalformedToken from None
        # Decoding skips characters outside the alphabet and ignores unused bits: only the canonical text is a token.
        if len(sealed) <= 1 + _IV_BYTES or sealed[:1] != _VERSION or _encode(sealed) != text:
            raise MalformedToken
        try:
            return self._cipher.decrypt(sealed[1:], [part.encode() for part in scope])
        except InvalidTag:
            raise ForeignToken from None


def _encode(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
