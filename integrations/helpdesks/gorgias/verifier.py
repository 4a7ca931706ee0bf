"""Checks credentials for Gorgias: `GET /api/account` (developers.gorgias.com, "Account") returns the account."""

from __future__ import annotations

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Invalid, Unavailable, within
from integrations.helpdesks.gorgias.client import GorgiasClient

_FIELD = "gorgias"


class GorgiasVerifier:
    """Checks credentials by reading the account (port: `CredentialVerifier`)."""

    def __init__(self, *, client: GorgiasClient) -> None:
        self._client = client

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Return the account's host name as the display name.

        Raises `Invalid` at `gorgias.apiKey` or `gorgias.domain`, or `Unavailable` if Gorgias does not respond.
        """
        try:
            _, account = await self._client.call(connection, "GET", "/api/account")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was saved; try again in a moment.") from None
        except PermanentError as error:
            raise _invalid(error) from None
        if not isinstance(account, dict) or not account.get("domain"):
            raise Invalid("The server did not respond like Gorgias. Check `domain`.", field=within(_FIELD, "domain"))
        if account["domain"] != connection.settings["domain"]:
            raise Invalid(
                "The credentials belong to another Gorgias account. Check `domain`.", field=within(_FIELD, "domain")
            )
        return VerificationResult(display_name=f"{account['domain']}.gorgias.com")


def _invalid(error: PermanentError) -> Invalid:
    if error.http_status == 401:
        return Invalid(
            "Gorgias rejected the e-mail address or API key. Copy both from Gorgias: Settings, REST API.",
            field=within(_FIELD, "api_key"),
        )
    if error.http_status == 403:
        return Invalid(
            "The Gorgias user lacks permission. Use the API key of an admin or lead agent.",
            field=within(_FIELD, "api_key"),
        )
    if error.http_status == 404:
        return Invalid("Gorgias has no account with this domain.", field=within(_FIELD, "domain"))
    return Invalid(f"{error.message}. Nothing was saved.", field=_FIELD)
