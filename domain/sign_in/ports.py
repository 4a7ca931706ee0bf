"""The port to OpenID providers."""

from __future__ import annotations

from typing import Protocol

from domain.sign_in.model import ProviderIdentity, SignInAttempt, SignInSettings


class SignInProvider(Protocol):
    """The authorization code flow with PKCE, at the provider of the settings."""

    async def authorization_url(self, settings: SignInSettings, attempt: SignInAttempt) -> str:
        """Return the address at the provider for this attempt. Raises `Unavailable` if the provider cannot be
        reached, `SignInRefused` if what it publishes about itself cannot be used."""

    async def redeem(
        self, settings: SignInSettings, attempt: SignInAttempt, code: str, *, issuer: str | None
    ) -> ProviderIdentity:
        """Exchange an authorization code, check the ID token, and return the identity in it.

        `issuer` is that of the authorization response (RFC 9207). Raises `SignInRefused` if the code or the token is
        refused, `Unavailable` if the provider does not respond.
        """
