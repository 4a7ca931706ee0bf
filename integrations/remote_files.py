"""Files at the addresses that carriers and helpdesks name (port: `RemoteFileSource`).

The address comes from a signed webhook, but a shopper may have a part in it, so it is not trusted: the credentials go
to the vendor's own host only, redirects are followed without them (Twilio redirects to its store of media), and every
other host is reached through the SSRF guard.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import httpx

from domain.delivery.errors import PermanentError, TransientError
from domain.model.attachments import RemoteFile
from domain.model.connected_services import Service, UnsealedConnection
from domain.values.record import SecretRecord
from integrations.ssrf import AddressRefused, host_names_account

_SECONDS = 60.0  # for one file
_MAX_REDIRECTS = 3
_PIECE = 64 << 10
_NOT_YET = (404, 408, 425, 429)  # Twilio has media a moment after the webhook


class Access(SecretRecord):
    """How a service's own host is reached."""

    hidden: ClassVar[tuple[str, ...]] = ("auth",)

    base: str  # scheme and host
    auth: tuple[str, str]
    guarded: bool = False  # a part of the host is an account's choice


class HttpRemoteFiles:
    """`access`: by service, the vendor's host and the credentials that a connection has for it."""

    def __init__(
        self,
        *,
        access: Mapping[Service, Callable[[UnsealedConnection], Access]],
        guarded: httpx.AsyncBaseTransport,
    ) -> None:
        self._access = access
        self._opened: httpx.AsyncClient | None = None  # by the first file: its TLS context takes tens of milliseconds
        self._others = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, transport=guarded)

    async def close(self) -> None:
        """Close all connections."""
        if self._opened is not None:
            await self._opened.aclose()
        await self._others.aclose()

    @asynccontextmanager
    async def open(self, connection: UnsealedConnection, file: RemoteFile) -> AsyncIterator[AsyncIterator[bytes]]:
        """Fetch a file. Raises `TransientError`, `PermanentError`."""
        try:
            async with asyncio.timeout(_SECONDS):
                response = await self._response(self._access[file.service](connection), file.url)
                try:
                    yield response.aiter_bytes(_PIECE)
                finally:
                    await response.aclose()
        except AddressRefused as error:
            raise PermanentError(str(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise TransientError(f"no response: {type(error).__name__}", outcome_unknown=False) from None

    def _vendor(self) -> httpx.AsyncClient:
        if self._opened is None:
            self._opened = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)
        return self._opened

    async def _response(self, access: Access, url: str) -> httpx.Response:
        for _ in range(_MAX_REDIRECTS + 1):
            own = _origin(url) == _origin(access.base)
            client = self._vendor() if own and not access.guarded else self._others
            auth = httpx.BasicAuth(*access.auth) if own else None
            response = await client.send(client.build_request("GET", url), auth=auth, stream=True)
            if response.is_success:
                return response
            await response.aclose()
            if not response.is_redirect:
                text = f"status {response.status_code}"
                if response.status_code in _NOT_YET or response.is_server_error:
                    raise TransientError(text, outcome_unknown=False)
                raise PermanentError(text)
            url = urljoin(url, response.headers["location"])
        raise PermanentError("too many redirects")


def twilio_access(url: str) -> Callable[[UnsealedConnection], Access]:
    """Return the access to Twilio's media, which need the account's SID and token."""

    def access(connection: UnsealedConnection) -> Access:
        return Access(base=url, auth=(connection.settings["account_sid"], connection.secrets["auth_token"]))

    return access


def zendesk_access(url: str) -> Callable[[UnsealedConnection], Access]:
    """Return the access to files in Zendesk, which may be private. `url`: a template with `{subdomain}`."""

    def access(connection: UnsealedConnection) -> Access:
        base = url.format(subdomain=connection.settings["subdomain"])
        auth = (f"{connection.settings['email']}/token", connection.secrets["api_token"])
        return Access(base=base, auth=auth, guarded=host_names_account(url))

    return access


def gorgias_access(url: str) -> Callable[[UnsealedConnection], Access]:
    """Return the access to files in Gorgias. `url`: a template with `{domain}`."""

    def access(connection: UnsealedConnection) -> Access:
        base = url.format(domain=connection.settings["domain"])
        auth = (connection.settings["email"], connection.secrets["api_key"])
        return Access(base=base, auth=auth, guarded=host_names_account(url))

    return access


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
