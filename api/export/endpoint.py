"""`/export` and `/export/audit`: conversations with their transcripts, and the audit log, as files of any size.

    GET  /export?format=csv&filter={"channel":["SMS"]}
    POST /export  {"format": "ndjson", "filter": {…}, "after": "…"}

They take the same credentials, permission and filter as `conversations` and `auditLog`. The order of the rows never
changes, and each carries its cursor: an export that broke off continues with `after:` the last cursor received. The
audit log records each export before its first byte is sent.

The file is complete exactly when the response ends regularly; whatever cuts it short (a revoked credential, a reader
that does not read, an outage of the database) breaks the connection. A request that is refused before the first row
gets a status and a JSON body like GraphQL's: {"errors": [{"message", "extensions": {"code", "path"}}]}.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.auth import authenticate_request
from api.body import read_limited
from api.export.content import ExportKind
from api.export.request import ExportRequest, from_address, from_body, read
from api.export.stream import ExportStream
from api.graphql.cost.budget import OverBudget
from api.graphql.ports import Services
from api.refusal import RequestRefused
from domain.principal import Principal
from domain.values.errors import ErrorCode, Forbidden, Refusal, Unauthenticated, Unavailable
from domain.values.ids import AccountId
from resolvers.context import Context
from resolvers.errors import argument_path

_BODY_BYTES = 64 << 10  # a filter fits whose lists are full (100 values each)
_AT_ONCE = 2  # exports of one account in this process: each reads the database as fast as its reader takes the rows
_SLOT_RETRY = {"Retry-After": "10"}  # seconds; exports take from seconds to minutes
_STATUSES: Mapping[ErrorCode, int] = {ErrorCode.FORBIDDEN: 403, ErrorCode.NOT_FOUND: 404, ErrorCode.RATE_LIMITED: 429}


class Export:
    def __init__(self, *, services: Services, kind: ExportKind, running: Counter[AccountId]) -> None:
        """`running` counts the exports of each account; all kinds of exports share it."""
        self._services = services
        self._kind = kind
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            principal = await self._authenticate(request)
            with self._slot(principal.account_id):
                stream = await self._prepare(request, principal)
                await stream(scope, receive, send)
        except ClientDisconnect:
            return
        except RequestRefused as refused:
            await _refusal(refused)(scope, receive, send)

    @contextmanager
    def _slot(self, account_id: AccountId) -> Iterator[None]:
        if self._running[account_id] >= _AT_ONCE:
            self._services.budgets.refused["exports"] += 1
            message = f"{_AT_ONCE} exports of this account are running: wait until one has ended."
            raise RequestRefused(429, message, code=ErrorCode.RATE_LIMITED, headers=_SLOT_RETRY)
        self._running[account_id] += 1
        try:
            yield
        finally:
            self._running[account_id] -= 1
            if not self._running[account_id]:
                del self._running[account_id]

    async def _authenticate(self, request: Request) -> Principal:
        if request.method not in ("GET", "POST"):
            message = "Use GET or POST."
            raise RequestRefused(405, message, code="METHOD_NOT_ALLOWED", headers={"Allow": "GET, POST"})
        seconds = self._services.limits.seconds
        principal = await authenticate_request(request, self._services.authenticate, seconds=seconds)
        try:
            principal.require(self._kind.permission)
        except Unauthenticated as error:
            headers = {"WWW-Authenticate": "Bearer"}
            raise RequestRefused(401, str(error), code="UNAUTHENTICATED", headers=headers) from None
        except Forbidden as error:
            raise RequestRefused(403, str(error), code=error.code) from None
        return principal

    async def _prepare(self, request: Request, principal: Principal) -> ExportStream:
        """Return the response, its first page already read: a wrong request is refused before the response begins."""
        context = self._services.make_context(principal)
        assert isinstance(context, Context)
        try:
            asked = await self._read(request)
            content = await self._kind.begin(context, asked)
            await context.services.audit.record_export(principal, self._kind.name, **_described(asked))
        except Refusal as error:
            status = _STATUSES.get(error.code, 400)
            raise RequestRefused(status, str(error), code=error.code, path=tuple(argument_path(error) or ())) from None
        except Unavailable as error:
            raise RequestRefused(503, str(error), code="UNAVAILABLE", headers={"Retry-After": "1"}) from None
        except OverBudget as over:
            raise RequestRefused(429, str(over), code=ErrorCode.RATE_LIMITED, headers=over.headers) from None
        return ExportStream(
            services=self._services, principal=principal, asked=asked, name=self._kind.name, content=content
        )

    async def _read(self, request: Request) -> ExportRequest:
        if request.method == "GET":
            given = from_address(request)
        else:
            seconds = self._services.limits.seconds
            with self._services.bodies.share() as share:
                given = from_body(await read_limited(request, share, max_bytes=_BODY_BYTES, seconds=seconds))
        headers = request.headers
        return read(
            given,
            self._kind.parameters,
            accept=headers.get("accept", ""),
            accept_encoding=",".join(headers.getlist("accept-encoding")),
        )


def _described(asked: ExportRequest) -> dict[str, object]:
    """Return the parameters for the audit log. The words of a search are left out, since they may name a shopper, whose
    data can be erased from elsewhere."""
    given = asked.filter
    if isinstance(given, dict) and "search" in given:
        given = {**given, "search": "…"}
    return {
        "format": asked.format,
        "filter": None if given is None else orjson.dumps(given).decode(),
        "resumed": None if asked.after is None else True,
    }


def _refusal(refused: RequestRefused) -> Response:
    headers = {"Cache-Control": "no-store", **refused.headers}
    return Response(
        orjson.dumps({"errors": [refused.entry]}), refused.status, headers, "application/json; charset=utf-8"
    )
