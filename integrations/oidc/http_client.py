"""HTTP client for OpenID providers: requests to URLs that customers choose.

`integrations/ssrf.py` decides which addresses may be connected to. Redirects are not followed, proxies of the
environment are not used, and a response is bounded in size and time. So is the number of requests at once, since every
stranger with a browser can cause one. Each provider has a bound within that of the process, so that a slow one leaves
places to the others.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from functools import cached_property
from weakref import WeakValueDictionary

import httpx

from domain.public_addresses import SIGN_IN
from integrations.http import read_limited
from integrations.ssrf import AddressRefused, GuardedTransport, Resolve, Resolver

_SECONDS = 8.0  # for a whole call: a person waits for it
_MAX_BYTES = 131_072  # of a response; large providers publish 10 KB about themselves
_AT_ONCE = 32  # calls of the process
_AT_ONCE_PER_ISSUER = 4


class NoProvider(Exception):
    """The provider did not respond. The text says why, and contains no URL."""


class ProviderHttpClient:
    def __init__(
        self, *, private_networks: bool, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`private_networks`: allow private addresses, and plain HTTP to these. `tls`: instead of the usual trust."""
        self.private_networks = private_networks
        self._given_tls = tls
        self._resolver = Resolver(resolve)
        self._places = asyncio.Semaphore(_AT_ONCE)
        # Of the issuers with calls; a semaphore lives as long as calls use it.
        self._issuers: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def send(
        self,
        method: str,
        url: str,
        *,
        issuer: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Make one call to the provider with this issuer. Returns the response with its body, whatever its status.
        Raises `NoProvider`."""
        try:
            async with asyncio.timeout(_SECONDS), self._places_of(issuer), self._places:
                return await self._exchange(method, url, headers or {}, content)
        except (TimeoutError, httpx.TimeoutException):
            raise NoProvider(f"It did not respond within {_SECONDS:g} seconds.") from None
        except AddressRefused as refused:
            raise NoProvider(str(refused)) from None
        except httpx.InvalidURL:  # a name that the URL standard allows and IDNA 2008 does not
            raise NoProvider("Its host name cannot be used.") from None
        except httpx.HTTPError:
            raise NoProvider("It cannot be connected to, or closed the connection before it responded.") from None

    def close(self) -> None:
        self._resolver.close()

    def _places_of(self, issuer: str) -> asyncio.Semaphore:
        places = self._issuers.get(issuer)
        if places is None:
            places = self._issuers[issuer] = asyncio.Semaphore(_AT_ONCE_PER_ISSUER)
        return places

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        transport = GuardedTransport(
            resolver=self._resolver, private_networks=self.private_networks, tls=self._tls, traffic=SIGN_IN
        )
        sent = {**headers, "accept": "application/json", "accept-encoding": "identity"}
        async with (
            httpx.AsyncClient(transport=transport, timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, headers=sent, content=content) as response,
        ):
            body = await read_limited(response.aiter_raw(), _MAX_BYTES)
            if body is None:
                raise NoProvider(f"Its response has more than {_MAX_BYTES:,} bytes.")
            return httpx.Response(response.status_code, content=body, request=response.request)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context(trust_env=False)
