"""Completes values by their type, step by step: "Completing Values" of the GraphQL specification.

`complete` returns the completed value, or a coroutine if something in it has to be awaited, and raises the error of the
value. Errors get their path from the field or list item around it (`fields.py`). Values that are expected to be plain
take a shorter way (`plain.py`) and come here only if they are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from types import CoroutineType
from typing import TYPE_CHECKING, Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLObjectType,
    Undefined,
    default_type_resolver,
    is_object_type,
)
from graphql.pyutils import inspect, is_awaitable, is_iterable
from strawberry.types.base import get_object_definition
from strawberry.types.cast import get_strawberry_type_cast

from api.graphql.plan.columns import columns_text
from api.graphql.plan.execution import Path, PlanExecution, ResolveInfo
from api.graphql.plan.kept_texts import TextsOfRows, texts_of
from api.graphql.plan.leaves import must_be_awaited
from api.graphql.plan.plain import WriteObject
from api.graphql.plan.slices import CHECKED, abandon, cancel, settled
from resolvers.column_list import Columns
from resolvers.relay.stored_rows import StoredRows

if TYPE_CHECKING:
    from api.graphql.plan.fields import FieldPlan, ObjectPlan


class Value:
    """The plan of a type at one place of the document."""

    write: WriteObject | None = None  # for plain values; None if they have to be completed step by step

    @property
    def item_plan(self) -> ObjectPlan | None:
        """The plan of the objects of a list, whether it or they may be null or not; None for other values."""
        return None

    @property
    def object_plan(self) -> ObjectPlan | None:
        """The plan of the object that the value is, or of the objects of a list; None for other values."""
        return self.item_plan

    def complete(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        if isinstance(value, Exception):
            raise value
        if value is None or value is Undefined:
            return None
        return self.complete_given(execution, value, path)

    def complete_given(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        """Complete a value that is not null."""
        raise NotImplementedError


class NonNullValue(Value):
    def __init__(self, field: FieldPlan, inner: Value) -> None:
        self.field = field
        self.inner = inner
        self.write = inner.write

    @property
    def item_plan(self) -> ObjectPlan | None:
        return self.inner.item_plan

    @property
    def object_plan(self) -> ObjectPlan | None:
        return self.inner.object_plan

    def complete(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        completed = self.inner.complete(execution, value, path)
        if completed is None:
            raise TypeError(f"Cannot return null for non-nullable field {self.field}.")
        return completed


class LeafValue(Value):
    def __init__(self, leaf_type: GraphQLLeafType) -> None:
        self._type = leaf_type

    def complete_given(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        written = self._type.coerce_output_value(value)
        if written is Undefined or written is None:
            call = f"{inspect(self._type)}.coerce_output_value({inspect(value)})"
            raise TypeError(f"Expected `{call}` to return non-nullable value, returned: {inspect(written)}")
        return written


class ListValue(Value):
    def __init__(self, field: FieldPlan, item: Value) -> None:
        self.field = field
        self.item = item
        self._item_may_be_null = not isinstance(item, NonNullValue)

    @property
    def item_plan(self) -> ObjectPlan | None:
        item = self.item.inner if isinstance(self.item, NonNullValue) else self.item
        return item.plan if isinstance(item, ObjectValue) else None

    def complete_given(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        if type(value) is not list and type(value) is not tuple:
            if isinstance(value, Columns):
                text = columns_text(self.item_plan, value)
                if text is not None:
                    return text
                value = list(value)
            if isinstance(value, StoredRows):
                texts = texts_of(execution, self.item_plan, value)
                return self._complete_part(_Part(execution, path, iter(value if texts is None else value.rows), texts))
            if isinstance(value, AsyncIterable):
                return self._complete_async(execution, value, path)
            if not is_iterable(value):
                raise GraphQLError(f"Expected Iterable, but did not find one for field '{self.field}'.")
        elif not value:
            return []
        return self._complete_part(_Part(execution, path, iter(cast(Iterable[Any], value))))

    def _complete_part(self, part: _Part) -> Any:
        if not self._complete_some(part):
            return self._complete_rest(part)
        return settled(part.execution.slices, part.items, part.pending) if part.pending else part.items

    async def _complete_rest(self, part: _Part) -> list[Any]:
        slices, is_done = part.execution.slices, False
        while not is_done:
            try:
                await slices.wait()
            except asyncio.CancelledError:
                await cancel(slices, [*part.coroutines(), *filter(is_awaitable, part.iterator)])
                raise
            is_done = self._complete_some(part)
        return await settled(part.execution.slices, part.items, part.pending) if part.pending else part.items

    async def _complete_async(self, execution: PlanExecution, value: AsyncIterable[Any], path: Path) -> Any:
        """Complete the items of an asynchronous generator as they come."""
        part = _Part(execution, path, iter(()))
        try:
            async for item in value:
                self._add_item(part, item)
        except asyncio.CancelledError:
            await cancel(execution.slices, part.coroutines())
            raise
        except Exception:
            try:
                if isinstance(value, AsyncGenerator):
                    with suppress(Exception):
                        await value.aclose()
            finally:
                abandon(part.coroutines())
            raise
        return await settled(part.execution.slices, part.items, part.pending) if part.pending else part.items

    def _complete_some(self, part: _Part) -> bool:
        """Complete items to the end of the list, or of the slice. Return whether the list is done."""
        execution, items = part.execution, part.items
        write = self.item.write if part.texts is None else part.texts.text
        add, is_over = items.append, execution.slices.is_over
        try:
            for item in part.iterator:
                if write is not None:
                    try:
                        add(write(item))
                    except Exception:  # noqa: BLE001 - the error comes again, and then it is reported
                        self._add_item(part, item)
                else:
                    self._add_item(part, item)
                if not len(items) & CHECKED and is_over():
                    return False
        except Exception:
            abandon([*part.coroutines(), *filter(is_awaitable, part.iterator)])
            raise
        return True

    def _add_item(self, part: _Part, item: Any) -> None:
        index, texts, errors = len(part.items), part.texts, len(part.execution.errors)
        path = (part.path, index, None)
        completed = self._complete_item(part.execution, item, path) if texts is None else self._of_row(part, item, path)
        if type(completed) is CoroutineType:
            part.pending.append(index)
        part.items.append(completed if texts is None else texts.kept(item, completed, errors))

    def _of_row(self, part: _Part, row: Any, path: Path) -> Any:
        assert part.texts is not None, "the list is of rows"
        try:
            made = part.texts.make(row)
        except Exception as error:  # noqa: BLE001 - the error of an item: a row that cannot be read
            return part.execution.failed(error, self.field.nodes, path, may_be_null=self._item_may_be_null)
        return self._complete_item(part.execution, made, path)

    def _complete_item(self, execution: PlanExecution, item: Any, path: Path) -> Any:
        if must_be_awaited(item):
            return self._await_item(execution, item, path, complete=True)
        try:
            completed = self.item.complete(execution, item, path)
        except Exception as error:  # noqa: BLE001 - the error of an item
            return execution.failed(error, self.field.nodes, path, may_be_null=self._item_may_be_null)
        if type(completed) is CoroutineType:
            return self._await_item(execution, completed, path, complete=False)
        return completed

    async def _await_item(self, execution: PlanExecution, item: Any, path: Path, *, complete: bool) -> Any:
        try:
            awaited = await item
            if not complete:
                return awaited
            completed = self.item.complete(execution, awaited, path)
            return await completed if type(completed) is CoroutineType else completed
        except Exception as error:  # noqa: BLE001 - the error of an item
            return execution.failed(error, self.field.nodes, path, may_be_null=self._item_may_be_null)


class _Part:
    """The part of a list that is completed. `pending` are the places of the coroutines among the items. With `texts`,
    the iterator has the rows of the items."""

    __slots__ = ("execution", "items", "iterator", "path", "pending", "texts")

    def __init__(
        self, execution: PlanExecution, path: Path, iterator: Iterator[Any], texts: TextsOfRows | None = None
    ) -> None:
        self.texts = texts
        self.execution = execution
        self.path = path
        self.iterator = iterator
        self.items: list[Any] = []
        self.pending: list[int] = []

    def coroutines(self) -> list[Any]:
        """Return the coroutines among the items."""
        return [self.items[index] for index in self.pending]


class ObjectValue(Value):
    def __init__(self, field: FieldPlan, plan: ObjectPlan) -> None:
        self.field = field
        self.plan = plan
        self.write = plan.write if not plan.others else None

    @property
    def object_plan(self) -> ObjectPlan | None:
        return self.plan

    def complete_given(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        is_type_of = self.plan.type.is_type_of
        if is_type_of is not None and not self.plan.accepts(value):
            fits = is_type_of(value, cast(Any, ResolveInfo(self.field, execution, path)))
            if is_awaitable(fits):
                return self._complete_later(execution, value, path, fits)
            self._check(fits, value)
        return self.plan.execute(execution, value, path)

    async def _complete_later(self, execution: PlanExecution, value: Any, path: Path, fits: Any) -> Any:
        self._check(await fits, value)
        completed = self.plan.execute(execution, value, path)
        return await completed if type(completed) is CoroutineType else completed

    def _check(self, fits: object, value: object) -> None:
        if not fits:
            text = f"Expected value of type '{self.plan.type}' but got: {inspect(value)}."
            raise GraphQLError(text, self.field.nodes)


class AbstractValue(Value):
    """An interface or a union. `of_type` compiles the selection for an object type when an object of it comes first."""

    def __init__(
        self,
        field: FieldPlan,
        abstract: GraphQLAbstractType,
        of_type: Callable[[GraphQLObjectType], ObjectValue],
        types: Mapping[str, GraphQLNamedType],
        *,
        by_class: bool,
    ) -> None:
        self.field = field
        self._abstract = abstract
        self._of_type = of_type
        self._types = types
        self._by_class = by_class  # whether Strawberry tells the type by the class of an object
        self._of_class: dict[type, ObjectValue] = {}
        self._of_name: dict[str, ObjectValue] = {}

    def complete_given(self, execution: PlanExecution, value: Any, path: Path) -> Any:
        known = self._of_class.get(type(value))
        if known is not None and get_strawberry_type_cast(value) is None:
            return known.complete_given(execution, value, path)
        info = ResolveInfo(self.field, execution, path)
        name = (self._abstract.resolve_type or default_type_resolver)(value, cast(Any, info), self._abstract)
        if is_awaitable(name):
            return self._complete_later(execution, value, path, name)
        found = self._possible(name, value, execution)
        if self._by_class and _has_one_type(value):
            self._of_class[type(value)] = found
        return found.complete_given(execution, value, path)

    async def _complete_later(self, execution: PlanExecution, value: Any, path: Path, name: Any) -> Any:
        completed = self._possible(await name, value, execution).complete_given(execution, value, path)
        return await completed if type(completed) is CoroutineType else completed

    def _possible(self, name: object, value: object, execution: PlanExecution) -> ObjectValue:
        found = self._of_name.get(name) if isinstance(name, str) else None
        if found is not None:
            return found
        if problem := self._problem(name, value, execution):
            raise GraphQLError(problem, self.field.nodes)
        made = self._of_name[str(name)] = self._of_type(cast(GraphQLObjectType, self._types[str(name)]))
        return made

    def _problem(self, name: object, value: object, execution: PlanExecution) -> str | None:
        """Return why an object cannot have this type, in the words of graphql-core."""
        must = f"Abstract type '{self._abstract}' must resolve to an Object type at runtime for field '{self.field}'"
        if name is None:
            return (
                f"{must}. Either the '{self._abstract}' type should provide a 'resolve_type' function or each possible "
                "type should provide an 'is_type_of' function."
            )
        if not isinstance(name, str):
            given = f"with value {inspect(value)}, received '{inspect(name)}', which is not a valid Object type name."
            return f"{must} {given}"
        found = self._types.get(name)
        if found is None:
            wrong = f"Abstract type '{self._abstract}' was resolved to a type '{name}'"
            return f"{wrong} that does not exist inside the schema."
        if not is_object_type(found):
            return f"Abstract type '{self._abstract}' was resolved to a non-object type '{name}'."
        if not execution.plan.schema.is_sub_type(self._abstract, found):
            return f"Runtime Object type '{found}' is not a possible type for '{self._abstract}'."
        return None


def _has_one_type(value: object) -> bool:
    """Return whether all objects of the value's class are of one GraphQL type."""
    definition = get_object_definition(type(value))
    cast_to = get_strawberry_type_cast(value)
    return definition is not None and not definition.is_graphql_generic and cast_to is None
