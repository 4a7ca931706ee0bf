"""GraphQL over HTTP: one endpoint for POST and GET, with results in the two JSON media types or as an event stream.

It conforms to the audits of npm's `graphql-http`. Where these and the newer draft of the specification differ, a
request that cannot be run gets 400 (the draft: 422) and a partial result 200 (the draft: 294), because clients and
proxies know these statuses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import authenticate_request
from api.body import BodyShare, read_limited
from api.graphql.cost.budget import RATE_LIMITED, OverBudget
from api.graphql.executor import Operation, OperationResult
from api.graphql.negotiation import JSON, RESPONSE_JSON, Accepted, is_json_in_utf8, negotiate
from api.graphql.ports import Services
from api.graphql.request import BadRequest, GraphQLRequest, read_request
from api.graphql.sse import EventStream
from api.refusal import RequestRefused
from api.server.abort import abort
from api.server.client_address import client_address
from domain.principal import ANONYMOUS, Principal, PrincipalKind

_ALWAYS = {"Cache-Control": "no-store", "Vary": "Accept"}
_RETRY = {"Retry-After": "1"}  # seconds; the usual outage is an election in MongoDB, which takes a few
_REQUEST_ERROR = 400
_OPERATION_PARAMETERS = {"query", "extensions", "documentId"}  # the last two name a document in place of its text
_FORMS = f"Available: {RESPONSE_JSON}, {JSON}, and text/event-stream."

IDE = Callable[[Request], Response]


class GraphQLHTTP:
    """An ASGI endpoint. `ide` returns the API page for browsers that open the address; `None` switches the page off."""

    def __init__(self, *, services: Services, ide: IDE | None) -> None:
        self._services = services
        self._ide = ide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._services.bodies.share() as share:
            await self._handle(Request(scope, receive), send, share)

    async def _handle(self, request: Request, send: Send, share: BodyShare) -> None:
        accepted = negotiate(",".join(request.headers.getlist("accept")))
        media_type = accepted.json or JSON
        began = perf_counter()
        try:
            response = await self._respond(request, accepted, share)
        except RequestRefused as refused:
            self._services.observe(None, ANONYMOUS, began, OperationResult(errors=[refused.entry]))
            response = _json({"errors": [refused.entry]}, refused.status, media_type, refused.headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the boundary of a request
            entry = self._services.executor.errors.failure(error)
            self._services.observe(None, ANONYMOUS, began, OperationResult(errors=[entry]))
            response = _json({"errors": [entry]}, 500, media_type, {})
        try:
            await response(request.scope, request.receive, send)
        except Exception as error:  # noqa: BLE001 - the same boundary; a response under way can only be broken off
            self._services.executor.errors.failure(error)
            abort(request.scope)

    async def _respond(self, request: Request, accepted: Accepted, share: BodyShare) -> ASGIApp:
        if request.method not in ("GET", "POST"):
            raise _method_not_allowed("Use POST, or GET for queries.", allow="GET, POST")
        if request.method == "GET" and accepted.html and not _OPERATION_PARAMETERS & request.query_params.keys():
            return self._page(request, accepted)
        if accepted.json is None and not accepted.stream:
            raise _not_acceptable(_FORMS)
        if request.method == "POST":
            _check_content_type(request)
        seconds = self._services.limits.seconds
        principal = await authenticate_request(request, self._services.authenticate, seconds=seconds)
        asked = await self._read(request, principal, share)
        began = perf_counter()
        operation = await self._services.executor.prepare(asked, principal)
        if isinstance(operation, OperationResult):
            self._services.observe(None, principal, began, operation)
        if asked.query is None and isinstance(operation, OperationResult):
            # JSON even for a client that wants a stream: urql shows an error in a stream and does not fall back.
            return _response(operation, accepted.json or JSON)
        address = client_address(request.scope)
        if isinstance(operation, Operation):
            self._check_method(request, operation, accepted)
            self._charge(principal, address, operation)
        if accepted.json is None or (isinstance(operation, Operation) and operation.is_subscription):
            resume = request.headers.get("last-event-id")
            share.release()  # a stream may last for hours
            return EventStream(services=self._services, operation=operation, principal=principal, resume=resume)
        if isinstance(operation, Operation):
            result = await self._run(operation, principal)
            self._services.observe(operation, principal, began, result)
            operation = result
        return _response(operation, accepted.json)

    async def _run(self, operation: Operation, principal: Principal) -> OperationResult:
        def execute() -> Awaitable[OperationResult]:
            return self._services.executor.execute(operation, self._services.make_context(principal))

        if self._services.results is None or operation.is_mutation:
            return await execute()
        return await self._services.results.execute(operation, principal, execute)

    def _page(self, request: Request, accepted: Accepted) -> Response:
        if self._ide is not None:
            return self._ide(request)
        if accepted.json is None:
            raise _not_acceptable(_FORMS)
        raise RequestRefused(404, "The API page is switched off: send a query.", code="NOT_FOUND")

    def _charge(self, principal: Principal, address: str, operation: Operation) -> None:
        try:
            self._services.budgets.charge(principal, address, operation.cost.cost, operation.writes)
        except OverBudget as over:
            raise RequestRefused(429, str(over), code=RATE_LIMITED, headers=over.headers) from None

    def _check_method(self, request: Request, operation: Operation, accepted: Accepted) -> None:
        if operation.is_mutation and request.method == "GET":
            raise _method_not_allowed("Mutations need POST.", allow="POST")
        if operation.is_subscription and not accepted.stream:
            raise _not_acceptable(
                "Subscriptions need a WebSocket (graphql-transport-ws), or `Accept: text/event-stream`."
            )

    async def _read(self, request: Request, principal: Principal, share: BodyShare) -> GraphQLRequest:
        try:
            if request.method == "POST":
                limits = self._services.limits
                known = principal.kind is not PrincipalKind.ANONYMOUS
                most = limits.body_bytes if known else min(limits.body_bytes, limits.anonymous_body_bytes)
                body = await read_limited(request, share, max_bytes=most, seconds=limits.seconds)
                return read_request(_parsed(body, "The body"))
            parameters: dict[str, object] = dict(request.query_params)
            for name in ("variables", "extensions"):
                if text := request.query_params.get(name):
                    parameters[name] = _parsed(text.encode(), f"`{name}`")
                else:
                    parameters.pop(name, None)
            return read_request(parameters)
        except BadRequest as error:
            raise RequestRefused(400, str(error), code="BAD_REQUEST") from None


def _check_content_type(request: Request) -> None:
    if not is_json_in_utf8(request.headers.get("content-type", "")):
        raise _unsupported_media_type("Send `Content-Type: application/json`, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unsupported_media_type("Send the body without a content encoding.")


def _parsed(text: bytes, what: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest(f"{what} is not valid JSON.") from None


def _method_not_allowed(message: str, *, allow: str) -> RequestRefused:
    return RequestRefused(405, message, code="METHOD_NOT_ALLOWED", headers={"Allow": allow})


def _not_acceptable(message: str) -> RequestRefused:
    return RequestRefused(406, message, code="NOT_ACCEPTABLE")


def _unsupported_media_type(message: str) -> RequestRefused:
    return RequestRefused(415, message, code="UNSUPPORTED_MEDIA_TYPE")


def _response(result: OperationResult, media_type: str) -> Response:
    if result.unavailable:
        return _json({"errors": result.errors}, 503, media_type, _RETRY)
    if result.unauthenticated and media_type != JSON:
        return _json({"errors": result.errors}, 401, media_type, {"WWW-Authenticate": "Bearer"})
    status = 200 if result.executed or media_type == JSON else _REQUEST_ERROR
    return Response(result.encode(), status, _ALWAYS, f"{media_type}; charset=utf-8")


def _json(body: object, status: int, media_type: str, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(body), status, {**_ALWAYS, **headers}, f"{media_type}; charset=utf-8")
