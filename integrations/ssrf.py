"""A guard against server-side request forgery (SSRF), as one httpx transport.

For URLs that customers choose. The transport resolves the host name itself, checks every address, and connects to
a checked address; `Host`, SNI and certificate verification still use the name. A name that resolves to
another address a moment later (DNS rebinding) therefore changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from cachetools import LRUCache

from domain.public_addresses import WEBHOOKS, Address, Traffic, is_private, literal

Resolve = Callable[[str, int], Sequence[str]]  # takes a name and a port, returns addresses as text; may block

_THREADS = 8  # of our own, so that slow names delay no other use of the default executor
_MAX_ADDRESSES = 2  # of one name that are tried
_MAX_HOSTS = 1_000
_CONNECTIONS_PER_HOST = 10


def host_names_account(template: str) -> bool:
    """Return whether a part of the host of an address is an account's choice, such as in `https://{subdomain}.zendesk.com`.

    If it is not, the operator gives the whole host, for example that of a stand-in on this machine.
    """
    return "{" in urlsplit(template).netloc


class AddressRefused(httpx.TransportError):
    """The request was not sent: the host has no address, or no allowed address. The message says why."""


class Resolver:
    """Host names to addresses, in threads of its own."""

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve or _getaddrinfo
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a host, without duplicates. Raises `AddressRefused` if it has none."""
        if (address := literal(host)) is not None:
            return [address]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, self._resolve, host, port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise AddressRefused("Its name cannot be resolved.")
        return list(dict.fromkeys(ip_address(text.partition("%")[0]) for text in found))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses only, over TLS. For requests to one host: a pooled connection belongs to an address.

    `private_networks`: the operator allows private addresses too, and plain HTTP to these. `connections`: the most that
    are open at a time.
    """

    def __init__(
        self,
        *,
        resolver: Resolver,
        private_networks: bool,
        tls: ssl.SSLContext,
        traffic: Traffic = WEBHOOKS,
        connections: int = 1,
    ) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=20)
        self._transport = httpx.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False)
        self._resolver = resolver
        self._private_networks = private_networks
        self._traffic = traffic
        self._host: str | None = None
        self._checked: list[Address] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to a checked address. Raises `AddressRefused`, or what httpx raises."""
        host = request.url.raw_host.decode("ascii")
        assert self._host in (None, host), "a guarded transport serves one host"
        self._host = host
        self._checked = self._checked or await self._check(request.url, host)
        for address in self._checked[:-1]:
            try:
                return await self._send(request, host, address)
            except httpx.ConnectError:
                continue
        try:
            return await self._send(request, host, self._checked[-1])
        except httpx.ConnectError:
            self._checked = []  # resolve again for the next request: the host may have moved
            raise

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _check(self, url: httpx.URL, host: str) -> list[Address]:
        """One refused address refuses the name, since a client may connect to any of its addresses."""
        plain = url.scheme == "http"
        addresses = await self._resolver.addresses(host, url.port or (80 if plain else 443))
        private = [is_private(address) for address in addresses]
        if any(private) and not self._private_networks:
            why = f"It leads into a private network, where {self._traffic.name} may not go."
            raise AddressRefused(why + self._traffic.for_private)
        if plain and not (self._private_networks and all(private)):
            name = self._traffic.name.capitalize()
            why = f"{name} go over the internet with TLS only: give an https address."
            raise AddressRefused(why + self._traffic.for_private)
        return addresses[:_MAX_ADDRESSES]

    async def _send(self, request: httpx.Request, host: str, address: Address) -> httpx.Response:
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._transport.handle_async_request(pinned)


class GuardedHosts(httpx.AsyncBaseTransport):
    """Guarded transports for requests to many hosts, one for each, in an LRU cache."""

    def __init__(
        self,
        *,
        traffic: Traffic,
        private_networks: bool = False,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        connections: int = _CONNECTIONS_PER_HOST,
    ) -> None:
        """`tls`: instead of the usual trust. `connections`: the most that are open at a time to one host."""
        self._traffic = traffic
        self._connections = connections
        self._private_networks = private_networks
        self._resolver = Resolver(resolve)
        self._given_tls = tls
        self._hosts: LRUCache[tuple[bytes, int | None], GuardedTransport] = LRUCache(_MAX_HOSTS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to a checked address. Raises `AddressRefused`, or what httpx raises."""
        key = (request.url.raw_host, request.url.port)
        transport = self._hosts.get(key)
        if transport is None:  # a transport that leaves the cache may be in use, and closes its connections when idle
            transport = self._hosts[key] = GuardedTransport(
                resolver=self._resolver,
                private_networks=self._private_networks,
                tls=self._tls,
                traffic=self._traffic,
                connections=self._connections,
            )
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._hosts.values():
            await transport.aclose()
        self._resolver.close()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context(trust_env=False)


def _getaddrinfo(host: str, port: int) -> Sequence[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
