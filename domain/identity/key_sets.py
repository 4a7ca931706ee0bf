"""The public keys that shops publish (JWKS, RFC 7517): parsed, cached, and fetched again when a key is unknown.

A key verifies one algorithm, which its type determines, whatever a token's header says. Keys that sign (`oct`, or with
a private part) are never used: who can read the address could sign with them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cachetools import LRUCache
from jwt import PyJWK, PyJWTError

from domain.identity.ports import KeySetClient, KeySetDocument, NoKeySet
from domain.values.clock import Clock
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.record import Record

MAX_KEYS = 20  # of a set; providers publish two to five
SHORTEST_CACHE = timedelta(minutes=1)
USUAL_CACHE = timedelta(minutes=10)  # where the response names no time
LONGEST_CACHE = timedelta(hours=1)  # a withdrawn key is trusted for as long, and up to `STALE` if the address is down
REFETCH = timedelta(seconds=30)  # between two fetches for one account, since strangers can ask for unknown keys
STALE = timedelta(hours=24)  # for which keys are used while the address is down; no token lives longer

_ALGORITHMS: Final = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
_PUBLIC: Final = ("kty", "crv", "x", "y", "n", "e")
_RSA_BITS = (2_048, 8_192)  # shorter ones can be broken, longer ones take long to verify
_EXPONENT_BITS = 64
_ACCOUNTS = 1_000  # of this process whose keys are remembered

logger = logging.getLogger("baton.identity")


class PublicKey(Record):
    """A key that verifies tokens of one algorithm."""

    kid: str | None
    algorithm: str
    key: PyJWK


class _CachedKeys:
    """The keys of one address, as an account named it."""

    def __init__(self) -> None:
        self.fetch: asyncio.Task[None] | None = None  # that runs now
        self.keys: tuple[PublicKey, ...] = ()
        self.tried_at: datetime | None = None
        self.fresh_until: datetime | None = None
        self.usable_until: datetime | None = None

    def has_fresh(self, kid: str | None, now: datetime) -> bool:
        fresh = self.fresh_until is not None and now < self.fresh_until
        return fresh and (kid is None or any(key.kid == kid for key in self.keys))

    def may_fetch(self, now: datetime) -> bool:
        return self.tried_at is None or now >= self.tried_at + REFETCH

    def fetched(self, document: KeySetDocument, now: datetime) -> None:
        self.keys = parse_key_set(document.body)
        age = USUAL_CACHE if document.max_age is None else document.max_age
        self.fresh_until = now + min(max(age, SHORTEST_CACHE), LONGEST_CACHE)
        self.usable_until = now + STALE


class KeySets:
    """The key sets of accounts, in a cache of this process (LRU)."""

    def __init__(self, *, client: KeySetClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._cached: LRUCache[tuple[AccountId, str], _CachedKeys] = LRUCache(_ACCOUNTS)

    async def keys(self, account_id: AccountId, url: str, *, algorithm: str, kid: str | None) -> list[PublicKey]:
        """Return the account's public keys of an algorithm, with this key ID if one is given; an empty list if there is
        none. The address is asked if its keys are old or the key ID is unknown, and not more often than `REFETCH`.

        Raises `Unavailable` if the address does not return keys, and none are known that are recent enough.
        """
        cached = self._cached.get((account_id, url))
        if cached is None:
            cached = self._cached[account_id, url] = _CachedKeys()
        now = self._clock.now()
        if not cached.has_fresh(kid, now):
            if cached.fetch is None and cached.may_fetch(now):
                cached.fetch = asyncio.create_task(self._fetch(cached, account_id, url, now))
            if cached.fetch is not None:  # one fetch serves all that wait for it, and goes on if a caller is cancelled
                await asyncio.shield(cached.fetch)
        if cached.usable_until is None or self._clock.now() >= cached.usable_until:
            raise Unavailable("The shop's keys cannot be read at its JWKS address now. Try again in a moment.")
        return [key for key in cached.keys if key.algorithm == algorithm and kid in (None, key.kid)]

    async def read(self, url: str) -> tuple[PublicKey, ...]:
        """Return the keys at an address, without the cache. Raises `NoKeySet`."""
        return parse_key_set((await self._client.fetch(url)).body)

    async def _fetch(self, cached: _CachedKeys, account_id: AccountId, url: str, now: datetime) -> None:
        cached.tried_at = now
        try:
            cached.fetched(await self._client.fetch(url), now)
        except NoKeySet as problem:
            logger.warning("The JWKS address of account %s gives no keys: %s", account_id, problem)
        finally:
            cached.fetch = None


def parse_key_set(body: bytes) -> tuple[PublicKey, ...]:
    """Return the keys of a JWKS that verify RS256, ES256 or EdDSA. Raises `NoKeySet` if there is none, or too many."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NoKeySet("The response is not JSON.") from None
    given = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(given, list):
        raise NoKeySet("The response has no list `keys`.")
    if len(given) > MAX_KEYS:
        raise NoKeySet(f"The response has more than {MAX_KEYS} keys.")
    keys = tuple(key for jwk in given if isinstance(jwk, dict) and (key := _public_key(jwk)) is not None)
    if not keys:
        raise NoKeySet("The response has no public key for RS256 (2048 to 8192 bits), ES256 or EdDSA (Ed25519).")
    return keys


def _public_key(jwk: Mapping[str, Any]) -> PublicKey | None:
    """The key, or None if it is of no use or not to be trusted."""
    kty, crv, kid = jwk.get("kty"), jwk.get("crv"), jwk.get("kid")
    if not isinstance(kty, str) or not isinstance(crv, str | None) or not isinstance(kid, str | None):
        return None
    algorithm = _ALGORITHMS.get((kty, None if kty == "RSA" else crv))
    operations = jwk.get("key_ops", ["verify"])
    if (
        algorithm is None
        or jwk.get("alg", algorithm) != algorithm
        or jwk.get("use", "sig") != "sig"
        or not isinstance(operations, list)
        or "verify" not in operations
        or "d" in jwk
        or (kty == "RSA" and not _is_sound_rsa(jwk))
    ):
        return None
    try:
        key = PyJWK({name: jwk[name] for name in _PUBLIC if name in jwk}, algorithm)
    except (PyJWTError, ValueError, TypeError):
        return None
    return PublicKey(kid=kid, algorithm=algorithm, key=key)


def _is_sound_rsa(jwk: Mapping[str, Any]) -> bool:
    shortest, longest = _RSA_BITS
    return shortest <= _bits(jwk.get("n")) <= longest and 1 < _bits(jwk.get("e")) <= _EXPONENT_BITS


def _bits(number: object) -> int:
    """The length of a number in Base64urlUInt (RFC 7518); 0 if it is none."""
    try:
        return int.from_bytes(urlsafe_b64decode(str(number) + "==")).bit_length()
    except ValueError:
        return 0
