"""HTTP client for webhook endpoints: POST requests to URLs that customers choose.

`integrations/ssrf.py` decides which addresses may be connected to. Redirects are not followed, proxies of the
environment are not used, and at most a few kilobytes of a response are read.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import cached_property

import httpx

from domain.delivery.errors import TransientError
from domain.forwarding.runner import MAX_ATTEMPT
from domain.webhooks.ports import WebhookResponse
from integrations.http import read_limited, retry_after
from integrations.ssrf import AddressRefused, GuardedTransport, Resolve, Resolver

_MAX_READ = 16_384  # bytes of a response: enough to reuse the connection after a usual one; the content is ignored
_READ_SECONDS = 1.0


class InternetWebhookClients:
    def __init__(
        self, *, private_networks: bool, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`private_networks`: allow private addresses, and plain HTTP to these. `tls`: instead of the usual trust."""
        self.private_networks = private_networks
        self._given_tls = tls
        self._resolver = Resolver(resolve)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[InternetWebhookClient]:
        transport = GuardedTransport(resolver=self._resolver, private_networks=self.private_networks, tls=self._tls)
        seconds = MAX_ATTEMPT.total_seconds()
        async with httpx.AsyncClient(
            transport=transport, timeout=seconds, follow_redirects=False, trust_env=False
        ) as client:
            yield InternetWebhookClient(client=client, url=url)

    def close(self) -> None:
        self._resolver.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context(trust_env=False)


class InternetWebhookClient:
    def __init__(self, *, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url

    async def post(self, body: bytes, headers: Mapping[str, str], *, seconds: float) -> WebhookResponse:
        try:
            async with asyncio.timeout(seconds):
                return await self._post(body, headers)
        except TimeoutError:
            raise TransientError(f"It did not respond within {seconds:g} seconds.", outcome_unknown=True) from None
        except AddressRefused as error:
            raise TransientError(str(error)) from None
        except httpx.ConnectError as error:
            raise TransientError(_connect_problem(error)) from None
        except httpx.InvalidURL:  # a name that the URL standard allows and IDNA 2008 does not
            raise TransientError("Its host name cannot be used.") from None
        except httpx.HTTPError:
            raise TransientError("It closed the connection before it responded.", outcome_unknown=True) from None

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
        headers = {**headers, "accept-encoding": "identity"}
        request = self._client.build_request("POST", self._url, content=body, headers=headers)
        response = await self._client.send(request, stream=True)
        try:
            with suppress(TimeoutError, httpx.HTTPError):
                async with asyncio.timeout(_READ_SECONDS):
                    await read_limited(response.aiter_raw(), _MAX_READ)
            wait = retry_after(response.headers, longest=timedelta.max)
            return WebhookResponse(http_status=response.status_code, retry_after=wait)
        finally:
            await response.aclose()


def _connect_problem(error: httpx.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "Its certificate is not trusted for this name."
        if isinstance(cause, ssl.SSLError):
            return "The TLS handshake failed."
        cause = cause.__cause__ or cause.__context__
    return "The connection was refused or not established."
