"""Outbox sender for Klaviyo: requests the deletion of a profile, and of everything that Klaviyo has of it.

Klaviyo deletes in the background, every profile with the identifier, and takes one identifier a call: an address, a
number, or its own id of the profile, which is looked up by the shop's own id. A request that is repeated changes
nothing. Wire format: developers.klaviyo.com, "Request Profile Deletion", "Get Profiles".
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from integrations.klaviyo.client import KlaviyoClient

_PATH = "/api/data-privacy-deletion-jobs"
_PROFILES = "/api/profiles"


Json = dict[str, Any]


class KlaviyoErasureSender:
    """Requests deletions (port: `OutboxSender`)."""

    def __init__(self, *, api: KlaviyoClient) -> None:
        self._api = api

    def compose(self, context: DeliveryContext, connection: UnsealedConnection) -> str:
        """Raises `PermanentError`: the payload of an erasure is written with its row, and all else is forwarded."""
        raise PermanentError("Klaviyo is told of erasures alone.")

    async def deliver(self, request: DeliveryRequest) -> DeliveryResult:
        """Request the deletion. Returns the status.

        Raises `TransientError` or `PermanentError`, as `KlaviyoClient.call` does.
        """
        call = json.loads(request.payload)
        try:
            named = await self._profiles(request, call["own_id"]) if call.get("own_id") else [_profile_of(call)]
            status = 404  # it has no such profile
            for each in named:
                status = await self._delete(request, each)
        except PermanentError as error:
            # The key may have no scope for deletions or profiles, and still work for events.
            raise PermanentError(error.message, http_status=error.http_status) from None
        return DeliveryResult(http_status=status)

    async def _delete(self, request: DeliveryRequest, profile: Json) -> int:
        attributes = {"profile": {"data": {"type": "profile", **profile}}}
        body = {"data": {"type": "data-privacy-deletion-job", "attributes": attributes}}
        try:
            status, _ = await self._api.call(request.connection, "POST", _PATH, body)
        except PermanentError as error:
            if error.http_status == 404:
                return 404
            raise
        return status

    async def _profiles(self, request: DeliveryRequest, own_id: str) -> list[Json]:
        """Return the profiles with the shop's own id of the shopper: at most one, as Klaviyo has it."""
        wanted = quote(f"equals(external_id,{json.dumps(own_id, ensure_ascii=False)})")
        _, body = await self._api.call(request.connection, "GET", f"{_PROFILES}?filter={wanted}")
        rows: Any = body.get("data") if isinstance(body, dict) else None
        return [{"id": row["id"]} for row in rows or () if isinstance(row, dict) and row.get("id")]


def _profile_of(call: Json) -> Json:
    return {"attributes": {"email": call["email"]} if call["email"] else {"phone_number": call["phone"]}}
