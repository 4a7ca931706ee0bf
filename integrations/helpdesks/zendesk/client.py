"""REST client for Zendesk: one call, and the error class of each failure.

Wire format: developer.zendesk.com, "Support API". Basic authentication with `{e-mail}/token` and the API token.
Requests and responses are JSON; some errors are plain text. Ids of tickets and users may exceed the integers that a
double can hold, so Baton stores them as text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from domain.values.record import Record
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_MAX_ERROR_TEXT = 500  # characters of Zendesk's error message, which is shown to staff
_REUSED_KEY = "IdempotentRequestError"


class ZendeskResponse(Record):
    status: int
    body: dict[str, Any]  # empty if the response is not a JSON object


class IdempotencyKeyInUse(TransientError):
    """An earlier request used the idempotency key, perhaps an earlier attempt. Search for the ticket it created."""


class ZendeskClient:
    """`url` is a template, in which `{subdomain}` is the account's name: `https://{subdomain}.zendesk.com`."""

    def __init__(self, *, http: HttpClient, url: str) -> None:
        self._http = http
        self._url = url

    def address(self, connection: UnsealedConnection, path: str) -> str:
        """The absolute URL of a path of the account."""
        return self._url.format(subdomain=connection.settings["subdomain"]) + path

    async def call(
        self,
        connection: UnsealedConnection,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ZendeskResponse:
        """Make one call and return the successful response.

        Raises `IdempotencyKeyInUse` (409, or 400 for a reused key), `TransientError` (no response, 408, 425, 429, 5xx),
        or `PermanentError` (any other 4xx or 3xx).
        """
        try:
            response = await self._http.send(
                method,
                self.address(connection, path),
                content=content,
                params=params,
                headers={"content-type": "application/json", "accept": "application/json", **(headers or {})},
                auth=(f"{connection.settings['email']}/token", connection.secrets["api_token"]),
            )
        except NoResponse as error:
            raise TransientError(
                f"Zendesk: {error}", outcome_unknown=error.outcome_unknown and method != "GET"
            ) from None
        if not response.ok:
            raise _error_of(response, connection)
        body = response.json()
        return ZendeskResponse(status=response.status, body=body if isinstance(body, dict) else {})


def _error_of(response: HttpResponse, connection: UnsealedConnection) -> DeliveryError:
    status, problem = response.status, _without_secrets(_error_text(response), connection)
    wait = retry_after(response.headers)
    text = f"Zendesk returned {status}: {problem}"
    if status in (401, 403):
        return PermanentError(text, http_status=status, credentials=True)
    if status == 429:
        return TransientError(text, http_status=status, retry_after=wait)
    if status == 409 or (status == 400 and _REUSED_KEY in problem):
        return IdempotencyKeyInUse(text, http_status=status, outcome_unknown=True, retry_after=wait)
    if status >= 500 or status in (408, 425):
        return TransientError(text, http_status=status, outcome_unknown=True, retry_after=wait)
    renamed = 300 <= status < 400  # the account has another subdomain
    return PermanentError(text, http_status=status, credentials=renamed)


def _error_text(response: HttpResponse) -> str:
    """The message of `{"error": code or {title, message}, "description": …, "details": {field: [{description}]}}`."""
    body = response.json()
    if not isinstance(body, dict):
        return " ".join(response.body[:2_000].decode(errors="replace").split())[:_MAX_ERROR_TEXT] or "(no message)"
    error = body.get("error")
    parts = [error.get("title"), error.get("message")] if isinstance(error, dict) else [error]
    parts += [body.get("description"), *_details(body.get("details"))]
    return " – ".join(dict.fromkeys(str(part) for part in parts if part))[:_MAX_ERROR_TEXT] or "(no message)"


def _details(details: object) -> list[str]:
    if not isinstance(details, dict):
        return []
    problems = [p for value in details.values() for p in (value if isinstance(value, list) else [value])]
    return [str(p.get("description") or p.get("error") or "") if isinstance(p, dict) else str(p) for p in problems]


def _without_secrets(text: str, connection: UnsealedConnection) -> str:
    """Remove secrets, since an error page of a proxy may echo the request."""
    for secret in connection.secrets.values():
        text = text.replace(secret, "…")
    return "".join(character for character in text if character.isprintable())
