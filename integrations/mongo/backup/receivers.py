"""Who gets what shoppers say, as it was decided since a backup: a restore must not begin again to send it to others.

    webhook_endpoints   those that were deleted since stay deleted, with their positions and dead letters; the others
                        have the address, the secrets, the topics and the pause that they were given last
    connected_services  channels, Klaviyo and Shopify that were disconnected since stay so. A helpdesk and a language
                        model come back: the settings of the backup may send shoppers to them

The database in use knows it, by its audit log. If it was lost, all are as in the backup.
"""

from __future__ import annotations

from datetime import UTC, datetime

from domain.model.audit import AuditAction, AuditEntry
from domain.model.connected_services import ConnectedService
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document

_ENDPOINTS = COLLECTIONS[WebhookEndpoint]
_ENDED = (
    AuditAction.WEBHOOK_DELETED,
    AuditAction.CHANNEL_DISCONNECTED,
    AuditAction.SHOPIFY_DISCONNECTED,
    AuditAction.KLAVIYO_DISCONNECTED,
)


class EndedReceivers:
    """Changes documents of the backup."""

    def __init__(self, *, database: MongoDatabase, since: datetime) -> None:
        """`since`: the instant of the backup."""
        self._database = database
        self._since = since
        self._endpoints: dict[str, Document] = {}  # as they are in the database in use
        self._ended = frozenset[str]()  # ids of endpoints and connections that are gone

    async def look(self) -> None:
        """Read what the database in use knows. Raises PyMongoError."""
        self._endpoints = {row["_id"]: row async for row in self._database.collection(_ENDPOINTS).find({})}
        connections = self._database.collection(COLLECTIONS[ConnectedService]).find({}, ["_id"])
        present = {*self._endpoints, *[row["_id"] async for row in connections]}
        named = {"$type": "string"}
        query = {"action": {"$in": [each.value for each in _ENDED]}, "at": {"$gte": self._since}, "target.id": named}
        entries = self._database.collection(COLLECTIONS[AuditEntry]).find(query, ["target.id"])
        self._ended = frozenset({row["target"]["id"] async for row in entries} - present)

    def connection(self, document: Document) -> Document | None:
        """Return a connection as it is to be restored, `None` if it was disconnected since."""
        return None if document["_id"] in self._ended else document

    def endpoint(self, document: Document) -> Document | None:
        """Return an endpoint as it was set last, `None` if it was deleted since."""
        return None if document["_id"] in self._ended else self._endpoints.get(document["_id"], document)

    def forwarding(self, document: Document) -> Document | None:
        """Return a forwarding, which is paused if its endpoint is, `None` if what it serves is gone."""
        if document["_id"] in self._ended:
            return None
        endpoint = self._endpoints.get(document["_id"])
        if endpoint is not None and endpoint.get("enabled") is False:
            document.pop("due_at", None)
        elif endpoint is not None and document.get("due_at") is None:
            document["due_at"] = datetime.now(UTC)
        return document

    def letter(self, document: Document) -> Document | None:
        """Return a dead letter, `None` if its receiver is gone."""
        return None if document["forwarding_id"] in self._ended else document
