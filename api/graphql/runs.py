"""Starts operations: by the plan of their document (api/graphql/plan), or in graphql-core if they have none."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, Protocol, Self, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    get_variable_values,
)
from graphql.execution import Executor, create_source_event_stream, execute_subscription_event
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.plan.compiler import Plans
from api.graphql.plan.execution import OperationPlan, PlanExecution
from api.graphql.plan.fields import FieldPlan
from api.graphql.plan.kept_texts import KeptTexts
from api.graphql.plan.selection import CannotCompile
from api.graphql.plan.slices import Slices
from domain.principal import Principal
from domain.values.errors import Unavailable
from domain.values.record import Record, field

_MOST_ERRORS = 10  # of variables; each unknown field is compared with all names of its type, to suggest one


class OperationContext(Protocol):
    """The object that resolvers get as `info.context`."""

    @property
    def principal(self) -> Principal:
        """The caller."""

    def fresh(self, seq: int | None = None) -> Self:
        """Return a context of the same caller with new loaders, for the next item of a subscription: that of the event
        with this number, if there is one."""

    def for_audience(self) -> Self:
        """Return a context for executions that all callers of the same audience share."""


class Run(Protocol):
    """An operation with its variables, ready to be executed."""

    async def execute(self, context: object) -> ExecutionResult:
        """Execute a query or a mutation."""

    def execute_event(self, item: object, context: object) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Execute a subscription for one item of its stream. Items are executed independently of each other. Nothing
        has to be awaited for most, which carry what they show."""


class Startable(Record):
    """The parts of an operation that a run needs."""

    document: DocumentNode
    node: OperationDefinitionNode
    plans: Plans
    name: str | None
    variables: dict[str, object] = field(default_factory=dict)


class Runs:
    """With `compiles`, operations run by their plan, and otherwise in graphql-core; the results are the same.
    `fallbacks` counts the operations that have no plan, by the reason."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        hide_suggestions: bool,
        compiles: bool = True,
        slices: Slices | None = None,
    ) -> None:
        self.fallbacks: Counter[str] = Counter()
        self._schema = schema
        self._hide_suggestions = hide_suggestions
        self._compiles = compiles
        self._slices = slices or Slices()
        self._texts = KeptTexts()

    def forget(self) -> None:
        """Drop the kept texts of rows: a person was erased."""
        self._texts.texts.clear()

    def start(self, operation: Startable, context: object) -> Run | list[GraphQLError]:
        """Return the run, or the errors of variables that do not fit their types."""
        definitions = operation.node.variable_definitions or ()
        hide = self._hide_suggestions
        variables = get_variable_values(self._schema, definitions, operation.variables, _MOST_ERRORS, hide)
        if isinstance(variables, list):
            return variables
        plan = self._plan(operation, variables)
        if plan is not None:
            return PlannedRun(plan, variables, self._slices, self._texts)
        executor = self._executor(operation, context)
        return executor if isinstance(executor, list) else CoreRun(executor)

    async def open_stream(self, operation: Startable, context: object) -> object:
        """Run the resolver of a subscription and return its result, or an ExecutionResult with its errors."""
        executor = self._executor(operation, context)
        if isinstance(executor, list):
            return ExecutionResult(None, executor)
        try:
            stream = create_source_event_stream(executor)
            return await cast(Awaitable[object], stream) if isawaitable(stream) else stream
        finally:
            # These refer to the executor: a thousand subscriptions would leave megabytes to the garbage collector.
            del executor.async_helpers

    def _executor(self, operation: Startable, context: object) -> Executor[Any] | list[GraphQLError]:
        return StrawberryGraphQLCoreExecutionContext.build(
            self._schema,
            operation.document,
            context_value=context,
            raw_variable_values=operation.variables,
            operation_name=operation.name,
            hide_suggestions=self._hide_suggestions,
        )

    def _plan(self, operation: Startable, variables: VariableValues) -> OperationPlan | None:
        if not self._compiles:
            return None
        hide = self._hide_suggestions
        try:
            return operation.plans.get(
                self._schema, operation.document, operation.node, variables, hide_suggestions=hide
            )
        except CannotCompile as reason:
            self.fallbacks[str(reason)] += 1
            return None


class PlannedRun:
    def __init__(self, plan: OperationPlan, variables: VariableValues, slices: Slices, texts: KeptTexts) -> None:
        self._plan = plan
        self._variables = variables
        self._slices = slices
        self._texts = texts
        self._arguments: dict[FieldPlan, dict[str, Any]] = {}  # they depend on the variables alone

    async def execute(self, context: object) -> ExecutionResult:
        result = self.execute_event(None, context)
        return result if isinstance(result, ExecutionResult) else await result

    def execute_event(self, item: object, context: object) -> ExecutionResult | Awaitable[ExecutionResult]:
        execution = PlanExecution(
            self._plan,
            variables=self._variables,
            context=context,
            slices=self._slices,
            texts=self._texts,
            arguments=self._arguments,
            root=item,
        )
        return execution.run()


class CoreRun:
    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor

    async def execute(self, context: object) -> ExecutionResult:
        self._executor.context_value = context
        return await _finished(self._executor.execute_operation())

    def execute_event(self, item: object, context: object) -> Awaitable[ExecutionResult]:
        executor = self._executor.build_per_event_executor(item)
        executor.context_value = context
        executor._relevant_sub_fields = {}  # shared, it would grow with every event
        return _finished(execute_subscription_event(executor))


async def _finished(result: object) -> ExecutionResult:
    if isawaitable(result):
        result = await cast(Awaitable[object], result)
    return cast(ExecutionResult, result)


async def in_time(executing: Awaitable[ExecutionResult], seconds: float) -> ExecutionResult:
    """Return the result of an event. Raises `Unavailable` if it takes longer."""
    try:
        async with asyncio.timeout(seconds) as deadline:
            return await executing
    except TimeoutError:
        if not deadline.expired():
            raise
        raise Unavailable("An event took too long to prepare.") from None
