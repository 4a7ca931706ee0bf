"""Finds the credential of a token. Every request asks, and it is always read from the database, so that a revoked key
is refused at once, whichever process revoked it.

The staff member of a token never changes. Once it is cached, the credential and the member are read by one command.
"""

from __future__ import annotations

from cachetools import LRUCache

from domain.model.account import Staff
from domain.model.credentials import Credential
from domain.values.ids import AccountId, StaffId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document

_CACHED_TOKENS = 10_000  # whose staff member is cached: about 3 MB


class CredentialCache:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._staff: LRUCache[str, tuple[AccountId, StaffId]] = LRUCache(_CACHED_TOKENS)  # by the token's hash

    async def find(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        """Return the account, the credential and the staff member that it acts as, if any. Raises `Unavailable`."""
        owner = self._staff.get(token_hash)
        with driver_errors():
            found = await self._read(token_hash, owner)
        if Credential not in found:
            return None
        account_id = AccountId(found[Credential]["account"])
        credential = entity_of(Credential, found[Credential])
        if credential.staff_id is not None and owner is None:
            self._staff[token_hash] = account_id, credential.staff_id
            return await self.find(token_hash)
        member = found.get(Staff)
        return account_id, credential, None if member is None else entity_of(Staff, member)

    async def _read(self, token_hash: str, owner: tuple[AccountId, StaffId] | None) -> dict[type, Document]:
        pipeline: list[Document] = [{"$match": {"token_hash": token_hash}}]
        if owner is not None:
            account_id, staff_id = owner
            member = {"$match": scoped(account_id, {"_id": staff_id})}
            pipeline.append({"$unionWith": {"coll": COLLECTIONS[Staff], "pipeline": [member]}})
        batch = await self._database.aggregate(COLLECTIONS[Credential], pipeline)
        return {Credential if "token_hash" in row else Staff: row for row in batch.rows}
