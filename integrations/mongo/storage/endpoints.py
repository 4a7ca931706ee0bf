"""Webhook endpoints: an account's, and one after the other of all accounts for the operator."""

from __future__ import annotations

from domain.values.ids import AccountId
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS, entity_of
from integrations.mongo.storage.pages import PageReader


class MongoEndpointDirectory:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._database = database

    async def of(self, account_id: AccountId) -> list[WebhookEndpoint]:
        return await PageReader(database=self._database, account_id=account_id).find(
            WebhookEndpoint, {}, sort=[("_id", 1)]
        )

    async def page(self, *, after: str, limit: int) -> list[tuple[AccountId, WebhookEndpoint]]:
        with driver_errors():
            cursor = self._database.collection(COLLECTIONS[WebhookEndpoint]).find(
                {"_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit
            )
            rows = await cursor.to_list()
        return [(AccountId(row["account"]), entity_of(WebhookEndpoint, row)) for row in rows]
