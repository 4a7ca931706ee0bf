"""Checks credentials for Zendesk: `GET /api/v2/users/me.json` (developer.zendesk.com, "Show Self").

The endpoint returns 200 to everybody, with an anonymous user without id if the credentials are wrong.
"""

from __future__ import annotations

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Invalid, Unavailable, within
from integrations.helpdesks.zendesk.client import ZendeskClient

_FIELD = "zendesk"
_ROLES = ("agent", "admin")
_WRONG = "Zendesk rejected the e-mail address or API token. Copy both from Admin Center, Zendesk API."


class ZendeskVerifier:
    """Checks credentials by reading the user they belong to (port: `CredentialVerifier`)."""

    def __init__(self, *, client: ZendeskClient) -> None:
        self._client = client

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Return the host name as the display name, and the user's id as the setting `user_id`.

        Raises `Invalid` at a field of `zendesk`, or `Unavailable` if Zendesk does not respond.
        """
        try:
            response = await self._client.call(connection, "GET", "/api/v2/users/me.json")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was saved; try again in a moment.") from None
        except PermanentError as error:
            raise _invalid(error) from None
        user = response.body.get("user")
        if not isinstance(user, dict):
            raise Invalid(
                "The server did not respond like Zendesk. Check `subdomain`.", field=within(_FIELD, "subdomain")
            )
        if not user.get("id"):
            raise Invalid(_WRONG, field=within(_FIELD, "api_token"))
        if user.get("role") not in _ROLES:
            raise Invalid("The Zendesk user is not an agent or admin. Use one who is.", field=within(_FIELD, "email"))
        host = f"{connection.settings['subdomain']}.zendesk.com"
        # The id identifies Baton's own comments when they are read back.
        return VerificationResult(display_name=host, settings={"user_id": str(user["id"])})


def _invalid(error: PermanentError) -> Invalid:
    if error.http_status == 401:
        return Invalid(_WRONG, field=within(_FIELD, "api_token"))
    if error.http_status == 403:
        return Invalid(
            "Zendesk refused the token. Allow token access in Admin Center, Zendesk API.",
            field=within(_FIELD, "api_token"),
        )
    if error.http_status == 404 or (error.http_status or 0) // 100 == 3:
        return Invalid("Zendesk has no account with this subdomain.", field=within(_FIELD, "subdomain"))
    return Invalid(f"{error.message}. Nothing was saved.", field=_FIELD)
