"""Klaviyo's API: one call, with its faults told apart.

Wire format: developers.klaviyo.com, revision 2026-07-15. JSON:API both ways, a private key, and a revision, which is
required and pinned here: a newer one may mean something else by the same words. Limits are fixed windows; how long one
has to wait is said by `Retry-After` of a 429, and only there.
"""

from __future__ import annotations

import json
from typing import Any

from domain.delivery.errors import PermanentError, TransientError
from domain.model.connected_services import UnsealedConnection
from integrations.http import HttpClient, HttpResponse, NoResponse, retry_after

_REVISION = "2026-07-15"
_MEDIA_TYPE = "application/vnd.api+json"
_LONGEST_WORDS = 500  # characters of what Klaviyo says of a fault: for people


class KlaviyoClient:
    def __init__(self, *, web: HttpClient, url: str) -> None:
        self._web = web
        self._url = url

    async def call(
        self, connection: UnsealedConnection, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        """The status and what was answered; None where that is no JSON. Raises PassingFault, PermanentFault."""
        headers = {
            "authorization": f"Klaviyo-API-Key {connection.secrets['api_key']}",
            "revision": _REVISION,
            "accept": _MEDIA_TYPE,
            **({} if body is None else {"content-type": _MEDIA_TYPE}),
        }
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = await self._web.send(method, self._url + path, content=content, headers=headers)
        except NoResponse as error:
            raise TransientError(f"Klaviyo: {error}", outcome_unknown=error.outcome_unknown) from None
        if not answer.ok:
            raise _error(answer)
        return answer.status, answer.json()


def _error(answer: HttpResponse) -> TransientError | PermanentError:
    status, words = answer.status, f"Klaviyo answered {answer.status}: {_words(answer)}"
    wait = retry_after(answer.headers)
    if status in (401, 403):
        return PermanentError(words, http_status=status, credentials=True)
    if status in (408, 425, 429) or not 400 <= status < 500:
        return TransientError(words, http_status=status, retry_after=wait, outcome_unknown=status >= 500)
    return PermanentError(words, http_status=status)


def _words(answer: HttpResponse) -> str:
    """`{"errors": [{"title", "detail", "source": {"pointer"}}]}`; proxies send pages."""
    found = answer.json()
    errors = found.get("errors") if isinstance(found, dict) else None
    if not isinstance(errors, list):
        return " ".join(answer.body[:2_000].decode(errors="replace").split())[:_LONGEST_WORDS] or "(no words)"
    return "; ".join(_one(error) for error in errors if isinstance(error, dict))[:_LONGEST_WORDS] or "(no words)"


def _one(error: dict[str, Any]) -> str:
    said = str(error.get("detail") or error.get("title") or error.get("code") or "(no words)")
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    return f"{said} ({pointer})" if pointer else said
