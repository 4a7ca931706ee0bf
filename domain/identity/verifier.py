"""Verifies identity tokens: a JWT (RFC 7519) that the shop signed, with the keys of its account.

The algorithm of the header only chooses among the keys: a secret verifies HS256, a public key the algorithm of its
type. So a token is never verified with the text of a public key as a secret, and `none` verifies nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from jwt import PyJWK, PyJWS
from jwt.exceptions import InvalidTokenError, PyJWTError

from domain.connected_services.ports import CannotOpen, Vault
from domain.identity.key_sets import KeySets
from domain.model.identity import IdentityKeys, ProvedIdentity, sealing_place_of_identity_keys
from domain.storage import Storage
from domain.values.clock import Clock
from domain.values.contacts import check_email, check_phone
from domain.values.errors import Field, Invalid, Unavailable
from domain.values.ids import AccountId
from domain.values.text import check_label

LONGEST_TOKEN = 8_192  # characters
LONGEST_LIFE = timedelta(hours=24)  # from now to `exp`
_LAST_INSTANT = 2**53  # seconds that a double counts exactly, far beyond any date
CLOCK_LEEWAY = timedelta(seconds=30)  # by which the shop's clock may be ahead of ours

_SYMMETRIC: Final = "HS256"
_PUBLIC: Final = ("RS256", "ES256", "EdDSA")
_JWS: Final = PyJWS(algorithms=[_SYMMETRIC, *_PUBLIC])
_MALFORMED = "This is not a JWT: send the signed token as it is, three parts with dots between them."

Audiences = Callable[[AccountId], Sequence[str]]


class KeyedIdentityVerifier:
    """Implements `IdentityVerifier` with the keys of the account. `audiences` are the forms of an account's id that a
    token may name as `aud`."""

    def __init__(
        self, *, storage: Storage, vault: Vault, key_sets: KeySets, clock: Clock, audiences: Audiences
    ) -> None:
        self._storage = storage
        self._vault = vault
        self._key_sets = key_sets
        self._clock = clock
        self._audiences = audiences

    async def verify(self, account_id: AccountId, token: str, *, field: Field) -> ProvedIdentity:
        """Return what an identity token proves. Raises `Invalid` with the reason, `Unavailable` if the keys at the
        account's JWKS address cannot be read now."""
        algorithm, kid = _header(token, field)
        stored = await self._storage.read(account_id).get(IdentityKeys, account_id)
        if stored is None:
            raise Invalid("The account has no key for identity tokens: set one with updateIdentityKeys.", field=field)
        if algorithm == _SYMMETRIC:
            keys: Sequence[bytes | PyJWK] = self._secrets(stored, kid, field)
        else:
            keys = await self._public_keys(stored, algorithm, kid, field)
        claims = _claims(_signed_content(token, keys, algorithm, field), field)
        now = self._clock.now()
        _check_audience(claims, self._audiences(account_id), field)
        _check_times(claims, now, field)
        return _identity(claims, field)

    def _secrets(self, stored: IdentityKeys, kid: str | None, field: Field) -> list[bytes]:
        valid = stored.valid_secrets(self._clock.now())
        if not valid:
            raise Invalid("The account has no secret for HS256: create one with updateIdentityKeys.", field=field)
        named = [secret for secret in valid if kid in (None, secret.id)]
        if not named:
            raise Invalid("The token's `kid` names no secret of the account, or one that has ended.", field=field)
        try:
            secrets = self._vault.open(stored.sealed, place=sealing_place_of_identity_keys(stored.id))
        except CannotOpen:
            raise Unavailable("The account's identity secrets cannot be decrypted on this server now.") from None
        return [secrets[secret.id].encode() for secret in named if secret.id in secrets]

    async def _public_keys(self, stored: IdentityKeys, algorithm: str, kid: str | None, field: Field) -> list[PyJWK]:
        if stored.jwks_url is None:
            raise Invalid(
                f"The account has no JWKS address for {algorithm}: set it with updateIdentityKeys, or sign with HS256.",
                field=field,
            )
        found = await self._key_sets.keys(stored.id, stored.jwks_url, algorithm=algorithm, kid=kid)
        if not found:
            which = "with the token's `kid`" if kid is not None else "of the token's algorithm"
            raise Invalid(f"There is no key {which} at the account's JWKS address.", field=field)
        return [public.key for public in found]


