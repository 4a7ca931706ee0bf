"""Outbox sender for Klaviyo: requests the deletion of a profile, and of everything that Klaviyo has of it.

Klaviyo deletes in the background, every profile with the identifier, and takes one identifier a call. A request that is
repeated changes nothing. Wire format: developers.klaviyo.com, "Request Profile Deletion".
"""

from __future__ import annotations

import json

from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult
from domain.model.connected_services import UnsealedConnection
from domain.outbox.ports import DeliveryContext, DeliveryRequest
from integrations.klaviyo.client import KlaviyoClient

_PATH = "/api/data-privacy-deletion-jobs"


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
        named = {"email": call["email"]} if call["email"] else {"phone_number": call["phone"]}
        profile = {"data": {"type": "profile", "attributes": named}}
        body = {"data": {"type": "data-privacy-deletion-job", "attributes": {"profile": profile}}}
        try:
            status, _ = await self._api.call(request.connection, "POST", _PATH, body)
        except PermanentError as error:
            if error.http_status == 404:
                return DeliveryResult(http_status=404)  # it has no such profile
            # The key may have no scope for deletions, and still work for events.
            raise PermanentError(error.message, http_status=error.http_status) from None
        return DeliveryResult(http_status=status)
