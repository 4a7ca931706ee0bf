"""Whether credentials for Gorgias are good: `GET /api/account`, which answers the account that they open."""

from __future__ import annotations

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Invalid, Unavailable, within
from integrations.helpdesks.gorgias.client import GorgiasClient

_FIELD = "gorgias"


class GorgiasVerifier:
    def __init__(self, *, api: GorgiasClient) -> None:
        self._api = api

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        try:
            _, account = await self._api.call(connection, "GET", "/api/account")
        except TransientError as error:
            raise Unavailable(f"{error.message}. Nothing was kept; try again in a moment.") from None
        except PermanentError as error:
            raise _refused(error) from None
        if not isinstance(account, dict) or not account.get("domain"):
            raise Invalid("What answers there is no Gorgias: look at the domain.", field=within(_FIELD, "domain"))
        if account["domain"] != connection.settings["domain"]:
            raise Invalid("These credentials open another Gorgias account.", field=within(_FIELD, "domain"))
        return VerificationResult(display_name=f"{account['domain']}.gorgias.com")


def _refused(error: PermanentError) -> Invalid:
    if error.http_status == 401:
        return Invalid(
            "Gorgias does not take this e-mail address with this API key: copy both from Settings, REST API.",
            field=within(_FIELD, "api_key"),
        )
    if error.http_status == 403:
        return Invalid(
            "This user of Gorgias may not do it: take the key of an admin or lead agent.",
            field=within(_FIELD, "api_key"),
        )
    if error.http_status == 404:
        return Invalid("There is no Gorgias account of this domain.", field=within(_FIELD, "domain"))
    return Invalid(f"{error.message}. Nothing was kept.", field=_FIELD)
