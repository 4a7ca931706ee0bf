"""Cursors of pages: the key of a row, signed, and bound to its account and list, so that they work nowhere else."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from domain.values.ids import AccountId

_TAG = 10  # bytes: 80 bits against forging
_VERSION = b"\x01"
_written = json.JSONEncoder(separators=(",", ":")).encode  # one for all: to make it takes longer than to use it


class PageCursors:
    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.blake2b(secret, digest_size=32, person=b"page cursor").digest()

    def encode(self, account_id: AccountId, listing: str, key: tuple[object, ...]) -> str:
        content = _written([_plain(part) for part in key]).encode()
        return urlsafe_b64encode(_VERSION + self._tag(account_id, listing, content) + content).decode().rstrip("=")

    def decode(self, account_id: AccountId, listing: str, text: str) -> tuple[object, ...] | None:
        """None: not a cursor of this list."""
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            return None
        tag, content = raw[1 : 1 + _TAG], raw[1 + _TAG :]
        if raw[:1] != _VERSION or not hmac.compare_digest(tag, self._tag(account_id, listing, content)):
            return None
        return tuple(_rich(part) for part in json.loads(content))

    def _tag(self, account_id: AccountId, listing: str, content: bytes) -> bytes:
        scope = f"{account_id}|{listing}|".encode()
        return hashlib.blake2b(scope + content, digest_size=_TAG, key=self._key).digest()


def _plain(part: object) -> object:
    return {"at": part.isoformat()} if isinstance(part, datetime) else part


def _rich(part: object) -> object:
    return datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part
