"""The requests of the authorization code flow, made by Authlib and sent by our own client.

Authlib's httpx integration is not used: it follows what the library's session is given, and the guard against SSRF and
the bounds are in `http_client.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.client import OAuth2Client

from integrations.oidc.http_client import ProviderHttpClient

_BASIC, _POST, _NONE = "client_secret_basic", "client_secret_post", "none"


class OAuthClient(OAuth2Client):  # type: ignore[misc]  # Authlib has no types
    """One client at one provider."""

    def __init__(
        self,
        http: ProviderHttpClient,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        auth_methods: tuple[str, ...],
        redirect_uri: str,
    ) -> None:
        super().__init__(
            session=None,
            client_id=client_id,
            client_secret=client_secret,
            token_endpoint_auth_method=_auth_method(client_secret, auth_methods),
            scope="openid email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        self._http = http
        self._issuer = issuer
        self.register_client_auth_method((_BASIC, _encode_basic))

    async def _fetch_token(
        self, url: str, body: str = "", headers: Mapping[str, str] | None = None, auth: Any = None, method: str = "POST"
    ) -> Any:
        url, sent, body = auth.prepare(method, url, dict(headers or {}), body)
        response = await self._http.send(method, url, issuer=self._issuer, headers=sent, content=body.encode())
        return self.parse_response_token(response)


def _auth_method(client_secret: str | None, offered: tuple[str, ...]) -> str:
    """A secret in the body reads the same everywhere; for one in the header, providers disagree on the encoding."""
    if client_secret is None:
        return _NONE
    return _POST if _POST in offered else _BASIC


def _encode_basic(
    client: Any, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    """RFC 6749, section 2.3.1: both parts are form-encoded first. Authlib leaves that out."""
    encoded = _Encoded(quote(client.client_id, safe=""), quote(client.client_secret, safe=""))
    made: tuple[str, dict[str, str], str] = encode_client_secret_basic(encoded, method, uri, headers, body)
    return made


class _Encoded:
    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
