"""Requests to addresses that others chose: they go out to the internet, and never into the network that we run in.

A name is resolved by us, each address it stands for is judged, and one that passed is what the request connects to;
`Host`, SNI and the certificate are still the name's. So a name that stands for something else a moment later changes
nothing. Redirects are not followed, proxies of the environment are not asked, answers are not read but for a little.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from domain.delivery.errors import TransientError
from domain.forwarding.runner import MAX_ATTEMPT
from domain.webhooks.addresses import Address, is_inside, literal
from domain.webhooks.ports import WebhookResponse

Resolve = Callable[[str, int], Sequence[str]]  # a name and a port; the addresses, as text. May block

_RESOLVERS = 8  # threads of our own: one that hangs on a slow name takes none that others need
_ADDRESSES = 2  # of one name that are tried
_READ = 16_384  # bytes of an answer, so that its connection can be used again; nobody looks at them
_READ_SECONDS = 1.0
_INSIDE = "It leads into a private network, where webhooks may not go."


class InternetWebhookClients:
    def __init__(
        self, *, private_networks: bool, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`private_networks`: the operator lets webhooks go inside, and there without TLS as well. `tls`: whom to
        trust; else whom everybody does."""
        self.private_networks = private_networks
        self._resolve = resolve or _resolve
        self._given_tls = tls
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="webhook-names")

    @asynccontextmanager
    async def to(self, url: str) -> AsyncIterator[InternetWebhookClient]:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        async with httpx.AsyncClient(
            verify=self.tls,
            limits=limits,
            timeout=MAX_ATTEMPT.total_seconds(),
            trust_env=False,
            follow_redirects=False,
        ) as client:
            yield InternetWebhookClient(lines=self, client=client, url=url)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        if self._given_tls is not None:
            return self._given_tls
        return httpx.create_ssl_context(trust_env=False)

    async def addresses(self, host: str, port: int) -> list[Address]:
        """What a host stands for now. Raises PassingFault."""
        written = literal(host)
        if written is not None:
            return [written]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, self._resolve, host, port)
        except (OSError, UnicodeError):
            raise TransientError("Its name cannot be resolved.") from None
        return list(dict.fromkeys(ip_address(text.partition("%")[0]) for text in found))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class InternetWebhookClient:
    def __init__(self, *, lines: InternetWebhookClients, client: httpx.AsyncClient, url: str) -> None:
        self._lines = lines
        self._client = client
        self._url = url
        self._addresses: list[Address] = []

    async def post(self, body: bytes, headers: Mapping[str, str], *, seconds: float) -> WebhookResponse:
        try:
            async with asyncio.timeout(seconds):
                if not self._addresses:
                    self._addresses = await self._judged()
                return await self._first_that_answers(body, headers)
        except TimeoutError:
            raise TransientError(f"It did not answer within {seconds:g} seconds.", outcome_unknown=True) from None
        except httpx.ConnectError as error:
            raise TransientError(_why_not_connected(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise TransientError("It broke the connection off before it answered.", outcome_unknown=True) from None

    async def _judged(self) -> list[Address]:
        """One bad address is enough: a name that stands for several is connected to at any of them."""
        parts = urlsplit(self._url)
        plain = parts.scheme.lower() == "http"
        host = _ascii(parts.hostname or "")
        found = await self._lines.addresses(host, parts.port or (80 if plain else 443))
        if not found:
            raise TransientError("Its name cannot be resolved.")
        inside = [is_inside(address) for address in found]
        if not self._lines.private_networks and any(inside):
            raise TransientError(_INSIDE)
        if plain and not (self._lines.private_networks and all(inside)):
            raise TransientError("Webhooks go over the internet with TLS only: give an https address.")
        return found[:_ADDRESSES]

    async def _first_that_answers(self, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
        for place, address in enumerate(self._addresses):
            try:
                return await self._sent(address, body, headers)
            except httpx.ConnectError:
                if place == len(self._addresses) - 1:
                    self._addresses = []  # by the next attempt it may have moved
                    raise
        raise AssertionError("a name stands for an address")

    async def _sent(self, address: Address, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
        url = httpx.URL(self._url)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": url.netloc.decode("ascii"), "accept-encoding": "identity"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        response = await self._client.send(request, stream=True)
        try:
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout(_READ_SECONDS):
                    await _read_a_little(response)
            return WebhookResponse(http_status=response.status_code, retry_after=_retry_after(response.headers))
        finally:
            await response.aclose()


async def _read_a_little(response: httpx.Response) -> None:
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > _READ:
            return


def _resolve(host: str, port: int) -> Sequence[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _ascii(host: str) -> str:
    return httpx.URL(scheme="https", host=host).raw_host.decode("ascii") if host else ""


def _why_not_connected(error: httpx.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "Its certificate is not one that is trusted for this name."
        if isinstance(cause, ssl.SSLError):
            return "It does not speak TLS as it should."
        cause = cause.__cause__ or cause.__context__
    return "It cannot be connected to."


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date (RFC 9110, section 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC), timedelta())
