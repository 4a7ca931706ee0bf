"""Checks ID tokens (OpenID Connect Core 1.0, section 3.1.3.7): PyJWT the signature, Authlib the claims.

The algorithm of the header only chooses among the keys of the provider's JWKS, and a key verifies the algorithm of its
type alone. So `none` and HMAC verify nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from jwt import PyJWS
from jwt.exceptions import InvalidTokenError, PyJWTError

from domain.identity.key_sets import KeySets, PublicKey
from domain.sign_in.errors import SignInRefused
from domain.sign_in.model import ProviderIdentity, SignInAttempt, SignInSettings
from domain.values.clock import Clock
from integrations.oidc.discovery import ALGORITHMS, ProviderMetadata

_LONGEST = 16_384  # characters; providers add groups and the like
_LONGEST_CLAIM = 1_000  # characters
_LEEWAY = 60  # seconds by which the clocks may differ
_JWS: Final = PyJWS(algorithms=list(ALGORITHMS))
_MALFORMED = "Your provider returned no valid ID token."


class IdTokens:
    def __init__(self, *, key_sets: KeySets, clock: Clock) -> None:
        self._key_sets = key_sets
        self._clock = clock

    async def identity(
        self,
        token: str,
        settings: SignInSettings,
        attempt: SignInAttempt,
        metadata: ProviderMetadata,
        *,
        access_token: str | None,
    ) -> ProviderIdentity:
        """Return the identity in an ID token for this attempt. Raises `SignInRefused` with what is wrong, `Unavailable`
        if the provider's keys cannot be read."""
        header = _header(token)
        algorithm = header["alg"]
        keys = await self._key_sets.keys(
            attempt.account_id, metadata.jwks_uri, algorithm=algorithm, kid=header.get("kid")
        )
        claims = _claims(_signed_content(token, keys, algorithm))
        checked = CodeIDToken(
            claims,
            header,
            options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
            params={"nonce": attempt.nonce, "client_id": settings.client_id, "access_token": access_token},
        )
        try:
            checked.validate(now=int(self._clock.now().timestamp()), leeway=_LEEWAY)
        except (JoseError, TypeError, ValueError) as problem:
            raise SignInRefused(_problem(problem)) from None
        return ProviderIdentity(
            issuer=settings.issuer,
            subject=_text(claims, "sub") or _refuse(_MALFORMED),
            email=email_in(claims),
            email_verified=is_email_verified(claims),
        )


def email_in(claims: dict[str, Any]) -> str | None:
    """Return the e-mail address among the claims of an ID token, or of the UserInfo endpoint."""
    return _text(claims, "email")


def is_email_verified(claims: dict[str, Any]) -> bool:
    """Whether the provider vouches for the e-mail address. Some providers send the claim as a text."""
    verified = claims.get("email_verified")
    return verified is True or verified == "true"


def _header(token: str) -> dict[str, Any]:
    if len(token) > _LONGEST or not token.isascii():
        raise SignInRefused(_MALFORMED)
    try:
        header: dict[str, Any] = _JWS.get_unverified_header(token)
    except InvalidTokenError:
        raise SignInRefused(_MALFORMED) from None
    if header.get("alg") not in ALGORITHMS:
        raise SignInRefused(f"Your provider's ID token is not signed with {', '.join(ALGORITHMS)}.")
    return header


def _signed_content(token: str, keys: Iterable[PublicKey], algorithm: str) -> bytes:
    for public in keys:
        try:
            content: bytes = _JWS.decode(token, public.key, algorithms=[algorithm])
        except PyJWTError:
            continue
        return content
    raise SignInRefused("The signature of your provider's ID token is wrong, or its key is not published.")


def _claims(content: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(content)
    except (ValueError, RecursionError):
        claims = None
    return claims if isinstance(claims, dict) else _refuse(_MALFORMED)


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM else None


def _problem(problem: Exception) -> str:
    if isinstance(problem, ExpiredTokenError):
        return "Your provider's ID token has expired."
    if isinstance(problem, InvalidClaimError | MissingClaimError):
        return f"Your provider's ID token is not for this sign-in: {problem.description or problem.error}"
    return _MALFORMED


def _refuse(message: str) -> Any:
    raise SignInRefused(message)
