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

from api.http_headers import is_known

_MAX_AGE = 300  # seconds: a new release shows up within minutes, and a page of tools asks once


class SchemaEndpoint:
    """An ASGI endpoint. `sdl` is called at the first request, because printing the schema takes some 100 ms."""

    def __init__(self, sdl: Callable[[], str]) -> None:
        self._sdl = sdl

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD"):
            response = Response("Use GET.\n", 405, {"Allow": "GET, HEAD"}, "text/plain")
        elif is_known(self._headers["ETag"], request.headers.get("if-none-match", "")):
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
