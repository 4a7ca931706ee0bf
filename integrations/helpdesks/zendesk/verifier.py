"""Whether credentials for Zendesk are good: `GET /api/v2/users/me.json`.

Anybody may ask it and is answered 200: who is not known is a user without an id. So the id counts, and the role.
"""

from __future__ import annotations

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Invalid, Unavailable, within
from integrations.helpdesks.zendesk.client import ZendeskClient

_FIELD = "zendesk"
_ROLES = ("agent", "admin")
_WRONG = "Zendesk does not take this e-mail address with this API token: copy both from Admin Center, Zendesk API."


class ZendeskVerifier:
    def __init__(self, *, api: ZendeskClient) -> None:
        self._api = api

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        try:
            answer = await self._api.call(connection, "GET", "/api/v2/users/me.json")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was kept; try again in a moment.") from None
        except PermanentError as error:
            raise _refused(error) from None
        user = answer.body.get("user")
        if not isinstance(user, dict):
            raise Invalid("What answers there is no Zendesk: look at the subdomain.", field=within(_FIELD, "subdomain"))
        if not user.get("id"):
            raise Invalid(_WRONG, field=within(_FIELD, "api_token"))
        if user.get("role") not in _ROLES:
            raise Invalid("This user of Zendesk is no agent: take an agent or admin.", field=within(_FIELD, "email"))
        host = f"{connection.settings['subdomain']}.zendesk.com"
        # By its id our own comments are told from the team's when Zendesk tells us of them.
        return VerificationResult(display_name=host, settings={"user_id": str(user["id"])})


def _refused(error: PermanentError) -> Invalid:
    if error.http_status == 401:
        return Invalid(_WRONG, field=within(_FIELD, "api_token"))
    if error.http_status == 403:
        return Invalid(
            "Zendesk does not let this user in: allow token access in Admin Center, Zendesk API.",
            field=within(_FIELD, "api_token"),
        )
    if error.http_status == 404 or (error.http_status or 0) // 100 == 3:
        return Invalid("There is no Zendesk account of this subdomain.", field=within(_FIELD, "subdomain"))
    return Invalid(f"{error.message}. Nothing was kept.", field=_FIELD)
