"""Implements `SignInProvider`, and verifies a provider when it is connected."""

from __future__ import annotations

import logging

import httpx
from authlib.oauth2.base import OAuth2Error

from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.public_addresses import SIGN_IN, check_address
from domain.sign_in.errors import SignInRefused
from domain.sign_in.model import ProviderIdentity, SignInAttempt, SignInSettings
from domain.values.errors import Invalid, Unavailable
from domain.values.record import replace
from integrations.oidc.discovery import BadProvider, Discovery, ProviderMetadata
from integrations.oidc.http_client import NoProvider, ProviderHttpClient
from integrations.oidc.id_tokens import IdTokens, email_in, is_email_verified
from integrations.oidc.oauth_client import OAuthClient

logger = logging.getLogger("baton.sign_in")


class OidcVerifier:
    """Verifies a provider by its discovery document (port: `CredentialVerifier`). The client's id and secret prove
    themselves at the first sign-in: no call of the standard checks them without a person."""

    def __init__(self, discovery: Discovery, *, private_networks: bool) -> None:
        self._discovery = discovery
        self._private_networks = private_networks

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        issuer = connection.settings["issuer"]
        check_address(issuer, private_networks=self._private_networks, field="issuer", traffic=SIGN_IN)
        try:
            metadata = await self._discovery.read(issuer)
        except BadProvider as problem:
            raise Invalid(str(problem), field="issuer") from None
        except NoProvider as problem:
            raise Unavailable(f"The provider cannot be reached: {problem}") from None
        return VerificationResult(display_name=metadata.issuer)


class OidcProvider:
    def __init__(
        self, *, http: ProviderHttpClient, discovery: Discovery, id_tokens: IdTokens, redirect_uri: str
    ) -> None:
        self._http = http
        self._discovery = discovery
        self._id_tokens = id_tokens
        self._redirect_uri = redirect_uri

    async def authorization_url(self, settings: SignInSettings, attempt: SignInAttempt) -> str:
        metadata = await self._metadata(settings)
        url, _ = self._client(settings, metadata).create_authorization_url(
            metadata.authorization_endpoint,
            state=attempt.state,
            code_verifier=attempt.verifier,
            nonce=attempt.nonce,
        )
        return str(url)

    async def redeem(
        self, settings: SignInSettings, attempt: SignInAttempt, code: str, *, issuer: str | None
    ) -> ProviderIdentity:
        metadata = await self._metadata(settings)
        names_itself = issuer is not None or metadata.authorization_response_iss_parameter_supported
        if names_itself and issuer != settings.issuer:
            raise SignInRefused("The response is not of the provider that you were sent to (RFC 9207).")
        token = await self._token(settings, metadata, attempt, code)
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str):
            raise SignInRefused("Your provider returned no ID token: its client here needs the scope `openid`.")
        access_token = access_token if isinstance(access_token, str) else None
        identity = await self._id_tokens.identity(id_token, settings, attempt, metadata, access_token=access_token)
        if identity.email is None and access_token is not None and metadata.userinfo_endpoint is not None:
            return await self._with_email(identity, metadata.userinfo_endpoint, access_token)
        return identity

    async def _with_email(self, identity: ProviderIdentity, endpoint: str, access_token: str) -> ProviderIdentity:
        """Return the identity with the e-mail address of the UserInfo endpoint: strict providers leave the address out
        of the ID token (OpenID Connect Core 1.0, section 5.4)."""
        try:
            response = await self._http.send(
                "GET", endpoint, issuer=identity.issuer, headers={"authorization": f"Bearer {access_token}"}
            )
            claims = response.json() if response.status_code == 200 else None
        except NoProvider as problem:
            raise Unavailable(f"Your sign-in provider cannot be reached: {problem}") from None
        except (ValueError, RecursionError):
            claims = None
        if not isinstance(claims, dict) or claims.get("sub") != identity.subject:  # section 5.3.2
            return identity
        return replace(identity, email=email_in(claims), email_verified=is_email_verified(claims))

    async def _token(
        self, settings: SignInSettings, metadata: ProviderMetadata, attempt: SignInAttempt, code: str
    ) -> dict[str, object]:
        try:
            token = await self._client(settings, metadata).fetch_token(
                metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=attempt.verifier
            )
        except OAuth2Error as error:
            logger.warning("The provider of account %s refused a code: %s", attempt.account_id, str(error.error)[:80])
            raise SignInRefused("Your provider refused to complete the sign-in. Start again.") from None
        except NoProvider as problem:
            raise Unavailable(f"Your sign-in provider cannot be reached: {problem}") from None
        except (httpx.HTTPError, ValueError):
            raise SignInRefused("Your provider's response cannot be read. Start again.") from None
        return dict(token)

    async def _metadata(self, settings: SignInSettings) -> ProviderMetadata:
        try:
            return await self._discovery.metadata(settings.issuer)
        except NoProvider as problem:
            raise Unavailable(f"Your sign-in provider cannot be reached: {problem}") from None
        except BadProvider as problem:
            raise SignInRefused(f"Your sign-in provider cannot be used: {problem}") from None

    def _client(self, settings: SignInSettings, metadata: ProviderMetadata) -> OAuthClient:
        return OAuthClient(
            self._http,
            issuer=settings.issuer,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            auth_methods=metadata.token_endpoint_auth_methods_supported,
            redirect_uri=self._redirect_uri,
        )
