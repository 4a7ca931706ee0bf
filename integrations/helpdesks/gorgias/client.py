"""REST client for Gorgias: one call, and the error class of each failure.

Wire format: developers.gorgias.com, "REST API". Basic authentication with the e-mail address and the API key; requests
and responses are JSON. Some 2xx responses have no body. The header with the time to wait is spelled `Retry-after`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_PAGE = 100  # rows: Gorgias' limit
_MAX_PAGES = 20  # most callers look for recent rows, which are on the first pages
_MAX_ERROR_TEXT = 500  # characters of Gorgias' error message, which is shown to staff


class GorgiasClient:
    """`url` is a template, in which `{domain}` is the account's name at Gorgias: `https://{domain}.gorgias.com`."""

    def __init__(self, *, http: HttpClient, url: str) -> None:
        self._http = http
        self._url = url

    def address(self, connection: UnsealedConnection) -> str:
        """The account's base URL."""
        return self._url.format(domain=connection.settings["domain"])

    async def call(
        self,
        connection: UnsealedConnection,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> tuple[int, Any]:
        """Make one call. Returns the status and the parsed body, which is None if it is not JSON.

        Raises `TransientError` (no response, 408, 409, 425, 429, 5xx) or `PermanentError` (any other 4xx or 3xx).
        """
        response = await self._send(connection, method, path, params, body)
        if not response.ok:
            raise _error_of(response, connection.secrets["api_key"], writes=method != "GET")
        return response.status, response.json()

    async def pages(
        self, connection: UnsealedConnection, path: str, query: Mapping[str, str], *, whole: bool = False
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield the pages of a list: `{"data": [...], "meta": {"next_cursor": …}}`. Rows without an id are omitted.

        Raises the errors of `call`, and `TransientError` if a response is not a list. `whole`: raises `PermanentError`
        if the list is longer than what is read of it.
        """
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            params = {**query, "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            status, page = await self.call(connection, "GET", path, params=params)
            if not isinstance(page, dict) or not isinstance(page.get("data"), list):
                raise TransientError(f"Gorgias returned {status} without a list.", http_status=status)
            yield [row for row in page["data"] if isinstance(row, dict) and isinstance(row.get("id"), int)]
            cursor = (page.get("meta") or {}).get("next_cursor")
            if not cursor or not page["data"]:
                return
        if whole:
            raise PermanentError(f"Gorgias lists more than {_MAX_PAGES * _PAGE} rows: {path}")

    async def _send(
        self, connection: UnsealedConnection, method: str, path: str, params: Mapping[str, str] | None, body: object
    ) -> HttpResponse:
        try:
            return await self._http.send(
                method,
                self.address(connection) + path,
                content=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
                params=params,
                headers={"content-type": "application/json", "accept": "application/json"},
                auth=(connection.settings["email"], connection.secrets["api_key"]),
            )
        except NoResponse as error:
            raise TransientError(
                f"Gorgias: {error}", outcome_unknown=error.outcome_unknown and method != "GET"
            ) from None


def _error_of(response: HttpResponse, secret: str, *, writes: bool) -> TransientError | PermanentError:
    status, wait = response.status, retry_after(response.headers)
    text = f"Gorgias returned {status}: {_error_text(response)}".replace(secret, "…")  # an error may echo the request
    if status in (401, 403):
        return PermanentError(text, http_status=status, credentials=True)
    if status == 429:
        return TransientError(text, http_status=status, retry_after=wait)
    if status in (408, 409, 425):  # a concurrent request, or too early
        return TransientError(text, http_status=status, outcome_unknown=writes, retry_after=wait)
    if status >= 500:
        return TransientError(text, http_status=status, outcome_unknown=writes, retry_after=wait)
    return PermanentError(text, http_status=status)


def _error_text(response: HttpResponse) -> str:
    """The message of `{"error": {"msg": …, "data": {field: [problem]}}}`, of `{"error": text}`, or the body as text."""
    body = response.json()
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        text = error
    elif isinstance(error, dict):
        text = str(error.get("msg") or "")
        if error.get("data"):
            text = f"{text} {json.dumps(error['data'], ensure_ascii=False)}".strip()
    else:
        text = " ".join(response.body[:2_000].decode(errors="replace").split())
    return text[:_MAX_ERROR_TEXT] or "(no message)"
