"""HTTP client for JWKS addresses (port: `KeySetClient`): GET requests to URLs that customers choose.

`integrations/ssrf.py` decides which addresses may be connected to. Redirects are not followed, proxies of the
environment are not used, and a response is bounded in size and time.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from datetime import timedelta
from functools import cached_property

import httpx

from domain.identity.ports import KeySetDocument, NoKeySet
from domain.public_addresses import KEY_SETS
from integrations.http import read_limited
from integrations.ssrf import AddressRefused, GuardedTransport, Resolve, Resolver

_SECONDS = 5.0  # for the whole call: a shopper waits for it
_MAX_BYTES = 65_536  # of a response: room for far more keys than a set may have
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})\"?\s*(?:,|$)", re.IGNORECASE)
_NOT_CACHED = re.compile(r"\bno-(?:store|cache)\b", re.IGNORECASE)


class HttpKeySetClient:
    def __init__(
        self, *, private_networks: bool, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`private_networks`: allow private addresses, and plain HTTP to these. `tls`: instead of the usual trust."""
        self.private_networks = private_networks
        self._given_tls = tls
        self._resolver = Resolver(resolve)

    async def fetch(self, url: str) -> KeySetDocument:
        """Return what a JWKS address responds, within 5 seconds. Raises `NoKeySet`."""
        transport = GuardedTransport(
            resolver=self._resolver, private_networks=self.private_networks, tls=self._tls, traffic=KEY_SETS
        )
        try:
            async with (
                asyncio.timeout(_SECONDS),
                httpx.AsyncClient(
                    transport=transport, timeout=_SECONDS, follow_redirects=False, trust_env=False
                ) as client,
            ):
                return await _read(client, url)
        except (TimeoutError, httpx.TimeoutException):
            raise NoKeySet(f"It did not respond within {_SECONDS:g} seconds.") from None
        except AddressRefused as refused:
            raise NoKeySet(str(refused)) from None
        except httpx.InvalidURL:  # a name that the URL standard allows and IDNA 2008 does not
            raise NoKeySet("Its host name cannot be used.") from None
        except httpx.HTTPError:
            raise NoKeySet("It cannot be connected to, or closed the connection before it responded.") from None

    def close(self) -> None:
        self._resolver.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context(trust_env=False)


async def _read(client: httpx.AsyncClient, url: str) -> KeySetDocument:
    headers = {"accept": "application/jwk-set+json, application/json", "accept-encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code != httpx.codes.OK:
            raise NoKeySet(f"It responded with status {response.status_code}.")
        body = await read_limited(response.aiter_raw(), _MAX_BYTES)
        if body is None:
            raise NoKeySet(f"The response has more than {_MAX_BYTES:,} bytes.")
        return KeySetDocument(body=body, max_age=_max_age(response.headers.get("cache-control", "")))


def _max_age(cache_control: str) -> timedelta | None:
    if _NOT_CACHED.search(cache_control):
        return timedelta(0)
    found = _MAX_AGE.search(cache_control)
    return None if found is None else timedelta(seconds=int(found.group(1)))
