"""Gorgias' REST API: one call, with its faults told apart.

Wire format: developers.gorgias.com. Basic authentication with the e-mail address and the API key; JSON both ways; some
answers in the two hundreds have no body; the header that says when to come back is spelled `Retry-after`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_PAGE = 100  # the most that Gorgias gives at once
_MOST_PAGES = 20  # what is looked for is new: nobody walks through a year
_LONGEST_WORDS = 500  # characters of what Gorgias says of a fault: it stands on a ticket, for people


class GorgiasClient:
    """`url` is a template: `{domain}` is what the account calls itself there."""

    def __init__(self, *, web: HttpClient, url: str) -> None:
        self._web = web
        self._url = url

    def address(self, connection: UnsealedConnection) -> str:
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
        """The status and what was answered; None where that is no JSON. Raises `TransientError`, `PermanentError`."""
        answer = await self._send(connection, method, path, params, body)
        if not answer.ok:
            raise _error(answer, connection.secrets["api_key"], writes=method != "GET")
        return answer.status, answer.json()

    async def pages(
        self, connection: UnsealedConnection, path: str, query: Mapping[str, str]
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """A list, page by page: `{"data": [...], "meta": {"next_cursor": …}}`. What has no id is left out."""
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            params = {**query, "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            status, page = await self.call(connection, "GET", path, params=params)
            if not isinstance(page, dict) or not isinstance(page.get("data"), list):
                raise TransientError(f"Gorgias answered {status} without a list.", http_status=status)
            yield [row for row in page["data"] if isinstance(row, dict) and isinstance(row.get("id"), int)]
            cursor = (page.get("meta") or {}).get("next_cursor")
            if not cursor or not page["data"]:
                return

    async def _send(
        self, connection: UnsealedConnection, method: str, path: str, params: Mapping[str, str] | None, body: object
    ) -> HttpResponse:
        try:
            return await self._web.send(
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


def _error(answer: HttpResponse, secret: str, *, writes: bool) -> TransientError | PermanentError:
    status, wait = answer.status, retry_after(answer.headers)
    words = f"Gorgias answered {status}: {_words(answer)}".replace(secret, "…")  # whatever is echoed
    if status in (401, 403):
        return PermanentError(words, http_status=status, credentials=True)
    if status == 429:
        return TransientError(words, http_status=status, retry_after=wait)
    if status in (408, 409, 425):  # too early, or somebody else is at it
        return TransientError(words, http_status=status, outcome_unknown=writes, retry_after=wait)
    if status >= 500:
        return TransientError(words, http_status=status, outcome_unknown=writes, retry_after=wait)
    return PermanentError(words, http_status=status)


def _words(answer: HttpResponse) -> str:
    """`{"error": {"msg": …, "data": {field: [words]}}}`; older and newer answers say less, and proxies send pages."""
    found = answer.json()
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):
        said = error
    elif isinstance(error, dict):
        said = str(error.get("msg") or "")
        if error.get("data"):
            said = f"{said} {json.dumps(error['data'], ensure_ascii=False)}".strip()
    else:
        said = " ".join(answer.body[:2_000].decode(errors="replace").split())
    return said[:_LONGEST_WORDS] or "(no words)"
