"""The cookies of sign-in. Scripts cannot read them.

The attempt comes back in a navigation from the provider, so its cookie is SameSite=Lax. The refresh token is sent by
pages of the same site alone (Strict), and to the one path that takes it. The prefixes `__Host-` and `__Secure-` make
browsers refuse the cookies from plain HTTP, and the first one from other hosts of the domain. A cookie knows no port,
so its name has the port of the public address: servers on one machine do not sign each other's members out.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from api.sign_in.origins import Origins
from domain.sign_in.model import ATTEMPT

TOKEN_PATH = "/sign-in/token"  # noqa: S105


class Cookies:
    def __init__(self, origins: Origins) -> None:
        self._secure = origins.is_secure
        port = "" if origins.port is None else f"-{origins.port}"
        self._attempt = f"{'__Host-' if self._secure else ''}baton-sign-in{port}"
        self._refresh = f"{'__Secure-' if self._secure else ''}baton-refresh{port}"
        self._token_path = f"{origins.base_path}{TOKEN_PATH}"

    def attempt(self, request: Request) -> str | None:
        return request.cookies.get(self._attempt)

    def refresh_token(self, request: Request) -> str | None:
        return request.cookies.get(self._refresh)

    def keep_attempt(self, response: Response, sealed: str) -> None:
        response.set_cookie(
            self._attempt,
            sealed,
            max_age=int(ATTEMPT.total_seconds()),
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def forget_attempt(self, response: Response) -> None:
        response.delete_cookie(self._attempt, secure=self._secure, httponly=True, samesite="lax")

    def keep_refresh_token(self, response: Response, token: str, *, expires_at: datetime) -> None:
        response.set_cookie(
            self._refresh,
            token,
            expires=expires_at.astimezone(UTC),
            path=self._token_path,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def forget_refresh_token(self, response: Response) -> None:
        response.delete_cookie(
            self._refresh, path=self._token_path, secure=self._secure, httponly=True, samesite="strict"
        )
