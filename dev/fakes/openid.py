"""A small OpenID provider: the authorization code flow with PKCE, without a login page.

Whoever comes to /authorize is `user`. `changes` replaces claims of the next ID tokens (None leaves one out), and `sign`
makes the token, so that tests can have wrong ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake

CLIENT_ID = "baton"
CLIENT_SECRET = "a-secret:100%+of"

Claims = dict[str, Any]


class SigningKey:
    def __init__(self, algorithm: str = "RS256") -> None:
        self.kid = secrets.token_hex(4)
        self.algorithm = algorithm
        self.private: Any = (
            rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
            if algorithm == "RS256"
            else ec.generate_private_key(ec.SECP256R1())
        )

    def jwk(self) -> dict[str, Any]:
        maker: Any = RSAAlgorithm if self.algorithm == "RS256" else ECAlgorithm
        public: dict[str, Any] = json.loads(maker.to_jwk(self.private.public_key()))
        return {**public, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    def sign(self, claims: Claims) -> str:
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.kid})


class OpenId(Fake):
    """One provider with one client."""

    name = "openid"
    issuer = ""  # set by the one who serves it

    def __init__(self, *, client_secret: str | None = CLIENT_SECRET, now: Callable[[], datetime] | None = None) -> None:
        self.client_secret = client_secret
        self.user: Claims = {"sub": "1", "email": "owner@shop.example", "email_verified": True}
        self.key = SigningKey()
        self.published = [self.key]
        self.changes: Claims = {}
        self.metadata: dict[str, Any] = {}  # replaces members of the discovery document
        self.sign: Callable[[Claims], str] | None = None
        self.in_userinfo = False  # whether the e-mail address is left out of the ID token
        self.response_issuer: str | None = None  # the parameter `iss` of the response; None: the issuer
        self._codes: dict[str, Mapping[str, Any]] = {}
        self._access: dict[str, Claims] = {}
        self._now = now or (lambda: datetime.now(UTC))
        super().__init__()

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish that one only."""
        self.key = SigningKey()
        self.published = [self.key]

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/jwks", self._jwks),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/userinfo", self._userinfo),
        ]

    async def _configuration(self, _: Request) -> Response:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }
        return JSONResponse({name: value for name, value in found.items() if value is not None})

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse({"keys": [key.jwk() for key in self.published]})

    async def _authorize(self, request: Request) -> Response:
        given = request.query_params
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "scope": "openid email",
            "code_challenge_method": "S256",
        }
        if any(given.get(name) != value for name, value in asked.items()) or not given.get("nonce"):
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**given, "user": dict(self.user)}
        issuer = self.issuer if self.response_issuer is None else self.response_issuer
        query = urlencode({"code": code, "state": given["state"], "iss": issuer})
        return RedirectResponse(f"{given['redirect_uri']}?{query}", 303)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant", "error_description": "no such code"}, 400)
        access_token = secrets.token_urlsafe(16)
        self._access[access_token] = asked["user"]
        id_token = (self.sign or self.key.sign)(self._claims(asked))
        return JSONResponse(
            {"access_token": access_token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}
        )

    async def _userinfo(self, request: Request) -> Response:
        user = self._access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse(user) if user is not None else JSONResponse({"error": "invalid_token"}, 401)

    def _claims(self, asked: Mapping[str, Any]) -> Claims:
        now = int(self._now().timestamp())
        user = {"sub": asked["user"]["sub"]} if self.in_userinfo else asked["user"]
        times = {"iat": now, "exp": now + 300}
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": asked["nonce"], **times, **user, **self.changes}
        return {name: value for name, value in claims.items() if value is not None}

    def _is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        if self.client_secret is None:
            return form.get("client_id") == CLIENT_ID
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            return False
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        return (unquote(client_id), unquote(secret)) == (CLIENT_ID, self.client_secret)
