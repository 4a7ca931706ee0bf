"""Executes the fields of an object, step by step: "Executing Fields" of the GraphQL specification."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from types import CoroutineType
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    get_argument_values,
)
from strawberry.types.cast import get_strawberry_type_cast

from api.graphql.plan.execution import Path, PlanExecution, ResolveInfo
from api.graphql.plan.leaves import must_be_awaited
from api.graphql.plan.plain import WriteObject
from api.graphql.plan.resolvers import Resolve
from api.graphql.plan.slices import abandon, settled
from api.graphql.plan.values import Value

_NO_ARGUMENTS: dict[str, Any] = {}
_numbers = count()


class FieldPlan:
    """A field of a selection. `value` is the plan of its type; the compiler sets it after the plan was made."""

    value: Value

    def __init__(
        self,
        *,
        name: str,
        nodes: list[FieldNode],
        definition: GraphQLField,
        parent_type: GraphQLObjectType,
        resolve: Resolve,
        attribute: str | None,
        is_resolved: bool,
    ) -> None:
        """`attribute` is that of the parent which has the value. With `is_resolved`, the resolver is called if there is
        no such attribute, or if it is None."""
        self.name = name  # in the response
        self.nodes = nodes
        self.field_name = nodes[0].name.value
        self.definition = definition
        self.parent_type = parent_type
        self.attribute = attribute
        self.is_resolved = is_resolved
        self.may_be_null = not isinstance(definition.type, GraphQLNonNull)
        self._resolve = resolve
        self._has_arguments = bool(definition.args or nodes[0].arguments)
        self._parent_name = parent_type.name
        self._selected: dict[tuple[str, ...], frozenset[str] | None] = {}  # by the paths that resolvers ask for

    def selected_names(self, path: Sequence[str]) -> frozenset[str] | None:
        """Return the names of the fields that are selected of the value, or of the objects at a path of fields in it;
        None if they depend on the type of an object."""
        known = tuple(path)
        if known not in self._selected:
            self._selected[known] = self._names(known)
        return self._selected[known]

    def _names(self, path: tuple[str, ...]) -> frozenset[str] | None:
        plan = self.value.object_plan
        if plan is None:
            return None
        if not path:
            return frozenset(field.field_name for field in plan.fields)
        names = [field.selected_names(path[1:]) for field in plan.fields if field.field_name == path[0]]
        return None if None in names else frozenset().union(*(each or () for each in names))

    def __str__(self) -> str:
        return f"{self.parent_type}.{self.field_name}"

    def execute(self, execution: PlanExecution, source: Any, parent_path: Path) -> Any:
        """Return the completed value, or a coroutine. Raises the error of a field that may not be null."""
        path = (parent_path, self.name, self._parent_name)
        try:
            value = self._resolved(execution, source, path)
            if must_be_awaited(value):
                return self._await_value(execution, value, path)
            completed = self.value.complete(execution, value, path)
        except Exception as error:  # noqa: BLE001 - the error of a field
            return execution.failed(error, self.nodes, path, may_be_null=self.may_be_null)
        if type(completed) is CoroutineType:
            return self._await_completed(execution, completed, path)
        return completed

    def _resolved(self, execution: PlanExecution, source: Any, path: Path) -> Any:
        if self.attribute is not None:
            value = getattr(source, self.attribute)
            if value is not None or not self.is_resolved:
                return value
        arguments = self._arguments(execution) if self._has_arguments else _NO_ARGUMENTS
        return self._resolve(source, ResolveInfo(self, execution, path), **arguments)

    def _arguments(self, execution: PlanExecution) -> dict[str, Any]:
        """Return the coerced arguments, which are the same at every object of an execution."""
        known = execution.arguments.get(self)
        if known is None:
            node, variables, hide = self.nodes[0], execution.variables, execution.plan.hide_suggestions
            known = get_argument_values(self.definition, node, variables, hide_suggestions=hide)
            execution.arguments[self] = known
        return known

    async def _await_value(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        try:
            resolved = await value
            if execution.slices.is_over():
                await execution.slices.wait()
            completed = self.value.complete(execution, resolved, path)
            return await completed if type(completed) is CoroutineType else completed
        except Exception as error:  # noqa: BLE001 - the error of a field
            return execution.failed(error, self.nodes, path, may_be_null=self.may_be_null)

    async def _await_completed(self, execution: PlanExecution, completed: Any, path: Path) -> Any:
        try:
            return await completed
        except Exception as error:  # noqa: BLE001 - the error of a field
            return execution.failed(error, self.nodes, path, may_be_null=self.may_be_null)


class ObjectPlan:
    """The selected fields of an object type. `write` writes the plain ones, and leaves places for `others`."""

    def __init__(
        self,
        object_type: GraphQLObjectType,
        *,
        fields: Sequence[FieldPlan],
        others: Sequence[FieldPlan],
        write: WriteObject | None,
        origin: type | None,
        has_lists: bool,
        is_of_row: bool,
    ) -> None:
        """`origin` is the class of Strawberry whose objects are of this type. With `has_lists`, `write` also writes
        lists of objects. `is_of_row`: see `OF_ROW` in `resolvers/selection.py`."""
        self.number = next(_numbers)  # of no other plan of the process, also when this one is gone
        self.type = object_type
        self.fields = fields
        self.others = others
        self.write = write
        self.has_lists = has_lists
        self.is_of_row = is_of_row
        self._origin = origin

    def accepts(self, source: Any) -> bool:
        """Return whether an object is of this type, without calling a predicate; False if that is not known."""
        return type(source) is self._origin and get_strawberry_type_cast(source) is None

    def execute(self, execution: PlanExecution, source: Any, path: Path) -> Any:
        """Return the completed fields, or a coroutine."""
        if self.write is None:
            return self._execute(execution, source, path, self.fields, {})
        try:
            written = self.write(source)
        except Exception:  # noqa: BLE001 - the error comes again, and then it is reported
            return self._execute(execution, source, path, self.fields, {})
        return self._execute(execution, source, path, self.others, written) if self.others else written

    def _execute(
        self, execution: PlanExecution, source: Any, path: Path, fields: Sequence[FieldPlan], written: dict[str, Any]
    ) -> Any:
        pending: list[str] = []
        try:
            for field in fields:
                completed = written[field.name] = field.execute(execution, source, path)
                if type(completed) is CoroutineType:
                    pending.append(field.name)
        except Exception:
            abandon([written[name] for name in pending])
            raise
        return settled(execution.slices, written, pending) if pending else written

    async def execute_serially(self, execution: PlanExecution) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for field in self.fields:
            completed = field.execute(execution, execution.root, None)
            written[field.name] = await completed if type(completed) is CoroutineType else completed
        return written
