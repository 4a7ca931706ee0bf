"""A shop's JWKS address: it serves public keys, and signs identity tokens with the private ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.fakes.server import Fake

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair of the shop."""

    kid: str
    algorithm: str
    private: PrivateKey

    @property
    def public(self) -> dict[str, Any]:
        """The key as it is published."""
        public: Any = self.private.public_key()
        converter = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}[self.algorithm]
        jwk: dict[str, Any] = converter.to_jwk(public, as_dict=True)
        return {**jwk, "kid": self.kid, "use": "sig", "alg": self.algorithm}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token of this key. `kid=None` leaves the key ID out."""
        headers = {name: value for name, value in {"kid": self.kid, **header}.items() if value is not None}
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers=headers)


def new_key(kid: str, algorithm: str = "ES256") -> SigningKey:
    made: dict[str, Any] = {
        "RS256": lambda: rsa.generate_private_key(public_exponent=65_537, key_size=2_048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }
    return SigningKey(kid, algorithm, made[algorithm]())


class KeySet(Fake):
    """`GET /jwks.json` returns `keys`, or `body` where a test sets one."""

    name = "key_set"
    url = ""  # set by `serving`

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = list(keys)
        self.body: bytes | None = None
        self.headers: dict[str, str] = {}
        super().__init__()

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks.json"

    def routes(self) -> list[Route]:
        return [Route("/jwks.json", self._serve, methods=["GET"])]

    def state(self) -> object:
        return {"keys": [key.public for key in self.keys]}

    async def _serve(self, _: Request) -> Response:
        if self.body is not None:
            return Response(self.body, headers=self.headers)
        return JSONResponse({"keys": [json.loads(json.dumps(key.public)) for key in self.keys]}, headers=self.headers)
