"""The Gorgias sender: one ticket for a handoff, and later messages on it, whatever happens on the way.

Gorgias has no idempotency keys. So whoever is about to create looks first: for a ticket of our id, always; for a
message of our id on its ticket, where an earlier attempt may have been carried out.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any, TypeVar

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from domain.values.record import Record
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.payloads import comment_body, shopper_of, shortened, ticket_body, with_shopper

T = TypeVar("T")
Json = dict[str, Any]

_TOO_LARGE = 413
_TAKEN = (400, 409)  # the phone number is another customer's


class Found(Record):
    id: str
    trashed: bool


class GorgiasSender:
    def __init__(self, *, api: GorgiasClient) -> None:
        self._api = api

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        write = ticket_body if context.kind is OutgoingKind.TICKET else comment_body
        payload = {"shopper": shopper_of(context), "body": write(context, connection)}
        return json.dumps(payload, ensure_ascii=False)

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        payload: Json = json.loads(request.payload)
        if request.kind is OutgoingKind.TICKET:
            return await self._ticket(request.connection, payload)
        return await self._comment(request, payload)

    async def _ticket(self, connection: UnsealedConnection, payload: Json) -> DeliveryResult:
        external_id = payload["body"]["external_id"]
        found = await self._find_ticket(connection, external_id)
        if found is not None:
            return self._result(connection, found.id, 200)
        body = with_shopper(payload["body"], await self._shopper(connection, payload["shopper"]))
        try:
            status, created = await self._api.call(connection, "POST", "/api/tickets", body=body)
        except PermanentError as error:
            if error.http_status != _TOO_LARGE:
                raise
            status, created = await self._api.call(connection, "POST", "/api/tickets", body=shortened(body))
        ticket_id = _id_of(created)
        if ticket_id is None:
            found = await _afterwards(self._find_ticket(connection, external_id))
            ticket_id = found.id if found else None
        if ticket_id is None:
            raise TransientError(
                f"Gorgias answered {status} without a ticket.", http_status=status, outcome_unknown=True
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
            body = with_shopper(body, await self._shopper(connection, payload["shopper"]))
        path = f"/api/tickets/{ticket_id}/messages"
        status, created = await self._api.call(connection, "POST", path, body=body)
        message_id = _id_of(created)
        if message_id is None:
            message_id = await _afterwards(self._find_message(connection, ticket_id, external_id))
        if message_id is None:
            raise TransientError(
                f"Gorgias answered {status} without a message.", http_status=status, outcome_unknown=True
            )
        return DeliveryResult(external_id=message_id, http_status=status)

    async def _find_ticket(self, connection: UnsealedConnection, external_id: str) -> Found | None:
        """The oldest that is not in the bin; else one that somebody put there: it was created, and thrown away by a
        human, which is not for us to undo."""
        found = [
            Found(id=str(row["id"]), trashed=bool(row.get("trashed_datetime")))
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

    async def _shopper(self, connection: UnsealedConnection, shopper: Json) -> Json:
        """How the shopper is named in a body. Who has no e-mail address is looked up by the id that we gave it, and
        made where it is not there."""
        if "email" in shopper:
            return {"email": shopper["email"]}
        made_of = shopper["made_of"]
        external_id = made_of["external_id"]
        async for row in self._rows(connection, "/api/customers", {"external_id": external_id}):
            if row.get("external_id") == external_id:
                return {"id": row["id"]}
        new: Json = {"external_id": external_id, "name": made_of["name"]}
        phone = made_of.get("phone")
        try:
            channels = {"channels": [{"type": "phone", "address": phone, "preferred": True}]} if phone else {}
            _, made = await self._api.call(connection, "POST", "/api/customers", body={**new, **channels})
        except DeliveryError as error:
            if phone is None or error.http_status not in _TAKEN:
                raise
            _, made = await self._api.call(connection, "POST", "/api/customers", body=new)
        customer_id = _id_of(made)
        if customer_id is None:
            raise TransientError("Gorgias answered without the customer that it made.")
        return {"id": int(customer_id)}

    async def _rows(self, connection: UnsealedConnection, path: str, query: Mapping[str, str]) -> AsyncIterator[Json]:
        async for page in self._api.pages(connection, path, query):
            for row in page:
                yield row

    def _result(self, connection: UnsealedConnection, ticket_id: str, status: int) -> DeliveryResult:
        url = f"{self._api.address(connection)}/app/ticket/{ticket_id}"
        return DeliveryResult(external_id=ticket_id, external_url=url, http_status=status)


async def _afterwards(look: Awaitable[T | None]) -> T | None:
    """It is done, by the status, and nothing was said of what. Where that cannot be found out now, the next attempt has
    to look before it does it again."""
    try:
        return await look
    except DeliveryError as error:
        raise TransientError(error.message, http_status=error.http_status, outcome_unknown=True) from None


def _id_of(created: object) -> str | None:
    if isinstance(created, dict) and isinstance(created.get("id"), int):
        return str(created["id"])
    return None
