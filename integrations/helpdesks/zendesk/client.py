"""Zendesk's REST API: one call, with its faults told apart.

Wire format: developer.zendesk.com, Support API. Basic authentication with `{e-mail}/token` and the API token; JSON both
ways, but some refusals are plain text; numbers of tickets and users do not fit a double, so they leave here as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.delivery.errors import DeliveryError, PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from domain.values.record import Record
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_LONGEST_WORDS = 500  # characters of what Zendesk says of a fault: it stands on a ticket, for people
_REUSED_KEY = "IdempotentRequestError"


class ZendeskResponse(Record):
    status: int
    body: dict[str, Any]  # empty where that is no JSON object


class KeyIsTaken(TransientError):
    """The idempotency key belongs to a request that was there before: perhaps to ours. Look for what it made."""


class ZendeskClient:
    """`url` is a template: `{subdomain}` is what the account calls itself there."""

    def __init__(self, *, web: HttpClient, url: str) -> None:
        self._web = web
        self._url = url

    def address(self, connection: UnsealedConnection, path: str) -> str:
        return self._url.format(subdomain=connection.settings["subdomain"]) + path

    async def call(
        self,
        connection: UnsealedConnection,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ZendeskResponse:
        """What was answered with success. Raises KeyIsTaken, `TransientError`, `PermanentError`."""
        try:
            answer = await self._web.send(
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
        if not answer.ok:
            raise _error(answer, connection)
        found = answer.json()
        return ZendeskResponse(status=answer.status, body=found if isinstance(found, dict) else {})


def _error(answer: HttpResponse, connection: UnsealedConnection) -> DeliveryError:
    status, said = answer.status, _without_secrets(_words(answer), connection)
    wait = retry_after(answer.headers)
    words = f"Zendesk answered {status}: {said}"
    if status in (401, 403):
        return PermanentError(words, http_status=status, credentials=True)
    if status == 429:
        return TransientError(words, http_status=status, retry_after=wait)
    if status == 409 or (status == 400 and _REUSED_KEY in said):
        return KeyIsTaken(words, http_status=status, outcome_unknown=True, retry_after=wait)
    if status >= 500 or status in (408, 425):
        return TransientError(words, http_status=status, outcome_unknown=True, retry_after=wait)
    return PermanentError(words, http_status=status, credentials=300 <= status < 400)  # the account has moved


def _words(answer: HttpResponse) -> str:
    """`{"error": code or {title, message}, "description": …, "details": {field: [{description, error}]}}`, or text."""
    found = answer.json()
    if not isinstance(found, dict):
        return " ".join(answer.body[:2_000].decode(errors="replace").split())[:_LONGEST_WORDS] or "(no words)"
    error = found.get("error")
    said = [error.get("title"), error.get("message")] if isinstance(error, dict) else [error]
    said += [found.get("description"), *_details(found.get("details"))]
    return " – ".join(dict.fromkeys(str(part) for part in said if part))[:_LONGEST_WORDS] or "(no words)"


def _details(details: object) -> list[str]:
    if not isinstance(details, dict):
        return []
    problems = [p for found in details.values() for p in (found if isinstance(found, list) else [found])]
    return [str(p.get("description") or p.get("error") or "") if isinstance(p, dict) else str(p) for p in problems]


def _without_secrets(words: str, connection: UnsealedConnection) -> str:
    """A proxy on the way may say back what it was sent."""
    for secret in connection.secrets.values():
        words = words.replace(secret, "…")
    return "".join(character for character in words if character.isprintable())
