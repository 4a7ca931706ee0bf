"""`/export`: the table as a file, of any size, with the transcripts.

    GET  /export?format=csv&filter={"channel":["SMS"]}
    POST /export  {"format": "ndjson", "filter": {…}, "after": "…"}

The same credentials, permission and filter as `conversations`. Rows stand in the order of their start, which never
changes, and each carries its cursor: an export that broke off goes on with `after:` the last one. It is whole exactly
when the response ends as HTTP has it end; what cuts it short (a revoked credential, a reader that does not read, a
database that is away) breaks the connection. Whatever is wrong before the first row is a status and a JSON body like
GraphQL's: {"errors": [{"message", "extensions": {"code", "path"}}]}.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.export.request import ExportRequest, from_address, from_body, read
from api.export.stream import ExportSource, ExportStream, Page
from api.graphql.ports import Services
from domain.export.ports import Transcripts
from domain.principal import Permission, Principal
from domain.values.errors import ErrorCode, Forbidden, Refusal, Unauthenticated, Unavailable
from domain.values.ids import AccountId
from resolvers.context import Context
from resolvers.errors import argument_path

_BODY_BYTES = 64 << 10
_AT_ONCE = 2  # exports of one account in this process: each reads as fast as its reader takes it
_STATUSES: Mapping[ErrorCode, int] = {ErrorCode.FORBIDDEN: 403, ErrorCode.NOT_FOUND: 404, ErrorCode.RATE_LIMITED: 429}


class _ExportRefused(Exception):
    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.path: list[str] | None = None
        self.headers = headers or {}


class Export:
    def __init__(self, *, services: Services, transcripts: Transcripts) -> None:
        self._services = services
        self._transcripts = transcripts
        self._running: Counter[AccountId] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            principal = await self._authenticate(request)
            with self._slot(principal.account_id):
                stream = await self._prepare(request, principal)
                await stream(scope, receive, send)
        except ClientDisconnect:
            return
        except _ExportRefused as refused:
            await _refusal(refused)(scope, receive, send)

    @contextmanager
    def _slot(self, account_id: AccountId) -> Iterator[None]:
        if self._running[account_id] >= _AT_ONCE:
            message = f"{_AT_ONCE} exports of this account are under way: wait for one to end."
            raise _ExportRefused(429, ErrorCode.RATE_LIMITED, message, headers={"Retry-After": "10"})
        self._running[account_id] += 1
        try:
            yield
        finally:
            self._running[account_id] -= 1
            if not self._running[account_id]:
                del self._running[account_id]

    async def _authenticate(self, request: Request) -> Principal:
        if request.method not in ("GET", "POST"):
            raise _ExportRefused(405, "METHOD_NOT_ALLOWED", "Use GET or POST.", headers={"Allow": "GET, POST"})
        try:
            async with asyncio.timeout(self._services.limits.seconds):
                principal = await self._services.authenticate(request.headers.get("authorization"))
            principal.require(Permission.READ_CONVERSATIONS)
        except Unauthenticated as error:
            raise _ExportRefused(401, "UNAUTHENTICATED", str(error), headers={"WWW-Authenticate": "Bearer"}) from None
        except Forbidden as error:
            raise _ExportRefused(403, error.code, str(error)) from None
        except (Unavailable, TimeoutError) as error:
            raise _unavailable(error) from None
        return principal

    async def _prepare(self, request: Request, principal: Principal) -> ExportStream:
        """With the first page read: what is wrong with the question is known before anything is answered."""
        context = self._services.make_context(principal)
        assert isinstance(context, Context)
        try:
            asked = await self._read(request)
            pages = await ExportSource.begin(context, asked)
            first = await pages.next()
        except Refusal as error:
            refused = _ExportRefused(_STATUSES.get(error.code, 400), error.code, str(error))
            refused.path = argument_path(error)
            raise refused from None
        except (Unavailable, TimeoutError) as error:
            raise _unavailable(error) from None
        return self._stream(principal, asked, pages, first)

    def _stream(self, principal: Principal, asked: ExportRequest, pages: ExportSource, first: Page) -> ExportStream:
        return ExportStream(
            services=self._services,
            transcripts=self._transcripts,
            principal=principal,
            asked=asked,
            pages=pages,
            first=first,
        )

    async def _read(self, request: Request) -> ExportRequest:
        given = from_address(request) if request.method == "GET" else from_body(await self._body(request))
        headers = request.headers
        return read(
            given, accept=headers.get("accept", ""), accept_encoding=",".join(headers.getlist("accept-encoding"))
        )

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async with asyncio.timeout(self._services.limits.seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _BODY_BYTES:
                    raise _ExportRefused(413, "PAYLOAD_TOO_LARGE", f"The body may have {_BODY_BYTES} bytes.")
        return bytes(body)


def _unavailable(error: Exception) -> _ExportRefused:
    return _ExportRefused(503, "UNAVAILABLE", str(error) or "Try again in a moment.", headers={"Retry-After": "1"})


def _refusal(refused: _ExportRefused) -> Response:
    extensions = {"code": str(refused.code), **({"path": refused.path} if refused.path else {})}
    body = {"errors": [{"message": str(refused), "extensions": extensions}]}
    headers = {"Cache-Control": "no-store", **refused.headers}
    return Response(orjson.dumps(body), refused.status, headers, "application/json; charset=utf-8")
