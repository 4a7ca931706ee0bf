"""One execution of a plan: its variables, its context and its errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableValues,
    located_error,
)
from graphql import GraphQLResolveInfoHelpers as Helpers
from graphql.pyutils import Path as CorePath
from graphql.pyutils import is_awaitable

from api.graphql.plan.kept_texts import KeptTexts
from api.graphql.plan.slices import Slices, abandon, settled
from domain.values.record import Record

if TYPE_CHECKING:
    from api.graphql.plan.fields import FieldPlan, ObjectPlan

Path = tuple[Any, str | int, str | None] | None
"""(the path of the parent, response name or index, type of the parent); None at the root of the operation."""


class OperationPlan(Record, eq=False):
    """The plan of an operation, for one combination of the values of @skip and @include."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: ObjectPlan
    serial: bool  # a mutation: one root field after the other
    hide_suggestions: bool


class PlanExecution:
    """`root` is the object of the root fields: None for queries and mutations, the event of a subscription."""

    __slots__ = ("_nulled", "arguments", "context", "errors", "plan", "root", "slices", "texts", "variables")

    def __init__(
        self,
        plan: OperationPlan,
        *,
        variables: VariableValues,
        context: object,
        slices: Slices,
        texts: KeptTexts,
        arguments: dict[FieldPlan, dict[str, Any]],
        root: object = None,
    ) -> None:
        """`arguments`: those of fields, coerced with these variables; what is missing is added."""
        self.plan = plan
        self.variables = variables
        self.context = context
        self.slices = slices
        self.texts = texts
        self.root = root
        self.errors: list[GraphQLError] = []
        self.arguments = arguments
        self._nulled: set[Path] = set()

    def run(self) -> ExecutionResult | Awaitable[ExecutionResult]:
        """Execute the operation and return its result with all errors of its fields, or an awaitable if something has
        to be awaited."""
        root: ObjectPlan = self.plan.root
        data: Any = None
        try:
            data = root.execute_serially(self) if self.plan.serial else root.execute(self, self.root, None)
        except GraphQLError as error:
            self._add(error, None)
        return self._awaited(data) if type(data) is CoroutineType else ExecutionResult(data, self.errors or None)

    async def _awaited(self, executing: Awaitable[Any]) -> ExecutionResult:
        try:
            data = await executing
        except GraphQLError as error:
            self._add(error, None)
            data = None
        return ExecutionResult(data, self.errors or None)

    def failed(self, raw: Exception, nodes: Sequence[FieldNode], path: Path, *, may_be_null: bool) -> None:
        """Record the error of a field or of a list item, which is null then. If it may not be null, raise the error,
        for the parent to become null."""
        error = located_error(raw, nodes, [key for key, _ in _steps(path)])
        if not may_be_null:
            raise error
        self._add(error, path)

    def _add(self, error: GraphQLError, path: Path) -> None:
        """Record an error, unless the place has become null before: then the error is of no part of the response."""
        nulled, at = self._nulled, path
        while at is not None:
            if at in nulled:
                return
            at = at[0]
        if None not in nulled:
            nulled.add(path)
            self.errors.append(error)


class ResolveInfo:
    """The `info` of a resolver, like `GraphQLResolveInfo`, with its parts made when they are read."""

    __slots__ = ("_execution", "_field", "_path")
    abort_signal = None
    operation_extensions = None

    def __init__(self, field: FieldPlan, execution: PlanExecution, path: Path) -> None:
        self._field = field
        self._execution = execution
        self._path = path

    @property
    def context(self) -> object:
        return self._execution.context

    @property
    def field_name(self) -> str:
        return self._field.field_name

    @property
    def field_nodes(self) -> list[FieldNode]:
        return self._field.nodes

    @property
    def return_type(self) -> GraphQLOutputType:
        return self._field.definition.type

    @property
    def parent_type(self) -> GraphQLObjectType:
        return self._field.parent_type

    @property
    def path(self) -> CorePath | None:
        path = None
        for key, type_name in _steps(self._path):
            path = CorePath(path, key, type_name)
        while path is not None and isinstance(path.key, int):  # an item of a list: the path is that of the field
            path = path.prev
        return path

    @property
    def schema(self) -> GraphQLSchema:
        return self._execution.plan.schema

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        return self._execution.plan.fragments

    @property
    def operation(self) -> OperationDefinitionNode:
        return self._execution.plan.operation

    @property
    def root_value(self) -> object:
        return self._execution.root

    @property
    def variable_values(self) -> dict[str, Any]:
        return self._execution.variables.coerced

    def selected_names(self, path: Sequence[str]) -> frozenset[str] | None:
        """See `resolvers/selection.py`, which reads the selection from the plan where there is one."""
        return self._field.selected_names(path)

    @property
    def is_awaitable(self) -> Callable[[Any], bool]:
        return is_awaitable

    @property
    def async_helpers(self) -> Helpers:
        return Helpers(
            gather=self._gathered, track=lambda values: abandon([each for each in values if is_awaitable(each)])
        )

    async def _gathered(self, values: Sequence[Awaitable[Any]]) -> list[Any]:
        gathered: list[Any] = await settled(self._execution.slices, list(values), list(range(len(values))))
        return gathered


def _steps(path: Path) -> list[tuple[str | int, str | None]]:
    """Return the keys from the root to the place, each with the type of its parent."""
    steps: list[tuple[str | int, str | None]] = []
    while path is not None:
        path, key, type_name = path
        steps.append((key, type_name))
    steps.reverse()
    return steps
