"""Recognizes shoppers who were erased, for features that must not bring them back by a report about the past.

A helpdesk, a shop or a file may report again what happened before an erasure: an order, a mail that was on its way, a
conversation of an old export. The list of erasures names the shoppers by keyed hashes, so that such a report is
recognized. Somebody who comes back after the erasure is a new shopper.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from domain.storage import UnitOfWork
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

    async def were_erased(self, uow: UnitOfWork, keys: Iterable[str], *, since: datetime) -> bool:
        """Whether a shopper with one of these proved identity keys was erased at `since` or later: what happened then
        is of somebody who was erased. Raises `Unavailable`."""
        hashes = [self.of(uow.account_id, key) for key in keys]
        return bool(hashes) and await uow.is_erased(hashes, since=since)
