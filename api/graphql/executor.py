"""Runs operations over a Strawberry schema, in the same way for every transport.

Schema extensions of Strawberry do not run: parsing, limits, errors and time-outs are handled here, once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, cast

import orjson
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType

from api.graphql.cost.calculator import Cost
from api.graphql.cost.writes import Writes
from api.graphql.documents.store import Document, DocumentRefused, Documents, check_hash
from api.graphql.documents.trusted import NoTrustedDocuments, TrustedDocumentStore, text_to_run
from api.graphql.errors import TIMEOUT, UNAUTHENTICATED, UNAVAILABLE, ErrorEntry, ErrorFormatter
from api.graphql.introspections import Introspections
from api.graphql.limits import Limits
from api.graphql.plan.compiler import Plans
from api.graphql.request import GraphQLRequest
from api.graphql.request_limits import check_anonymous_text, check_variables
from api.graphql.result_cache.exact_bytes import exact
from api.graphql.runs import OperationContext, Run, Runs, Startable, in_time
from api.graphql.shared_key import SharedKeys
from api.graphql.turns import Turns
from api.graphql.validation.introspection import is_introspection
from api.realtime.sink import EventSink, OperationHub
from domain.principal import NO_CREDENTIAL, Principal, PrincipalKind
from domain.values.errors import Unauthenticated, Unavailable
from domain.values.record import Record, field
from domain.values.workload import reading_for
from resolvers.subscriptions import EventSubscription, LiveQuery, StreamCaughtUp, StreamReady, StreamReset

Pace = Callable[[], Awaitable[None]]
_CONVERSION = 8.0  # times as long as coercion: Strawberry makes input objects of the coerced values, when it runs
_MARKERS = (StreamReady, StreamCaughtUp, StreamReset)  # items of a stream that carry no data


class OperationResult(Record):
    """An ExecutionResult, ready for the wire. If `executed` is false, the request was refused and has no `data`."""

    errors: list[ErrorEntry]
    data: dict[str, Any] | None = None
    executed: bool = False
    extensions: dict[str, object] = field(default_factory=dict)
    encoded: bytes | None = None  # the response, if it was encoded before (`result_cache`, `introspections.py`)

    @property
    def codes(self) -> set[object]:
        return {cast(dict[str, object], entry["extensions"]).get("code") for entry in self.errors}

    @property
    def unauthenticated(self) -> bool:
        """Whether the operation was refused because the caller sent no credential."""
        return not self.executed and self.codes == {UNAUTHENTICATED}

    @property
    def unavailable(self) -> bool:
        """Whether the result consists of nothing but outages, so that the client may try again later."""
        empty = self.data is None or all(value is None for value in self.data.values())
        return empty and bool(self.errors) and self.codes <= {UNAVAILABLE, TIMEOUT}

    def encode(self) -> bytes:
        if self.encoded is not None:
            return self.encoded
        body: dict[str, object] = {"data": self.data} if self.executed else {}
        if self.errors:
            body["errors"] = self.errors
        if self.extensions:
            body["extensions"] = self.extensions
        return orjson.dumps(body)


class Operation(Record):
    """One operation of a validated document, with the variables as they were sent."""

    document: Document
    node: OperationDefinitionNode
    request: GraphQLRequest
    cost: Cost
    writes: Writes
    extensions: dict[str, object]  # of the response, and of each frame

    @property
    def startable(self) -> Startable:
        request, document = self.request, self.document
        plans = document.plans.setdefault(self.node.name.value if self.node.name else "", Plans())
        return Startable(
            document=document.ast,
            node=self.node,
            plans=plans,
            name=request.operation_name,
            variables=request.variables,
        )

    @property
    def is_subscription(self) -> bool:
        return self.node.operation is OperationType.SUBSCRIPTION

    @property
    def is_mutation(self) -> bool:
        return self.node.operation is OperationType.MUTATION


class GraphQLExecutor:
    """`compiles` selects between the plans of documents and graphql-core (`runs.py`); both give the same results.
    `documents`: a store to use instead of one of its own, with the same schema and limits."""

    def __init__(
        self,
        *,
        schema: strawberry.Schema,
        limits: Limits,
        errors: ErrorFormatter,
        compiles: bool = True,
        trusted: TrustedDocumentStore | None = None,
        documents: Documents | None = None,
    ) -> None:
        self.errors = errors
        self._schema = schema._schema
        hidden = schema.config.disable_field_suggestions
        self.runs = Runs(self._schema, hide_suggestions=hidden, compiles=compiles)
        self._limits = limits
        self._seconds = limits.seconds
        self._turns = Turns()
        if documents is None:  # a store without documents is false
            documents = Documents(schema=self._schema, limits=limits, hide_suggestions=hidden)
        self.documents = documents
        self._trusted = trusted or NoTrustedDocuments()
        self._shared_keys = SharedKeys(self._schema)
        self._introspections = Introspections()

    async def prepare(self, request: GraphQLRequest, principal: Principal) -> Operation | OperationResult:
        """Return the operation that the request names, or the errors for which it is refused."""
        name, stranger = request.operation_name, principal.kind is PrincipalKind.ANONYMOUS
        try:
            text = await text_to_run(request, principal, documents=self.documents, store=self._trusted)
            async with self._turns.step(principal):
                if refusal := self._refusal(request, principal):
                    return OperationResult(errors=self.errors.entries([refusal]))
                if text is None:
                    return self._priced(request, principal, self.documents.persisted(request.query_hash))
                if request.query is not None:
                    check_hash(text, request.query_hash)
                if not self.documents.is_slow(text):
                    return self._priced(
                        request, principal, self.documents.get(text, stranger=stranger, operation_name=name)
                    )
            async with self._turns.reading(principal):
                document = await self.documents.read_beside(text, stranger=stranger, operation_name=name)
            async with self._turns.step(principal):
                return self._priced(request, principal, document)
        except DocumentRefused as refused:
            return OperationResult(errors=self.errors.entries(refused.errors))
        except Unavailable as error:
            return OperationResult(errors=[self.errors.raised(error)])

    def _refusal(self, request: GraphQLRequest, principal: Principal) -> GraphQLError | None:
        refusal = check_variables(request, self._limits)
        if refusal is None and principal.kind is PrincipalKind.ANONYMOUS:
            refusal = check_anonymous_text(request, self._limits)
        return refusal

    def _priced(self, request: GraphQLRequest, principal: Principal, document: Document) -> Operation | OperationResult:
        node = document.operation(request.operation_name)
        if principal.kind is PrincipalKind.ANONYMOUS and not is_introspection(document.ast, node):
            return OperationResult(errors=[self.errors.raised(Unauthenticated(NO_CREDENTIAL))])
        found = document.assessments.of(self._schema, document.ast, node, request.variables, self._limits)
        extensions: dict[str, object] = {"cost": found.cost.extension(self._limits)} if request.reports_cost else {}
        if found.refusals:
            return OperationResult(errors=self.errors.entries(found.refusals), extensions=extensions)
        return Operation(
            document=document,
            node=node,
            request=request,
            cost=found.cost,
            writes=found.writes,
            extensions=extensions,
        )

    async def execute(self, operation: Operation, context: OperationContext) -> OperationResult:
        """Run a query or a mutation and return its result, with the error code TIMEOUT if it took too long."""
        principal, cost = context.principal, operation.cost.cost
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                if is_introspection(operation.document.ast, operation.node):
                    return await self._introspect(operation, context)
                run = await self._started(operation, context)
                if isinstance(run, OperationResult):
                    return run
                with reading_for(principal.account_id):
                    async with nullcontext() if operation.is_mutation else self._turns.running(principal, cost):
                        result = await run.execute(context)
        except TimeoutError:
            if not deadline.expired():
                raise
            return self._timed_out()
        return self._result(operation, result)

    async def _introspect(self, operation: Operation, context: OperationContext) -> OperationResult:
        encoded = self._introspections.get(operation.document.key, operation.request)
        if encoded is None:
            run = await self._started(operation, context)
            if isinstance(run, OperationResult):
                return run
            async with self._turns.step(context.principal):  # nothing in it waits
                result = self._result(operation, await run.execute(context))
                encoded = exact(result.encode())
            if result.errors:
                return result
            self._introspections.keep(operation.document.key, operation.request, encoded)
        return OperationResult(errors=[], executed=True, encoded=encoded)

    def _result(self, operation: Operation, result: ExecutionResult) -> OperationResult:
        errors = self.errors.entries(result.errors or [])
        return OperationResult(errors=errors, data=result.data, executed=True, extensions=operation.extensions)

    def beginning(self, principal: Principal) -> AbstractAsyncContextManager[None]:
        """Wait for the turn to open a stream: a block for `subscribe` and what is made for it alone."""
        return self._turns.beginning(principal)

    async def subscribe(
        self, operation: Operation, context: OperationContext, pace: Pace | None = None
    ) -> LiveSubscription | LiveState | OperationResult:
        """Run the subscription's resolver and return the operation to follow, or the errors for which it is refused.

        `pace` is awaited before each event is executed, and before a live query is read again.
        """
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                run = await self._started(operation, context)
                if isinstance(run, OperationResult):
                    return run
                with reading_for(context.principal.account_id):
                    async with self._turns.running(context.principal, operation.cost.cost):
                        source = await self.runs.open_stream(operation.startable, context)
        except TimeoutError:
            if not deadline.expired():
                raise
            return self._timed_out()
        if isinstance(source, ExecutionResult):
            return OperationResult(errors=self.errors.entries(source.errors or []))
        return self._live(operation, run, context, source, pace)

    def _live(
        self,
        operation: Operation,
        run: Run,
        context: OperationContext,
        source: object,
        pace: Pace | None,
    ) -> LiveSubscription | LiveState | OperationResult:
        """Return the operation to follow, which is executed for all who share it unless it depends on the caller."""
        keys, principal = self._shared_keys, context.principal
        live = Execution(
            run=run,
            context=context if keys.is_for_viewer(operation.document, operation.request) else context.for_audience(),
            errors=self.errors,
            seconds=self._seconds,
            turns=self._turns,
            operation=operation,
            pace=pace if isinstance(source, EventSubscription) else None,
        )
        if isinstance(source, LiveQuery):
            key = keys.key(operation.document, operation.request, None, principal)
            return LiveState(execution=live, principal=principal, query=source, shared_key=key, pace=pace)
        if isinstance(source, EventSubscription):
            key = keys.key(operation.document, operation.request, source.state, principal)
            return LiveSubscription(execution=live, principal=principal, source=source, shared_key=key)
        unexpected = TypeError(
            f"A subscription must return an EventSubscription or a LiveQuery, not {type(source).__name__}."
        )
        return OperationResult(errors=[self.errors.failure(unexpected)])

    async def _started(self, operation: Operation, context: OperationContext) -> Run | OperationResult:
        # It coerces the variables, and compiles a new document.
        async with self._turns.step(context.principal, followed=_CONVERSION if operation.is_mutation else 0):
            run = self.runs.start(operation.startable, context)
        return OperationResult(errors=self.errors.input_entries(run)) if isinstance(run, list) else run

    def _timed_out(self) -> OperationResult:
        message = f"The operation took longer than {self._seconds:g} seconds and was stopped."
        return OperationResult(errors=self.errors.entries([GraphQLError(message, extensions={"code": TIMEOUT})]))


class LiveSubscription:
    """A LiveOperation (api/realtime/sink.py)."""

    def __init__(
        self, *, execution: Execution, principal: Principal, source: EventSubscription, shared_key: Hashable
    ) -> None:
        self.principal = principal
        self.source = source
        self.shared_key = shared_key
        self.render = execution.render
        self.begin = execution.begin

    def follow(self, hub: OperationHub, sink: EventSink) -> Awaitable[None]:
        return hub.stream(self, sink)


class LiveState:
    """A StateOperation (api/realtime/sink.py)."""

    def __init__(
        self, *, execution: Execution, principal: Principal, query: LiveQuery, shared_key: Hashable, pace: Pace | None
    ) -> None:
        self.principal = principal
        self.query = query
        self.shared_key = shared_key
        self.render = execution.render
        self._execution = execution
        self._pace = pace

    async def read(self) -> object:
        if self._pace is not None:
            await self._pace()
        return await self._execution.read(self.query)

    def follow(self, hub: OperationHub, sink: EventSink) -> Awaitable[None]:
        return hub.stream_query(self, sink)


class Execution:
    """A subscription that is executed again for each item."""

    def __init__(
        self,
        *,
        run: Run,
        context: OperationContext,
        errors: ErrorFormatter,
        seconds: float,
        turns: Turns,
        operation: Operation,
        pace: Pace | None,
    ) -> None:
        self.principal = context.principal
        self._pace = pace
        self._run = run
        self._context = context
        self._errors = errors
        self._seconds = seconds
        self._turns = turns
        self._cost = operation.cost.cost  # of one event
        self._extensions = operation.extensions

    async def read(self, query: LiveQuery) -> object:
        """Return the present item of a live query."""
        with reading_for(self.principal.account_id):
            async with self._turns.running(self.principal, self._cost):
                return await query.read()

    async def render(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str:
        if self._pace is not None and not isinstance(item, _MARKERS):
            await self._pace()
        with reading_for(self.principal.account_id):
            async with self._turns.running(self.principal, self._cost):
                result = self._run.execute_event(item, self._context.fresh(seq))
                if not isinstance(result, ExecutionResult):
                    # The wait for the turn does not count: thousands may be ahead.
                    result = await in_time(result, self._seconds)
        return self._encoded(result, extensions)

    def begin(self, item: object, extensions: dict[str, object], seq: int | None = None) -> str | Awaitable[str]:
        if self._pace is not None or not self._turns.has_room(self.principal, self._cost):
            return self.render(item, extensions, seq)
        with reading_for(self.principal.account_id):
            result = self._run.execute_event(item, self._context.fresh(seq))
        if isinstance(result, ExecutionResult):
            return self._encoded(result, extensions)
        return self._rest(result, extensions)

    async def _rest(self, executing: Awaitable[ExecutionResult], extensions: dict[str, object]) -> str:
        with reading_for(self.principal.account_id):
            async with self._turns.running(self.principal, self._cost):  # there is room, so nothing waits here
                return self._encoded(await in_time(executing, self._seconds), extensions)

    def _encoded(self, result: ExecutionResult, extensions: dict[str, object]) -> str:
        rendered = OperationResult(
            errors=self._errors.entries(result.errors or []),
            data=result.data,
            executed=True,
            extensions={**self._extensions, **extensions},  # the hub looks for its cursor in the last one
        )
        if rendered.codes & {UNAVAILABLE}:
            # A frame with an error in place of the event would move the cursor past it.
            raise Unavailable("The database cannot be reached.")
        return rendered.encode().decode()
