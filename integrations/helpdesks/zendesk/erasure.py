"""Deletes a shopper's ticket from Zendesk for good, and its requester unless other tickets need that user.

    DELETE tickets ─▶ DELETE deleted_tickets ─▶ DELETE users ─▶ DELETE deleted_users

Each deletion may be repeated: what is gone is 404. Zendesk refuses to delete a user with tickets that are open (422),
and nobody but end users is deleted. Wire format: developer.zendesk.com, "Delete Ticket Permanently", "Permanently
Delete User".
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.zendesk.client import ZendeskResponse
from integrations.http import Json

Call = Callable[..., Awaitable[ZendeskResponse]]

_GONE = (404, 410)
_NEEDED = (400, 422)  # the user has other tickets


async def erase(call: Call, request: DeliveryRequest) -> DeliveryResult:
    """Delete what the request names. Returns the status of the last call. `call` makes one, as `ZendeskSender` does.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    number = told["ticket"] or await _found(call, request, told["external_id"])
    status, requester = 404, None
    if number is not None:
        requester = await _requester(call, request, number) if told["person"] else None
        for place in ("tickets", "deleted_tickets"):
            status = await _delete(call, request, f"/api/v2/{place}/{number}.json")
    if told["person"] and requester is None and told["email"]:  # an earlier attempt has deleted the ticket
        requester = await _user_with(call, request, told["email"])
    if requester is not None and await _is_end_user(call, request, requester):
        deleted = await _delete(call, request, f"/api/v2/users/{requester}.json", needed=_NEEDED)
        requester = None if deleted in _NEEDED else requester
    elif requester is None and told["person"] and told["email"]:  # an earlier attempt has deleted the user as well
        requester = await _deleted_user_with(call, request, told["email"])
    else:
        requester = None
    if requester is not None:
        status = await _delete(call, request, f"/api/v2/deleted_users/{requester}.json", needed=_NEEDED)
    return DeliveryResult(http_status=200 if status in (*_GONE, *_NEEDED) else status)


async def _found(call: Call, request: DeliveryRequest, external_id: str) -> str | None:
    rows = (await call(request, "GET", "/api/v2/tickets.json", params={"external_id": external_id})).body.get("tickets")
    found = [row for row in rows if isinstance(row, dict) and row.get("id")] if isinstance(rows, list) else []
    return str(found[0]["id"]) if found else None


async def _requester(call: Call, request: DeliveryRequest, number: str) -> int | None:
    body = await _read(call, request, f"/api/v2/tickets/{number}.json")
    found = body.get("ticket")
    requester = found.get("requester_id") if isinstance(found, dict) else None
    return int(requester) if requester else None


async def _user_with(call: Call, request: DeliveryRequest, email: str) -> int | None:
    rows = (await _read(call, request, "/api/v2/users/search.json", query=f'email:"{email}"')).get("users")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    exact = [row for row in found if str(row.get("email", "")).lower() == email.lower()]
    return int(exact[0]["id"]) if exact else None


async def _deleted_user_with(call: Call, request: DeliveryRequest, email: str) -> int | None:
    """Return the user with this address among those that were deleted last, and not for good yet."""
    rows = (await _read(call, request, "/api/v2/deleted_users.json", sort="-updated_at")).get("deleted_users")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return next((int(row["id"]) for row in found if str(row.get("email", "")).lower() == email.lower()), None)


async def _is_end_user(call: Call, request: DeliveryRequest, user_id: int) -> bool:
    user = (await _read(call, request, f"/api/v2/users/{user_id}.json")).get("user")
    return isinstance(user, dict) and user.get("role") == "end-user"


async def _read(call: Call, request: DeliveryRequest, path: str, **params: str) -> dict[str, Any]:
    try:
        return (await call(request, "GET", path, params=params or None)).body
    except PermanentError as error:
        if error.http_status in _GONE:
            return {}
        raise


async def _delete(call: Call, request: DeliveryRequest, path: str, *, needed: tuple[int, ...] = ()) -> int:
    try:
        return (await call(request, "DELETE", path)).status
    except PermanentError as error:
        if error.http_status is None or error.http_status not in (*_GONE, *needed):
            # The connected user may have no right to delete, while all else works.
            raise PermanentError(error.message, http_status=error.http_status) from None
        return error.http_status
