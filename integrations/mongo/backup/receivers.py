"""Who gets what shoppers say, as it was decided since a backup: a restore must not begin again to send it to others.

    webhook_endpoints   those that were deleted since stay deleted, with their positions and dead letters; the others
                        have the address, the secrets, the topics and the pause that they were given last
    connected_services  those that were disconnected since stay so; the others have the address and the credentials that
                        they were given last
    handoff_settings    if those of the backup choose a helpdesk that stays disconnected, those of now, with the
                        connection of the helpdesk that they choose
    agent_settings      if those of the backup choose the language model, and it stays disconnected, those of now

The database in use knows it, by its audit log. If it was lost, all are as in the backup.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.model.agent.settings import AgentKind, AgentSettings
from domain.model.audit import AuditAction, AuditEntry
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.handoff import HandoffSettings
from domain.values.ids import AccountId
from domain.webhooks.model import WebhookEndpoint
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import Document

_ENDED = (
    AuditAction.WEBHOOK_DELETED,
    AuditAction.CHANNEL_DISCONNECTED,
    AuditAction.SHOPIFY_DISCONNECTED,
    AuditAction.KLAVIYO_DISCONNECTED,
    AuditAction.HELPDESK_DISCONNECTED,
    AuditAction.MODEL_DISCONNECTED,
)


class EndedReceivers:
    """Changes documents of the backup."""

    def __init__(self, *, database: MongoDatabase, since: datetime) -> None:
        """`since`: the instant of the backup."""
        self._database = database
        self._since = since
        self._endpoints: dict[str, Document] = {}  # as they are in the database in use
        self._connections: dict[str, Document] = {}
        self._handoffs: dict[str, Document] = {}  # settings, by account
        self._agents: dict[str, Document] = {}
        self._ended = frozenset[str]()  # ids of endpoints and connections that are gone
        self.chosen = set[str]()  # ids of connections that settings of now need, which the backup may not have

    async def look(self) -> None:
        """Read what the database in use knows. Raises PyMongoError."""
        self._endpoints = await self._all(WebhookEndpoint)
        self._connections = await self._all(ConnectedService)
        self._handoffs = await self._all(HandoffSettings)
        self._agents = await self._all(AgentSettings)
        present = {*self._endpoints, *self._connections}
        named = {"$type": "string"}
        query = {"action": {"$in": [each.value for each in _ENDED]}, "at": {"$gte": self._since}, "target.id": named}
        entries = self._database.collection(COLLECTIONS[AuditEntry]).find(query, ["target.id"])
        self._ended = frozenset({row["target"]["id"] async for row in entries} - present)

    def connection(self, document: Document) -> Document | None:
        """Return a connection as it was made last, `None` if it was disconnected since."""
        return None if document["_id"] in self._ended else self._connections.get(document["_id"], document)

    def handoff(self, document: Document) -> Document | None:
        """Return handoff settings; those of now if they choose a helpdesk that is gone, `None` if there are none."""
        if not self._is_gone(document, document.get("helpdesk")):
            return document
        present = self._handoffs.get(document["_id"])
        if present is not None:
            self.chosen.add(_connection_id(present, present.get("helpdesk")))
        return present

    def agent(self, document: Document) -> Document | None:
        """Return agent settings; those of now if they choose a language model that is gone, `None` if there are
        none."""
        is_gone = document.get("answered_by") == AgentKind.MODEL and self._is_gone(document, Service.MODEL)
        return self._agents.get(document["_id"]) if is_gone else document

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

    async def _all(self, kind: type[Any]) -> dict[str, Document]:
        return {row["_id"]: row async for row in self._database.collection(COLLECTIONS[kind]).find({})}

    def _is_gone(self, settings: Document, service: object) -> bool:
        """Whether the account's connection to a service was disconnected since."""
        return _connection_id(settings, service) in self._ended


def _connection_id(settings: Document, service: object) -> str:
    """Return the id of the account's connection. Helpdesks have the names of their services; the inbox is none."""
    return connected_service_id(AccountId(settings["account"]), Service.stored(str(service)))
