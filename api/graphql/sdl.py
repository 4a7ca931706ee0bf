"""`GET /schema.graphql`: the schema as SDL, for code generators and editors.

Introspection is not enough for them: most tools do not ask for `isOneOf`, and then show every field of a `@oneOf` input
as optional.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_MAX_AGE = 300  # seconds: a new release shows up within minutes, and a page of tools asks once


class SchemaEndpoint:
    """An ASGI endpoint. `sdl` is called at the first request, because printing the schema takes some 100 ms."""

    def __init__(self, sdl: Callable[[], str]) -> None:
        self._sdl = sdl

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            response = Response("Use GET.\n", 405, {"Allow": "GET, HEAD"}, "text/plain")
        elif self._is_known(request.headers.get("if-none-match", "")):
            response = Response(status_code=304, headers=self._headers)
        else:
            response = Response(self._text, headers=self._headers, media_type="text/plain")
        await response(scope, receive, send)

    @cached_property
    def _text(self) -> bytes:
        return self._sdl().encode()

    @cached_property
    def _headers(self) -> dict[str, str]:
        etag = f'"{sha256(self._text).hexdigest()[:32]}"'
        return {"ETag": etag, "Cache-Control": f"public, max-age={_MAX_AGE}", "X-Content-Type-Options": "nosniff"}

    def _is_known(self, if_none_match: str) -> bool:
        """Compare entity tags weakly (RFC 9110, section 13.1.2): proxies that compress make a tag weak."""
        known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return "*" in known or self._headers["ETag"] in known
