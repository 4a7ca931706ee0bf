"""One HTTP call to somebody else's server: bounded in time and size, and clear about whether it may have been done.

    web = WebClient()
    answer = await web.send("POST", url, json={...}, auth=("user", "key"))     # raises Unanswered
    await web.close()

Redirects are not followed: where the credentials go is not the other side's to say.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from domain.values.record import Record

DEADLINE = 15.0  # seconds for a whole call: longer than helpdesks take on a bad day, far shorter than a lease
_LARGEST = 8_000_000  # bytes of an answer: a page of 100 long e-mails has less
_CONNECTIONS = 100


class NoResponse(Exception):
    """There is no answer. `outcome_unknown`: the call may have been carried out all the same."""

    def __init__(self, message: str, *, outcome_unknown: bool) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class HttpResponse(Record):
    status: int
    headers: Mapping[str, str]  # whatever the case of their names
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """None where it is no JSON: an empty body, a page of some proxy's."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class HttpClient:
    """The connection pool is made by the first call."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> HttpResponse:
        client = self._opened()
        request = client.build_request(method, url, content=content, params=params, headers=dict(headers or {}))
        try:
            async with asyncio.timeout(self._deadline):
                return await _answer(client, request, auth)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NoResponse(_words(error), outcome_unknown=False) from None
        except httpx.HTTPError as error:
            raise NoResponse(_words(error), outcome_unknown=True) from None
        except TimeoutError:
            raise NoResponse(f"no answer within {self._deadline:g} s", outcome_unknown=True) from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=20, keepalive_expiry=20)
            self._client = httpx.AsyncClient(timeout=self._deadline, limits=limits, follow_redirects=False)
        return self._client


async def _answer(client: httpx.AsyncClient, request: httpx.Request, auth: tuple[str, str] | None) -> HttpResponse:
    response = await client.send(request, auth=httpx.BasicAuth(*auth) if auth else None, stream=True)
    try:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > _LARGEST:
                raise NoResponse(f"the answer has more than {_LARGEST:,} bytes", outcome_unknown=True)
        return HttpResponse(status=response.status_code, headers=response.headers, body=bytes(body))
    finally:
        await response.aclose()


def _words(error: httpx.HTTPError) -> str:
    """Said without the address, which may hold what is nobody's business."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol):
        return "no connection"
    return "the connection was cut"
