"""Outbox sender for Gorgias: creates one ticket for a handoff, and adds later messages to it.

Gorgias has no idempotency keys, so the sender searches before it creates: for a ticket with Baton's external id always,
and for a message with Baton's external id if an earlier attempt may have created it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TypeVar

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.record import Record
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.erasure import erase
from integrations.helpdesks.gorgias.payloads import comment_body, shopper_of, shortened, ticket_body, with_shopper
from integrations.helpdesks.gorgias.redaction import redact
from integrations.http import Json

T = TypeVar("T")
_TOO_LARGE = 413
_PHONE_IN_USE = (400, 409)  # the phone number belongs to another customer


class FoundTicket(Record):
    id: str
    trashed: bool


class GorgiasSender:
    """Creates tickets and adds messages (port: `OutboxSender`)."""

    def __init__(self, *, client: GorgiasClient) -> None:
        self._client = client

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Return JSON {"shopper": …, "body": …}: the customer, and the ticket or message. Raises nothing."""
        write = ticket_body if context.kind is OutgoingKind.TICKET else comment_body
        payload = {"shopper": shopper_of(context), "body": write(context, connection)}
        return json.dumps(payload, ensure_ascii=False)

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Create the ticket or add the message, unless it exists. Returns its id in Gorgias, and a ticket's URL.

        Raises `TransientError` or `PermanentError`, as `GorgiasClient.call` does.
        """
        if request.kind is OutgoingKind.ERASURE:
            return await erase(self._client, request)
        if request.kind is OutgoingKind.REDACTION:
            return await redact(self._client, request)
        payload: Json = json.loads(request.payload)
        if request.kind is OutgoingKind.TICKET:
            return await self._ticket(request.connection, payload)
        return await self._comment(request, payload)

    async def _ticket(self, connection: UnsealedConnection, payload: Json) -> DeliveryResult:
        external_id = payload["body"]["external_id"]
        found = await self._find_ticket(connection, external_id)
        if found is not None:
            return self._result(connection, found.id, 200)
        body = with_shopper(payload["body"], await self._customer(connection, payload["shopper"]))
        try:
            status, created = await self._client.call(connection, "POST", "/api/tickets", body=body)
        except PermanentError as error:
            if error.http_status != _TOO_LARGE:
                raise
            status, created = await self._client.call(connection, "POST", "/api/tickets", body=shortened(body))
        ticket_id = _id_of(created)
        if ticket_id is None:
            found = await _confirm(self._find_ticket(connection, external_id))
            ticket_id = found.id if found else None
        if ticket_id is None:
            raise TransientError(
                f"Gorgias returned {status} without a ticket.", http_status=status, outcome_unknown=True
            )
        return self._result(connection, ticket_id, status)

    async def _comment(self, request: DeliveryRequest, payload: Json) -> DeliveryResult:
        connection, ticket_id = request.connection, request.ticket_external_id
        if ticket_id is None:
            raise PermanentError("The ticket of this message was not created in Gorgias.")
        external_id = payload["body"]["external_id"]
        if request.outcome_unknown and (found := await self._find_message(connection, ticket_id, external_id)):
            return DeliveryResult(external_id=found, http_status=200)
        body = payload["body"]
        if not body["from_agent"]:
            body = with_shopper(body, await self._customer(connection, payload["shopper"]))
        path = f"/api/tickets/{ticket_id}/messages"
        status, created = await self._client.call(connection, "POST", path, body=body)
        message_id = _id_of(created)
        if message_id is None:
            message_id = await _confirm(self._find_message(connection, ticket_id, external_id))
        if message_id is None:
            raise TransientError(
                f"Gorgias returned {status} without a message.", http_status=status, outcome_unknown=True
            )
        return DeliveryResult(external_id=message_id, http_status=status)

    async def _find_ticket(self, connection: UnsealedConnection, external_id: str) -> FoundTicket | None:
        """Return the oldest ticket with this external id outside the trash, else one in the trash.

        A ticket in the trash counts as created: a person deleted it, and Baton does not create it again.
        """
        found = [
            FoundTicket(id=str(row["id"]), trashed=bool(row.get("trashed_datetime")))
            async for row in self._rows(connection, "/api/tickets", {"external_id": external_id})
            if row.get("external_id") == external_id
        ]
        return min(found, key=lambda f: (f.trashed, int(f.id)), default=None)

    async def _find_message(self, connection: UnsealedConnection, ticket_id: str, external_id: str) -> str | None:
        query = {"ticket_id": ticket_id, "order_by": "created_datetime:desc"}
        async for row in self._rows(connection, "/api/messages", query):
            if row.get("external_id") == external_id:
                return str(row["id"])
        return None

    async def _customer(self, connection: UnsealedConnection, shopper: Json) -> Json:
        """Return the reference to the customer in a body: {"email"} or {"id"}.

        A shopper without e-mail address is found by Baton's external id, or created.
        """
        if "email" in shopper:
            return {"email": shopper["email"]}
        new_customer = shopper["new_customer"]
        external_id = new_customer["external_id"]
        async for row in self._rows(connection, "/api/customers", {"external_id": external_id}):
            if row.get("external_id") == external_id:
                return {"id": row["id"]}
        new: Json = {"external_id": external_id, "name": new_customer["name"]}
        phone = new_customer.get("phone")
        try:
            channels = {"channels": [{"type": "phone", "address": phone, "preferred": True}]} if phone else {}
            _, created = await self._client.call(connection, "POST", "/api/customers", body={**new, **channels})
        except DeliveryError as error:
            if phone is None or error.http_status not in _PHONE_IN_USE:
                raise
            _, created = await self._client.call(connection, "POST", "/api/customers", body=new)
        customer_id = _id_of(created)
        if customer_id is None:
            raise TransientError("Gorgias returned no customer.")
        return {"id": int(customer_id)}

    async def _rows(self, connection: UnsealedConnection, path: str, query: Mapping[str, str]) -> AsyncIterator[Json]:
        async for page in self._client.pages(connection, path, query):
            for row in page:
                yield row

    def _result(self, connection: UnsealedConnection, ticket_id: str, status: int) -> DeliveryResult:
        url = f"{self._client.address(connection)}/app/ticket/{ticket_id}"
        return DeliveryResult(external_id=ticket_id, external_url=url, http_status=status)


async def _confirm(search: Awaitable[T | None]) -> T | None:
    """Search for what a successful response without a body created.

    If the search fails, the outcome is unknown, so that the next attempt searches before it creates.
    """
    try:
        return await search
    except DeliveryError as error:
        raise TransientError(error.message, http_status=error.http_status, outcome_unknown=True) from None


def _id_of(created: object) -> str | None:
    if isinstance(created, dict) and isinstance(created.get("id"), int):
        return str(created["id"])
    return None
