"""HTTP client for vendor APIs: one call, bounded in time and size.

    client = HttpClient()
    response = await client.send("POST", url, content=b"{}", auth=("user", "key"))     # raises NoResponse
    await client.close()

Redirects are not followed: the server must not choose where the credentials go.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from domain.values.record import Record
from integrations.ssrf import AddressRefused

Json = dict[str, Any]  # a JSON object

DEADLINE = 15.0  # seconds for a whole call: longer than helpdesks take on a bad day, far shorter than a lease
_MAX_BODY = 8_000_000  # bytes of a response: a page of 100 long e-mails is smaller
_CONNECTIONS = 100
_LONGEST_WAIT = timedelta(hours=1)  # of a `Retry-After` that vendors send; beyond, they are asked again earlier


class NoResponse(Exception):
    """The call returned no response. `outcome_unknown`: the server may have carried it out nevertheless."""

    def __init__(self, message: str, *, outcome_unknown: bool) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class HttpResponse(Record):
    status: int
    headers: Mapping[str, str]  # names are case-insensitive
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The parsed body; None if it is not JSON, such as an empty body or a proxy's error page."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class HttpClient:
    """The connection pool is created by the first call. `transport`: instead of httpx's own, which follows the proxies
    of the environment; `integrations/ssrf.py` has one for hosts that customers choose."""

    def __init__(self, *, deadline: float = DEADLINE, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._deadline = deadline
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes | AsyncIterator[bytes] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> HttpResponse:
        """Make one call and return the response, whatever its status. Raises `NoResponse`."""
        client = self._opened()
        try:
            request = client.build_request(method, url, content=content, params=params, headers=dict(headers or {}))
            async with asyncio.timeout(self._deadline):
                return await _exchange(client, request, auth)
        except AddressRefused as refused:
            raise NoResponse(_phrase(str(refused)), outcome_unknown=False) from None
        except httpx.InvalidURL:
            raise NoResponse("its host name cannot be used", outcome_unknown=False) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NoResponse(_problem(error), outcome_unknown=False) from None
        except httpx.HTTPError as error:
            raise NoResponse(_problem(error), outcome_unknown=True) from None
        except TimeoutError:
            raise NoResponse(f"no response within {self._deadline:g} s", outcome_unknown=True) from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=20, keepalive_expiry=20)
            self._client = httpx.AsyncClient(
                timeout=self._deadline, limits=limits, follow_redirects=False, transport=self._transport
            )
        return self._client


async def read_limited(chunks: AsyncIterator[bytes], limit: int) -> bytes | None:
    """Return the whole body, or None once it exceeds `limit` bytes: the rest is not read."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def retry_after(headers: Mapping[str, str], *, longest: timedelta = _LONGEST_WAIT) -> timedelta | None:
    """Return the wait that `Retry-After` asks for, in seconds or as a date (RFC 9110, section 10.2.3).

    None if the header is absent or malformed. The result is between zero and `longest`.
    """
    text = headers.get("retry-after", "").strip()
    try:
        wait = timedelta(seconds=float(text))
    except OverflowError:
        return None
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        wait = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait, timedelta(0)), longest)


async def _exchange(client: httpx.AsyncClient, request: httpx.Request, auth: tuple[str, str] | None) -> HttpResponse:
    response = await client.send(request, auth=httpx.BasicAuth(*auth) if auth else None, stream=True)
    try:
        body = await read_limited(response.aiter_bytes(), _MAX_BODY)
        if body is None:
            raise NoResponse(f"the response has more than {_MAX_BODY:,} bytes", outcome_unknown=True)
        return HttpResponse(status=response.status_code, headers=response.headers, body=body)
    finally:
        await response.aclose()


def _phrase(sentence: str) -> str:
    """The sentence as a part of another: "Zendesk: its name cannot be resolved"."""
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


def _problem(error: httpx.HTTPError) -> str:
    """A short description of the error. It omits the URL, which may contain a secret."""
    if isinstance(error, httpx.TimeoutException):
        return "no response in time"
    if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol):
        return "no connection"
    return "the connection was lost"
