"""Cursors of pages: the sort key of a row, sealed, and bound to its account and list: they work nowhere else."""

import json
from datetime import datetime

from domain.values.ids import AccountId
from domain.values.sealed_token import ForeignToken, MalformedToken, SealedTokens

_written = json.JSONEncoder(separators=(",", ":")).encode  # one for all: to make it takes longer than to use it


class PageCursors:
    def __init__(self, secret: bytes) -> None:
        self._tokens = SealedTokens(secret, purpose="page cursor")

    def encode(self, account_id: AccountId, listing: str, key: tuple[object, ...]) -> str:
        content = _written([_plain(part) for part in key]).encode()
        return self._tokens.seal(content, account_id, listing)

    def decode(self, account_id: AccountId, listing: str, text: str) -> tuple[object, ...] | None:
        """The sort key; None if it is not a cursor of this list."""
        try:
            content = self._tokens.open(text, account_id, listing)
        except (MalformedToken, ForeignToken):
            return None
        return tuple(_rich(part) for part in json.loads(content))


def _plain(part: object) -> object:
    return {"at": part.isoformat()} if isinstance(part, datetime) else part


def _rich(part: object) -> object:
    return datetime.fromisoformat(part["at"]) if isinstance(part, dict) else part
