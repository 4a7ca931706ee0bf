"""Keyed hashes, by which the list of erasures names whom it no longer names."""

from __future__ import annotations

import hashlib
import hmac

from domain.values.ids import AccountId

_PURPOSE = b"erasure|"  # tells these hashes from others under the server's secret
_LENGTH = 32  # hexadecimal digits


class ErasureHashes:
    """HMAC-SHA256 under the server's secret: without it nobody can find out whether an address is in the list."""

    def __init__(self, secret: bytes) -> None:
        self._secret = _PURPOSE + secret

    def of(self, account_id: AccountId, text: str) -> str:
        """Return the hash of an id or identifier, which is another in each account."""
        return hmac.digest(self._secret, f"{account_id}|{text}".encode(), hashlib.sha256).hex()[:_LENGTH]
