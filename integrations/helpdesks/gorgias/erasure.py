"""Deletes a shopper's ticket from Gorgias, and its customer.

An attempt whose outcome was unknown may have made another ticket with Baton's id: all of them go.
Each deletion may be repeated: what is gone is 404. Gorgias refuses to delete a customer whom other tickets need. Wire
format: developers.gorgias.com, "Delete a ticket", "Delete a customer".
"""

from __future__ import annotations

import json
from typing import Any

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.http import Json

_GONE = (404, 410)
_NEEDED = (400, 409, 422)  # the customer has other tickets


async def erase(client: GorgiasClient, request: DeliveryRequest) -> DeliveryResult:
    """Delete what the request names. Returns the status of the last call.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    numbers = [str(row["id"]) for row in await _rows(client, request, "/api/tickets", "external_id", told)]
    if told["ticket"] is not None:
        numbers = list(dict.fromkeys((told["ticket"], *numbers)))
    status, customers = 404, dict[str, None]()
    for number in numbers:
        customer = await _customer(client, request, number) if told["person"] else None
        customers |= {} if customer is None else {customer: None}
        status = await _delete(client, request, f"/api/tickets/{number}")
    if told["person"] and not customers and told["email"]:  # an earlier attempt has deleted the ticket
        found = await _rows(client, request, "/api/customers", "email", told)
        customers = dict.fromkeys(str(row["id"]) for row in found[:1])
    for customer in customers:
        status = await _delete(client, request, f"/api/customers/{customer}", needed=_NEEDED)
    return DeliveryResult(http_status=200 if status in (*_GONE, *_NEEDED) else status)


async def _rows(client: GorgiasClient, request: DeliveryRequest, path: str, field: str, told: Json) -> list[Json]:
    """Return the rows that have in this field what was told. None other: they are deleted."""
    wanted, found = str(told[field]), list[Json]()
    async for rows in client.pages(request.connection, path, {field: wanted}):
        found += [row for row in rows if str(row.get(field) or "").lower() == wanted.lower()]
    return found


async def _customer(client: GorgiasClient, request: DeliveryRequest, number: str) -> str | None:
    try:
        _, ticket = await client.call(request.connection, "GET", f"/api/tickets/{number}")
    except PermanentError as error:
        if error.http_status in _GONE:
            return None
        raise
    customer: Any = ticket.get("customer") if isinstance(ticket, dict) else None
    return str(customer["id"]) if isinstance(customer, dict) and customer.get("id") else None


async def _delete(client: GorgiasClient, request: DeliveryRequest, path: str, *, needed: tuple[int, ...] = ()) -> int:
    try:
        status, _ = await client.call(request.connection, "DELETE", path)
    except PermanentError as error:
        if error.http_status is None or error.http_status not in (*_GONE, *needed):
            # The connected user may have no right to delete, while all else works.
            raise PermanentError(error.message, http_status=error.http_status) from None
        return error.http_status
    return status
