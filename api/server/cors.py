"""Cross-origin requests (CORS): pages of the allowed origins may call with any header.

Credentials travel in `Authorization` and not in cookies, so a page can only send what its own code holds, and a list
of allowed request headers would protect nothing. It would break tracing (`traceparent`, `sentry-trace`) and the names
that clients give themselves.

Sign-in alone uses cookies; its endpoints have a stricter rule of their own (`api/sign_in/endpoints.py`). The page that
confirms an e-mail address is read by no other page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.email_confirmation.tokens import CONFIRM_PATH

_EXPOSED = (  # scripts may read only these
    "allow",
    "accept-ranges",
    "content-disposition",
    "content-range",
    "etag",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "www-authenticate",
    "x-request-id",
)
_EXCEPT = ("/sign-in/", CONFIRM_PATH)
_PREFLIGHT_SECONDS = 86_400  # browsers keep a preflight's result for a day at most (Chrome for two hours)


class _WithoutCookies(CORSMiddleware):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_EXCEPT):
            await self.app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Like Starlette's, which takes a twentieth of the time of a small query to find that there is no `Origin`."""
        if message["type"] == "http.response.start" and "origin" not in request_headers:
            headers = message.get("headers", ())
            vary = b", ".join([*(value for name, value in headers if name == b"vary"), b"Origin"])
            message["headers"] = [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)]
            await send(message)
        else:
            await super().send(message, send, request_headers)


def cors(allowed_origins: Sequence[str]) -> Middleware:
    return Middleware(
        _WithoutCookies,
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST", "PUT"],
        allow_headers=["*"],
        expose_headers=list(_EXPOSED),
        max_age=_PREFLIGHT_SECONDS,
    )


def with_cors(app: ASGIApp, allowed_origins: Sequence[str]) -> ASGIApp:
    """Return an application that is not a route of Starlette's, with the same rules."""
    middleware = cors(allowed_origins)
    return cast("ASGIApp", middleware.cls(app, *middleware.args, **middleware.kwargs))
