"""Client for Klaviyo's API: one call, with transient and permanent errors told apart.

Wire format: developers.klaviyo.com, revision 2026-07-15, JSON:API. Calls need a private key and a revision, which is
pinned here, since a newer one may change the meaning of fields. Rate limits are fixed windows; only the `Retry-After`
header of a 429 says how long to wait.
"""

from __future__ import annotations

import json
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_REVISION = "2026-07-15"
_MEDIA_TYPE = "application/vnd.api+json"
_MAX_MESSAGE = 500  # characters of an error message of Klaviyo, which people read


class KlaviyoClient:
    def __init__(self, *, web: HttpClient, url: str) -> None:
        self._web = web
        self._url = url

    async def call(
        self, connection: UnsealedConnection, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        """Return the status and the parsed body, which is None if it is not JSON.

        Raises `TransientError` if another attempt may succeed, `PermanentError` if not.
        """
        headers = {
            "authorization": f"Klaviyo-API-Key {connection.secrets['api_key']}",
            "revision": _REVISION,
            "accept": _MEDIA_TYPE,
            **({} if body is None else {"content-type": _MEDIA_TYPE}),
        }
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            response = await self._web.send(method, self._url + path, content=content, headers=headers)
        except NoResponse as error:
            raise TransientError(f"Klaviyo: {error}", outcome_unknown=error.outcome_unknown) from None
        if not response.ok:
            raise _error(response)
        return response.status, response.json()


def _error(response: HttpResponse) -> TransientError | PermanentError:
    status, message = response.status, f"Klaviyo returned {response.status}: {_message(response)}"
    wait = retry_after(response.headers)
    if status in (401, 403):
        return PermanentError(message, http_status=status, credentials=True)
    if status in (408, 425, 429) or not 400 <= status < 500:
        return TransientError(message, http_status=status, retry_after=wait, outcome_unknown=status >= 500)
    return PermanentError(message, http_status=status)


def _message(response: HttpResponse) -> str:
    """`{"errors": [{"title", "detail", "source": {"pointer"}}]}`; a proxy may send HTML instead."""
    found = response.json()
    errors = found.get("errors") if isinstance(found, dict) else None
    if not isinstance(errors, list):
        return " ".join(response.body[:2_000].decode(errors="replace").split())[:_MAX_MESSAGE] or "(no message)"
    return "; ".join(_one(error) for error in errors if isinstance(error, dict))[:_MAX_MESSAGE] or "(no message)"


def _one(error: dict[str, Any]) -> str:
    said = str(error.get("detail") or error.get("title") or error.get("code") or "(no message)")
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    return f"{said} ({pointer})" if pointer else said
