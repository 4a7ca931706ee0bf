"""Verifies a Klaviyo key: `GET /api/accounts` returns the account that it belongs to.

It is called once, when the account connects: Klaviyo allows 15 such calls a minute.
"""

from __future__ import annotations

from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Invalid, Unavailable
from integrations.klaviyo.client import KlaviyoClient

_FIELD = "api_key"


class KlaviyoVerifier:
    def __init__(self, *, api: KlaviyoClient) -> None:
        self._api = api

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        try:
            _, body = await self._api.call(connection, "GET", "/api/accounts")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was saved; try again in a moment.") from None
        except PermanentError as error:
            raise _refused(error) from None
        account = _first(body)
        if account is None:
            raise Invalid("The server did not respond like Klaviyo: check BATON_KLAVIYO_URL.", field=_FIELD)
        attributes = account.get("attributes") or {}
        contact = attributes.get("contact_information") or {}
        name = contact.get("organization_name") or attributes.get("public_api_key") or account["id"]
        return VerificationResult(display_name=str(name), settings={"klaviyo_account_id": str(account["id"])})


def _first(body: Any) -> dict[str, Any] | None:
    data = body.get("data") if isinstance(body, dict) else None
    first = data[0] if isinstance(data, list) and data else None
    return first if isinstance(first, dict) and first.get("id") else None


def _refused(error: PermanentError) -> Invalid:
    if error.http_status == 401:
        return Invalid("Klaviyo refuses this key: copy it from Settings, API keys.", field=_FIELD)
    if error.http_status == 403:
        return Invalid("This key lacks permissions: give it the scopes accounts:read and events:write.", field=_FIELD)
    return Invalid(f"{error.message}. Nothing was saved.", field=_FIELD)
