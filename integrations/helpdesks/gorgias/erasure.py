"""Deletes a shopper's ticket from Gorgias, and its customer.

An attempt whose outcome was unknown may have made another ticket with Baton's id: all of them go, `_MOST_TICKETS` in
one attempt: what is gone is not listed again, so the next attempt goes on with the rest. Of the customers, those whose
address the shopper has proved, and those whom Baton made without an address.
Each deletion may be repeated: what is gone is 404. Gorgias refuses to delete a customer whom other tickets need. Wire
format: developers.gorgias.com, "Delete a ticket", "Delete a customer".
"""

from __future__ import annotations

import json
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.payloads import MARK
from integrations.http import Json

_MOST_TICKETS = 20  # deleted in one attempt, by two calls each: it has half a minute
_GONE = (404, 410)
_NEEDED = (400, 409, 422)  # the customer has other tickets


async def erase(client: GorgiasClient, request: DeliveryRequest) -> DeliveryResult:
    """Delete what the request names. Returns the status of the last call.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    tickets = await _rows(client, request, "/api/tickets", "external_id", told["external_id"])
    numbers = [str(row["id"]) for row in tickets]
    if told["ticket"] is not None:
        numbers = list(dict.fromkeys((told["ticket"], *numbers)))
    status, customers, looked_at, deleted = 404, dict[str, None](), 0, 0
    for number in numbers:
        if deleted == _MOST_TICKETS:
            break
        customer = await _customer(client, request, number, told)
        customers |= {} if customer is None else {customer: None}
        status = await _delete(client, request, f"/api/tickets/{number}")
        looked_at += 1
        deleted += status not in _GONE
    if not customers:  # no ticket names one: an earlier attempt has deleted it, perhaps
        customers = dict.fromkeys(await _known_customers(client, request, told))
    for customer in customers:
        status = await _delete(client, request, f"/api/customers/{customer}", needed=_NEEDED)
    if left := len(numbers) - looked_at:
        raise TransientError(f"{deleted} tickets are deleted; {left} more follow.")
    return DeliveryResult(http_status=200 if status in (*_GONE, *_NEEDED) else status)


async def _known_customers(client: GorgiasClient, request: DeliveryRequest, told: Json) -> list[str]:
    """Return the customer with the address that the shopper has proved, and the one whom Baton made."""
    rows: list[Json] = []
    if told["person"] and told["email"]:
        rows += (await _rows(client, request, "/api/customers", "email", told["email"]))[:1]
    if told.get("profile"):  # rows of earlier builds do not have it
        rows += await _rows(client, request, "/api/customers", "external_id", f"{MARK}{told['profile']}")
    return [str(row["id"]) for row in rows]


async def _rows(client: GorgiasClient, request: DeliveryRequest, path: str, field: str, wanted: str) -> list[Json]:
    """Return the rows that have this value in the field. None other: they are deleted."""
    found = list[Json]()
    async for rows in client.pages(request.connection, path, {field: wanted}):
        found += [row for row in rows if str(row.get(field) or "").lower() == wanted.lower()]
    return found


async def _customer(client: GorgiasClient, request: DeliveryRequest, number: str, told: Json) -> str | None:
    """Return the customer of a ticket, if that one may be deleted: the shopper has proved the address, or Baton made
    the customer."""
    try:
        _, ticket = await client.call(request.connection, "GET", f"/api/tickets/{number}")
    except PermanentError as error:
        if error.http_status in _GONE:
            return None
        raise
    customer: Any = ticket.get("customer") if isinstance(ticket, dict) else None
    if not isinstance(customer, dict) or not customer.get("id"):
        return None
    may_go = told["person"] or str(customer.get("external_id") or "").startswith(MARK)
    return str(customer["id"]) if may_go else None


async def _delete(client: GorgiasClient, request: DeliveryRequest, path: str, *, needed: tuple[int, ...] = ()) -> int:
    try:
        status, _ = await client.call(request.connection, "DELETE", path)
    except PermanentError as error:
        if error.http_status is None or error.http_status not in (*_GONE, *needed):
            # The connected user may have no right to delete, while all else works.
            raise PermanentError(error.message, http_status=error.http_status) from None
        return error.http_status
    return status
