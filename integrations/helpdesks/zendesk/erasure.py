"""Deletes a shopper's ticket from Zendesk for good, and its requester unless other tickets need that user.

    DELETE tickets ─▶ DELETE deleted_tickets ─▶ DELETE users ─▶ DELETE deleted_users

A conversation may have several tickets with Baton's id: a ticket that was closed goes on as another, and an attempt
whose outcome was unknown may have made one more. All of them go, `_MOST_TICKETS` in one attempt: what is gone is not
listed again, so the next attempt goes on with the rest. A ticket that staff have merged into one of somebody else goes
on there: that one is left, and the call fails, so that people look.

Each deletion may be repeated: what is gone is 404. Zendesk refuses to delete a user with tickets that are open (422),
and nobody but end users is deleted: those whose address the shopper has proved, and those whom Baton made without an
address. Wire format: developer.zendesk.com, "Delete Ticket Permanently", "Permanently Delete User".
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.delivery.model import DeliveryResult
from domain.outbox.ports import DeliveryRequest
from integrations.helpdesks.zendesk.listing import Call, listed, tickets_with
from integrations.helpdesks.zendesk.payloads import MARK
from integrations.http import Json

_MOST_TICKETS = 20  # deleted in one attempt, by two calls each: it has half a minute
_SKEW = timedelta(hours=1)  # between the clocks of Zendesk and of Baton
_GONE = (404, 410)
_NEEDED = (400, 422)  # the user has other tickets


async def erase(call: Call, request: DeliveryRequest) -> DeliveryResult:
    """Delete what the request names. Returns the status of the last call. `call` makes one, as `ZendeskSender` does.

    Raises `TransientError`, `PermanentError`.
    """
    told: Json = json.loads(request.payload)
    tickets, others = await _tickets(call, request, told)
    statuses, looked_at, deleted = [404], list[str](), 0
    for number in tickets:
        if deleted == _MOST_TICKETS:
            break
        places = ("tickets", "deleted_tickets")
        statuses = [await _delete(call, request, f"/api/v2/{place}/{number}.json") for place in places]
        looked_at.append(number)
        deleted += any(each not in _GONE for each in statuses)
    requesters = {requester for number in looked_at if (requester := tickets[number]) is not None}
    status = await _erase_users(call, request, requesters, told) or statuses[-1]
    if left := len(tickets) - len(looked_at):
        raise TransientError(f"{deleted} tickets are deleted; {left} more follow.")
    if others is not None:
        raise PermanentError(f"The ticket was merged into #{others}, which is somebody else's.")
    return DeliveryResult(http_status=200 if status in (*_GONE, *_NEEDED) else status)


async def _tickets(call: Call, request: DeliveryRequest, told: Json) -> tuple[Mapping[str, int | None], str | None]:
    """Return the numbers of the shopper's tickets, each with its requester; and the ticket of somebody else into which
    staff have merged them. The number that Baton knows comes first: by it a call that is repeated finds a ticket that
    an earlier attempt has deleted, and not for good yet."""
    found = await tickets_with(call, request, told["external_id"])
    own = {str(row["id"]): _requester(row) for row in found if row.get("external_id") == told["external_id"]}
    number = told["ticket"]
    if number is None or number in own:
        return own, None
    ticket = (await _read(call, request, f"/api/v2/tickets/{number}.json")).get("ticket")
    if not isinstance(ticket, dict):
        return {number: None, **own}, None
    requester = _requester(ticket)
    is_theirs = ticket.get("external_id") == told["external_id"] or requester in own.values()
    if not is_theirs and told["email"]:
        is_theirs = requester is not None and requester == await _user_with(call, request, told["email"])
    return ({number: requester, **own}, None) if is_theirs else (own, number)


def _requester(ticket: Mapping[str, Any]) -> int | None:
    requester = ticket.get("requester_id")
    return int(requester) if requester else None


async def _erase_users(call: Call, request: DeliveryRequest, requesters: Collection[int], told: Json) -> int | None:
    """Delete the requesters of the tickets; if there are none, the shopper's users: an earlier attempt has deleted the
    tickets, and perhaps users as well. Returns the status of the last call, `None` if there was none."""
    known = requesters or await _users_of(call, request, told)
    deleted = []
    for user_id in known:
        if await _may_go(call, request, user_id, told):
            status = await _delete(call, request, f"/api/v2/users/{user_id}.json", needed=_NEEDED)
            deleted += [] if status in _NEEDED else [user_id]
    if not requesters:
        deleted = list(dict.fromkeys((*deleted, *await _deleted_users_of(call, request, told))))
    statuses = [await _delete(call, request, f"/api/v2/deleted_users/{each}.json", needed=_NEEDED) for each in deleted]
    return statuses[-1] if statuses else None


async def _may_go(call: Call, request: DeliveryRequest, user_id: int, told: Json) -> bool:
    """Whether a user may be deleted: an end user, whose address the shopper has proved, or whom Baton made."""
    user = (await _read(call, request, f"/api/v2/users/{user_id}.json")).get("user")
    if not isinstance(user, dict) or user.get("role") != "end-user":
        return False
    return bool(told["person"]) or str(user.get("external_id") or "").startswith(MARK)


async def _users_of(call: Call, request: DeliveryRequest, told: Json) -> list[int]:
    """Return the user with the address that the shopper has proved, and the one whom Baton made."""
    found = await _user_with(call, request, told["email"]) if told["person"] and told["email"] else None
    ours = _external_id(told)
    rows = _rows(await _read(call, request, "/api/v2/users/search.json", external_id=ours), "users") if ours else []
    made = [int(row["id"]) for row in rows if row.get("external_id") == ours]
    return list(dict.fromkeys((*([] if found is None else [found]), *made)))


async def _user_with(call: Call, request: DeliveryRequest, email: str) -> int | None:
    rows = _rows(await _read(call, request, "/api/v2/users/search.json", query=f'email:"{email}"'), "users")
    exact = [row for row in rows if str(row.get("email", "")).lower() == email.lower()]
    return int(exact[0]["id"]) if exact else None


async def _deleted_users_of(call: Call, request: DeliveryRequest, told: Json) -> list[int]:
    """Return the shopper's users among those that were deleted last, and not for good yet."""
    known = {str(told[name]).lower() for name in ("email", "phone") if told["person"] and told.get(name)}
    known |= {ours.lower()} if (ours := _external_id(told)) else set()
    fields, since, found = ("email", "phone", "external_id"), request.first_attempt_at - _SKEW, list[int]()
    async for row in listed(call, request, "/api/v2/deleted_users.json", "deleted_users", {"sort": "-updated_at"}):
        if known & {str(row.get(name) or "").lower() for name in fields}:
            found.append(int(row["id"]))
        elif _is_before(row.get("updated_at"), since):
            break  # this one and those that follow were deleted before the first attempt
    return found


def _is_before(written: object, since: datetime) -> bool:
    try:
        at = datetime.fromisoformat(str(written))
    except ValueError:
        return False
    return at.tzinfo is not None and at < since


def _external_id(told: Json) -> str | None:
    """Return the external id of the user whom Baton made for the shopper. Rows of earlier builds do not have it."""
    return f"{MARK}{told['profile']}" if told.get("profile") else None


def _rows(body: Json, name: str) -> list[Json]:
    rows = body.get(name)
    return [row for row in rows if isinstance(row, dict) and row.get("id")] if isinstance(rows, list) else []


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
