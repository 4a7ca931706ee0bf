"""Implements `VisitStore`: one field of the rows of unseen replies, written outside of the commands.

The timer's command reads and deletes the row in one transaction, so a visit at that moment is a write conflict, and the
command runs again with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne

from domain.account.visits import ShopperVisit
from domain.model.messaging import UnseenReplies
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, scoped


class MongoShopperVisits:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._rows = database.collection(COLLECTIONS[UnseenReplies])

    async def save(self, visits: Sequence[ShopperVisit]) -> None:
        """Set `seen_at` of the rows that exist, unless it is later already. Raises `Unavailable`."""
        with driver_errors():
            ids = {"$in": [visit.conversation_id for visit in visits]}
            found = await self._rows.find({"_id": ids}, {"_id": 1}).to_list()  # one command, since most have no row
            waiting = {document["_id"] for document in found}
            writes = [
                UpdateOne(scoped(visit.account_id, {"_id": visit.conversation_id}), {"$max": {"seen_at": visit.at}})
                for visit in visits
                if visit.conversation_id in waiting
            ]
            if writes:
                await self._rows.bulk_write(writes, ordered=False)
