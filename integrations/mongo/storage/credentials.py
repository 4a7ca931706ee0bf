"""Who stands behind a token: asked by every request, and always of the database, so that a revoked key is refused at
once, whichever process revoked it.

Whose a token is never changes. So once that is known, the credential and its staff member are read by one command.
"""

from __future__ import annotations

from collections import OrderedDict

from domain.model.account import Staff
from domain.model.credentials import Credential
from domain.values.ids import AccountId, StaffId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of, scoped
from integrations.mongo.driver import Document

_KEPT = 10_000  # tokens whose staff member is remembered: some 3 MB


class CredentialCache:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database
        self._staff: OrderedDict[str, tuple[AccountId, StaffId]] = OrderedDict()  # by the token's hash

    async def find(self, token_hash: str) -> tuple[AccountId, Credential, Staff | None] | None:
        """The staff member is missing where the credential is none of staff, and where there is no such member."""
        whose = self._staff.get(token_hash)
        with driver_errors():
            found = await self._read(token_hash, whose)
        if Credential not in found:
            return None
        account_id = AccountId(found[Credential]["account"])
        credential = entity_of(Credential, found[Credential])
        if credential.staff_id is not None and whose is None:
            self._remember(token_hash, account_id, credential.staff_id)
            return await self.find(token_hash)
        member = found.get(Staff)
        return account_id, credential, None if member is None else entity_of(Staff, member)

    async def _read(self, token_hash: str, whose: tuple[AccountId, StaffId] | None) -> dict[type, Document]:
        pipeline: list[Document] = [{"$match": {"token_hash": token_hash}}]
        if whose is not None:
            account_id, staff_id = whose
            self._staff.move_to_end(token_hash)
            member = {"$match": scoped(account_id, {"_id": staff_id})}
            pipeline.append({"$unionWith": {"coll": COLLECTIONS[Staff], "pipeline": [member]}})
        batch = await self._database.aggregate(COLLECTIONS[Credential], pipeline)
        return {Credential if "token_hash" in row else Staff: row for row in batch.rows}

    def _remember(self, token_hash: str, account_id: AccountId, staff_id: StaffId) -> None:
        self._staff[token_hash] = account_id, staff_id
        while len(self._staff) > _KEPT:
            self._staff.popitem(last=False)
