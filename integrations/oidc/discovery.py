"""What a provider publishes about itself (OpenID Connect Discovery 1.0): read, checked, and cached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
from cachetools import LRUCache

from domain.public_addresses import SIGN_IN, check_address
from domain.values.errors import Invalid
from domain.values.record import Record
from integrations.oidc.http_client import NoProvider, ProviderHttpClient

ALGORITHMS = ("RS256", "ES256", "EdDSA")  # of ID tokens; RS256 is what every provider has to offer

_CACHED_SECONDS = 600.0
_RETRY_SECONDS = 10.0  # between two calls to a provider that does not respond
_ISSUERS = 1_000  # remembered by this process
_WELL_KNOWN = "/.well-known/openid-configuration"


class BadProvider(Exception):
    """What the provider publishes about itself cannot be used. The text says why."""


class ProviderMetadata(Record):
    """The members of the discovery document that are used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    response_types_supported: tuple[str, ...] = ("code",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)  # the default of the standard
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    code_challenge_methods_supported: tuple[str, ...] | None = None  # None: some providers do not publish it
    authorization_response_iss_parameter_supported: bool = False  # RFC 9207

    @property
    def endpoints(self) -> tuple[str, ...]:
        required = (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)
        return required if self.userinfo_endpoint is None else (*required, self.userinfo_endpoint)


class _CachedMetadata:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.found: ProviderMetadata | None = None
        self.fresh_until = 0.0
        self.problem: NoProvider | BadProvider | None = None
        self.retry_at = 0.0


class Discovery:
    """The metadata of providers, in a cache of this process (LRU)."""

    def __init__(self, client: ProviderHttpClient, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._now = now
        self._cached: LRUCache[str, _CachedMetadata] = LRUCache(_ISSUERS)

    async def metadata(self, issuer: str) -> ProviderMetadata:
        """Return the metadata of a provider, at most 10 minutes old. Raises `NoProvider`, `BadProvider`."""
        cached = self._cached.get(issuer)
        if cached is None:
            cached = self._cached[issuer] = _CachedMetadata()
        async with cached.lock:  # one call serves all that wait for it
            now = self._now()
            if cached.found is not None and now < cached.fresh_until:
                return cached.found
            if cached.problem is not None and now < cached.retry_at:
                raise cached.problem
            try:
                cached.found = await self.read(issuer)
            except (NoProvider, BadProvider) as problem:
                cached.problem, cached.retry_at = problem, now + _RETRY_SECONDS
                raise
            cached.problem, cached.fresh_until = None, now + _CACHED_SECONDS
            return cached.found

    async def read(self, issuer: str) -> ProviderMetadata:
        """Return the metadata of a provider, without the cache. Raises `NoProvider`, `BadProvider`."""
        response = await self._client.send("GET", issuer.rstrip("/") + _WELL_KNOWN, issuer=issuer)
        if response.status_code != 200:
            raise BadProvider(f"{_WELL_KNOWN} below the issuer returned status {response.status_code}.")
        try:
            metadata = msgspec.json.decode(response.content, type=ProviderMetadata)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise BadProvider("The document at its address is no OpenID provider's configuration.") from None
        self._check(metadata, issuer)
        return metadata

    def _check(self, metadata: ProviderMetadata, issuer: str) -> None:
        if metadata.issuer != issuer:
            raise BadProvider(f'The provider names itself "{metadata.issuer[:200]}": enter exactly that as the issuer.')
        for endpoint in metadata.endpoints:
            try:
                check_address(endpoint, private_networks=self._client.private_networks, field=(), traffic=SIGN_IN)
            except Invalid as wrong:
                raise BadProvider(f"One of its endpoints cannot be used. {wrong.message}") from None
        if "code" not in metadata.response_types_supported:
            raise BadProvider("The provider does not offer the authorization code flow.")
        methods = metadata.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise BadProvider("The provider does not offer PKCE with S256.")
        if not set(ALGORITHMS).intersection(metadata.id_token_signing_alg_values_supported):
            raise BadProvider(f"The provider signs with none of {', '.join(ALGORITHMS)}.")
