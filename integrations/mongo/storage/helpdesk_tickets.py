"""Tickets by what the helpdesk calls them."""

from __future__ import annotations

from domain.model.conversation import Conversation
from domain.model.handoff import Helpdesk
from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import entity_of, scoped


class MongoHelpdeskTickets:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._conversations = database.collection("conversations")

    async def find(self, account_id: AccountId, helpdesk: Helpdesk, external_id: str) -> str | None:
        """Our id of it; the newest, where a helpdesk gave the same twice."""
        both = [{"ticket.external_id": external_id}, {"past_tickets.external_id": external_id}]
        with driver_errors():
            documents = await self._conversations.find(scoped(account_id, {"$or": both}), limit=20).to_list()
        found = [
            ticket.id
            for conversation in (entity_of(Conversation, document) for document in documents)
            for ticket in (conversation.ticket, *conversation.past_tickets)
            if ticket is not None and (ticket.helpdesk, ticket.external_id) == (helpdesk, external_id)
        ]
        return max(found, default=None)
