"""Gorgias as its pages and its clients' code describe it: one account, with basic authentication."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.server import Fake

Handler = Callable[[Request], Awaitable[Response]]


class Gorgias(Fake):
    name = "gorgias"
    url = ""  # where it is served

    def __init__(self, *, domain: str = "acme", keys: Mapping[str, str] | None = None) -> None:
        self.domain = domain
        self.keys = dict(keys or {"ada@acme.example": "gorgias-key"})
        self.lesser: set[str] = set()  # users who may not
        super().__init__()

    def routes(self) -> list[Route]:
        return [Route("/api/account", self._known(self._account), methods=["GET"])]

    def _known(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            email, _, key = base64.b64decode(given).decode().partition(":") if scheme.lower() == "basic" else ("",) * 3
            if not key or self.keys.get(email) != key:
                return _error(401, "Invalid credentials")
            if email in self.lesser:
                return _error(403, "You don't have the permission to access the requested resource.")
            return await handler(request)

        return checked

    async def _account(self, _: Request) -> Response:
        return JSONResponse({"domain": self.domain, "created_datetime": "2017-11-23T15:59:41", "settings": []})


def _error(status: int, words: str, data: object = None) -> JSONResponse:
    return JSONResponse({"error": {"msg": words, **({"data": data} if data else {})}}, status)
