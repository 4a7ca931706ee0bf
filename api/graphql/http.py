"""GraphQL over HTTP: one endpoint for POST and GET, in the two JSON media types and as an event stream.

Conforms to the audits of npm's `graphql-http`. Where they and the newer draft part ways, a request that cannot be run
answers 400 (the draft says 422) and a partial result 200 (the draft says 294): clients and proxies know these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.graphql.errors import TIMEOUT, UNAUTHENTICATED, UNAVAILABLE, ErrorEntry
from api.graphql.executor import Operation, OperationResult
from api.graphql.negotiation import JSON, RESPONSE_JSON, Accepted, negotiate
from api.graphql.ports import Services
from api.graphql.request import BadRequest, GraphQLRequest, read_request
from api.graphql.sse import EventStream
from api.server.abort import abort
from domain.principal import Principal
from domain.values.errors import Unauthenticated, Unavailable

_ALWAYS = {"Cache-Control": "no-store", "Vary": "Accept"}
_RETRY = {"Retry-After": "1"}
_REQUEST_ERROR = 400

IDE = Callable[[Request], Response]


class _RequestRefused(Exception):
    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


class GraphQLHTTP:
    """`ide` answers a browser that opens the endpoint; None: there is no such page."""

    def __init__(self, *, services: Services, ide: IDE | None) -> None:
        self._services = services
        self._ide = ide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        accepted = negotiate(",".join(request.headers.getlist("accept")))
        media_type = accepted.json or JSON
        try:
            response = await self._respond(request, accepted)
        except _RequestRefused as refused:
            entry: ErrorEntry = {"message": str(refused), "extensions": {"code": refused.code}}
            response = _json({"errors": [entry]}, refused.status, media_type, refused.headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the boundary of a request
            entry = self._services.executor.errors.failure(error)
            response = _json({"errors": [entry]}, 500, media_type, {})
        try:
            await response(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the same boundary; the answer has begun, and can only break off
            self._services.executor.errors.failure(error)
            abort(scope)

    async def _respond(self, request: Request, accepted: Accepted) -> ASGIApp:
        if request.method not in ("GET", "POST"):
            raise _RequestRefused(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", {"Allow": "GET, POST"})
        if request.method == "GET" and accepted.html and "query" not in request.query_params:
            return self._page(request, accepted)
        if accepted.json is None and not accepted.stream:
            message = f"There is {RESPONSE_JSON}, {JSON}, and text/event-stream."
            raise _RequestRefused(406, "NOT_ACCEPTABLE", message)
        if request.method == "POST":
            _check_content_type(request)
        principal = await self._authenticate(request)
        asked = await self._read(request)
        operation = self._services.executor.prepare(asked)
        if asked.query is None and isinstance(operation, OperationResult):
            # Even to a client that wants a stream: urql would take an error in a stream for a result of its own.
            return _answered(operation, accepted.json or JSON)
        if isinstance(operation, Operation):
            self._check_method(request, operation, accepted)
        if accepted.json is None or (isinstance(operation, Operation) and operation.is_subscription):
            resume = request.headers.get("last-event-id")
            return EventStream(services=self._services, operation=operation, principal=principal, resume=resume)
        if isinstance(operation, Operation):
            operation = await self._services.executor.execute(operation, self._services.make_context(principal))
        return _answered(operation, accepted.json)

    def _page(self, request: Request, accepted: Accepted) -> Response:
        if self._ide is not None:
            return self._ide(request)
        if accepted.json is None:
            raise _RequestRefused(406, "NOT_ACCEPTABLE", f"There is {RESPONSE_JSON}, {JSON}, and text/event-stream.")
        raise _RequestRefused(404, "NOT_FOUND", "There is no page here: send a query.")

    def _check_method(self, request: Request, operation: Operation, accepted: Accepted) -> None:
        if operation.is_mutation and request.method == "GET":
            raise _RequestRefused(405, "METHOD_NOT_ALLOWED", "Mutations need POST.", {"Allow": "POST"})
        if operation.is_subscription and not accepted.stream:
            message = "Subscriptions need a WebSocket (graphql-transport-ws), or `Accept: text/event-stream`."
            raise _RequestRefused(406, "NOT_ACCEPTABLE", message)

    async def _authenticate(self, request: Request) -> Principal:
        try:
            async with asyncio.timeout(self._services.limits.seconds):
                return await self._services.authenticate(request.headers.get("authorization"))
        except Unauthenticated as error:
            raise _RequestRefused(401, UNAUTHENTICATED, str(error), {"WWW-Authenticate": "Bearer"}) from None
        except Unavailable as error:
            raise _RequestRefused(503, UNAVAILABLE, str(error), _RETRY) from None
        except TimeoutError:
            raise _RequestRefused(503, TIMEOUT, "The credential could not be checked in time.", _RETRY) from None

    async def _read(self, request: Request) -> GraphQLRequest:
        try:
            if request.method == "POST":
                return read_request(_parsed(await self._body(request), "The body"))
            parameters: dict[str, object] = dict(request.query_params)
            for name in ("variables", "extensions"):
                if text := request.query_params.get(name):
                    parameters[name] = _parsed(text.encode(), f"`{name}`")
                else:
                    parameters.pop(name, None)
            return read_request(parameters)
        except BadRequest as error:
            raise _RequestRefused(400, "BAD_REQUEST", str(error)) from None

    async def _body(self, request: Request) -> bytes:
        """Counted while it comes in: a body need not say how long it is, nor say it truly."""
        most = self._services.limits.body_bytes
        body = bytearray()
        too_large = _RequestRefused(413, "PAYLOAD_TOO_LARGE", f"The body may have {most} bytes.")
        announced = request.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > most:
            raise too_large
        try:
            async with asyncio.timeout(self._services.limits.seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > most:
                        raise too_large
        except TimeoutError:
            raise _RequestRefused(408, "REQUEST_TIMEOUT", "The body did not arrive in time.") from None
        return bytes(body)


def _check_content_type(request: Request) -> None:
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if media_type != JSON or charset not in ("utf-8", "utf8"):
        raise _RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", "Send `Content-Type: application/json`, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _RequestRefused(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body without a content encoding.")


def _parsed(text: bytes, what: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest(f"{what} is not valid JSON.") from None


def _answered(answer: OperationResult, media_type: str) -> Response:
    if answer.unavailable:
        return _json({"errors": answer.errors}, 503, media_type, _RETRY)
    status = 200 if answer.executed or media_type == JSON else _REQUEST_ERROR
    return Response(answer.encode(), status, _ALWAYS, f"{media_type}; charset=utf-8")


def _json(body: object, status: int, media_type: str, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), status, {**_ALWAYS, **headers}, f"{media_type}; charset=utf-8")