def _header(token: str, field: Field) -> tuple[str, str | None]:
    """The algorithm and the key ID."""
    if len(token) > LONGEST_TOKEN:
        raise Invalid(f"An identity token has at most {LONGEST_TOKEN:,} characters.", field=field)
    if not token.isascii():
        raise Invalid(_MALFORMED, field=field)
    try:
        header = _JWS.get_unverified_header(token)
    except InvalidTokenError:
        raise Invalid(_MALFORMED, field=field) from None
    algorithm = header.get("alg")
    if algorithm != _SYMMETRIC and algorithm not in _PUBLIC:
        raise Invalid(
            "The token's `alg` is not accepted: sign with HS256, RS256, ES256 or EdDSA (Ed25519).", field=field
        )
    return algorithm, header.get("kid")


def _signed_content(token: str, keys: Iterable[bytes | PyJWK], algorithm: str, field: Field) -> bytes:
    for key in keys:
        try:
            content: bytes = _JWS.decode(token, key, algorithms=[algorithm])
        except PyJWTError:
            continue
        return content
    raise Invalid("The token's signature is wrong: it was signed with another key, or changed.", field=field)


def _claims(content: bytes, field: Field) -> dict[str, Any]:
    try:
        claims = json.loads(content)
    except (ValueError, RecursionError):
        claims = None
    if not isinstance(claims, dict):
        raise Invalid(_MALFORMED, field=field)
    return claims


def _check_audience(claims: dict[str, Any], audiences: Sequence[str], field: Field) -> None:
    given = claims.get("aud")
    if given is None:
        raise Invalid("The token has no `aud`: set it to the ID of the account.", field=field)
    if not any(one in audiences for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)):
        raise Invalid("The token's `aud` is not the ID of this account.", field=field)


def _check_times(claims: dict[str, Any], now: datetime, field: Field) -> None:
    expires = _instant(claims, "exp", field)
    if expires is None:
        raise Invalid("The token has no `exp`: set it to at most 24 hours ahead.", field=field)
    if expires <= now.timestamp():
        raise Invalid("The token has expired: have the shop sign a new one.", field=field)
    if expires > (now + LONGEST_LIFE + CLOCK_LEEWAY).timestamp():
        raise Invalid("The token's `exp` is more than 24 hours ahead.", field=field)
    for name in ("nbf", "iat"):
        begins = _instant(claims, name, field)
        if begins is not None and begins > (now + CLOCK_LEEWAY).timestamp():
            raise Invalid(f"The token is not valid yet: its `{name}` is in the future.", field=field)


def _instant(claims: dict[str, Any], name: str, field: Field) -> float | None:
    """The seconds since 1970 of a NumericDate."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-_LAST_INSTANT, min(value, _LAST_INSTANT))  # JSON has integers that no double can hold
    if not isinstance(value, float) or not math.isfinite(value):
        raise Invalid(f"The token's `{name}` must be a number of seconds since 1970.", field=field)
    return value


def _identity(claims: dict[str, Any], field: Field) -> ProvedIdentity:
    external_id = _checked(claims, "sub", lambda text: check_label(text, field=field), field)
    if external_id is None:
        raise Invalid("The token has no `sub`: set it to the shop's own ID of the customer.", field=field)
    return ProvedIdentity(
        external_id=external_id,
        email=_checked(claims, "email", lambda text: check_email(text, field=field), field),
        phone=_checked(claims, "phone", lambda text: check_phone(text, field=field), field),
        name=_checked(claims, "name", lambda text: check_label(text, field=field), field),
    )


def _checked(claims: dict[str, Any], name: str, check: Callable[[str], str], field: Field) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid(f"The token's `{name}` must be a text.", field=field)
    try:
        return check(value)
    except Invalid as wrong:
        raise Invalid(f"The token's `{name}` cannot be used: {wrong.message}", field=field) from None
