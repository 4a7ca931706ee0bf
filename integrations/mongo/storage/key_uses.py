"""Implements `KeyUseStore`: one field of the keys, written outside of the commands.

A command that replaces a key's document at the same time may write the time before. The next use mends that.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne

from domain.account.key_uses import KeyUse
from domain.model.credentials import Credential
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped


class MongoKeyUses:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._keys = database.collection(COLLECTIONS[Credential])

    async def save(self, uses: Sequence[KeyUse]) -> None:
        """Set `last_used_at` of the keys, unless it is later already. Raises `Unavailable`."""
        writes = [
            UpdateOne(scoped(use.account_id, {"_id": use.key_id}), {"$max": {"last_used_at": use.at}}) for use in uses
        ]
        with driver_errors():
            await self._keys.bulk_write(writes, ordered=False)
