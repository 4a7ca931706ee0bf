"""Traces of requests: which parts of a request took how long.

    request ─▶ operation ─▶ unit of work ─▶ command, with its reads
                                        └─▶ commit, with its commands to MongoDB ─▶ frame of the event

Each arrow leads to a *span* within the other. Only a share of the requests is traced, as chance has it: what one of the
others costs is a look at whether it is traced. A span carries names and numbers, and never what shoppers write.

The parts of the program are replaced by those that are traced when the program is built (`api/bootstrap/tracing.py`),
so that nothing is asked anywhere while traces are switched off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from graphql import FieldNode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.graphql.executor import (
    GraphQLExecutor,
    LiveState,
    LiveSubscription,
    Operation,
    OperationResult,
    Pace,
)
from api.graphql.runs import OperationContext
from api.watching.log_ids import LogIds, ids_of, log_ids, of_request
from domain.values.record import replace

Facts = Mapping[str, str | int]

OTHER = "_OTHER"  # OpenTelemetry's word for a method that is none
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class TraceSpan(Protocol):
    """A part of a trace, which has begun."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""

    def note(self, name: str, value: str | int) -> None:
        """Add a fact."""

    def fail(self, reason: str) -> None:
        """Mark what the span is of as failed, with an error's type or code."""

    def end(self) -> None:
        """End it now, and not with its block; what runs in the block from now on is not traced."""


class Spans(Protocol):
    """Makes spans. Attributes have the names of OpenTelemetry's conventions."""

    def begins(self) -> bool:
        """Whether a trace should begin with what begins now, by chance."""

    def is_traced(self) -> bool:
        """Whether the running task works within a span that has not ended."""

    def root(
        self, name: str, facts: Facts, *, caller: str | None = None, serves: bool = True
    ) -> AbstractContextManager[TraceSpan]:
        """Begin a trace for the duration of the block. `caller`: the id of the trace of who calls, which is noted.
        `serves`: somebody waits for it."""

    def within(self, name: str, facts: Facts) -> AbstractContextManager[TraceSpan]:
        """Begin a span within the present one for the duration of the block."""


class TracedEntrance:
    """An ASGI application that traces HTTP requests, each until its response begins: a stream may last for hours.

    `places`: the first parts of the paths that there are. Anything else in a request's first line is a stranger's text,
    or a permission, and in no span.
    """

    def __init__(self, app: ASGIApp, places: Collection[str], spans: Spans) -> None:
        self._app = app
        self._places = frozenset(places)
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._spans.begins():
            await self._app(scope, receive, send)
            return
        ids = log_ids() or ids_of(scope)
        route = first_part(scope["path"])
        if route not in self._places:
            route = OTHER
        method = scope["method"] if scope["method"] in _METHODS else OTHER
        facts: Facts = {"http.request.method": method, "http.route": route}
        with self._spans.root(f"{method} {route}", facts, caller=ids.trace) as span:

            async def send_and_end(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.note("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.fail(str(message["status"]))
                    span.end()
                await send(message)

            with of_request(replace(ids, trace=span.trace_id)):
                await self._app(scope, receive, send_and_end)


def first_part(path: str) -> str:
    """Return a path up to its second slash: `/uploads` of `/uploads/{token}`."""
    return "/" + path.partition("/")[2].partition("/")[0]


class TracedExecutor(GraphQLExecutor):
    """An executor whose operations are traced: within the request, or each by itself on a WebSocket."""

    def __init__(self, *, spans: Spans, **parts: Any) -> None:
        super().__init__(**parts)
        self._spans = spans

    async def execute(self, operation: Operation, context: OperationContext) -> OperationResult:
        with self._span(operation) as span:
            result = await super().execute(operation, context)
            if span is not None and result.errors:
                span.fail(",".join(sorted(str(code) for code in result.codes)))
            return result

    async def subscribe(
        self, operation: Operation, context: OperationContext, pace: Pace | None = None
    ) -> LiveSubscription | LiveState | OperationResult:
        with self._span(operation):
            return await super().subscribe(operation, context, pace)

    def _span(self, operation: Operation) -> AbstractContextManager[TraceSpan | None]:
        is_within = self._spans.is_traced()
        if not is_within and not self._spans.begins():
            return _UNTRACED
        kind, field = operation.node.operation.value, _root_field(operation)
        facts: Facts = {"graphql.operation.type": kind, "graphql.field.name": field}
        if is_within:
            return self._spans.within(f"{kind} {field}", facts)
        return _Begun(self._spans, f"{kind} {field}", facts)


class TracedWork:
    """Traces work that nobody waits for: each timer, delivery, forwarding and turn is a trace, as chance has it."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def __call__(self, name: str, facts: Facts) -> AbstractContextManager[TraceSpan | None]:
        return _Begun(self._spans, name, facts, serves=False) if self._spans.begins() else _UNTRACED


class _Untraced:
    """A block without a span, of which one is enough."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class _Begun:
    """A trace that begins with an operation or with work, whose id the log has meanwhile."""

    def __init__(self, spans: Spans, name: str, facts: Facts, *, serves: bool = True) -> None:
        self._root = spans.root(name, facts, serves=serves)

    def __enter__(self) -> TraceSpan:
        span = self._root.__enter__()
        ids = log_ids()
        self._ids = of_request(LogIds(request=ids.request if ids else span.trace_id, trace=span.trace_id))
        self._ids.__enter__()
        return span

    def __exit__(self, *error: Any) -> None:
        self._ids.__exit__(*error)
        self._root.__exit__(*error)


_UNTRACED = _Untraced()


def _root_field(operation: Operation) -> str:
    selections = operation.node.selection_set.selections
    only = selections[0] if len(selections) == 1 else None
    return only.name.value if isinstance(only, FieldNode) else "several"
