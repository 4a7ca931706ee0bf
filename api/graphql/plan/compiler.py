"""Compiles an operation of a validated document into its plan. The GraphQLSchema of Strawberry is the only source.

A field is an attribute of its object if Strawberry would read that attribute: a field without resolver, permissions and
extensions. A field with a resolver may name an attribute (`resolvers/selection.py`, ATTRIBUTE) that nearly always holds
its value already; where the attribute is None, the resolver runs. `resolvers.py` finds the resolver of a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableValues,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

from api.graphql.plan.execution import OperationPlan
from api.graphql.plan.fields import FieldPlan, ObjectPlan
from api.graphql.plan.leaves import Leaf, leaf_of, listed, writer_of
from api.graphql.plan.plain import PlainField, is_attribute, write_function
from api.graphql.plan.resolvers import definition_of, resolver_of
from api.graphql.plan.selection import CannotCompile, Conditions, Selections, conditional_variables
from api.graphql.plan.values import AbstractValue, LeafValue, ListValue, NonNullValue, ObjectValue, Value
from resolvers.selection import ATTRIBUTE, OF_ROW

PLANS = 8  # of one operation, for the combinations of @skip and @include in use


class Plans:
    """The plans of one operation of a document, made when they are first needed."""

    def __init__(self) -> None:
        self._plans: dict[tuple[bool, ...], OperationPlan] = {}
        self._conditions: tuple[str, ...] | None = None

    def get(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues,
        *,
        hide_suggestions: bool,
    ) -> OperationPlan:
        """Return the plan for these variables. Raises `CannotCompile`."""
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        if self._conditions is None:
            self._conditions = conditional_variables(operation, fragments)
        values = tuple(variables.coerced.get(name) for name in self._conditions)
        if any(type(value) is not bool for value in values):
            raise CannotCompile("a condition that is null")
        key = cast("tuple[bool, ...]", values)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= PLANS:
                self._plans.clear()
            conditions = dict(zip(self._conditions, key, strict=True))
            compiler = _Compiler(schema, fragments, conditions)
            plan = self._plans[key] = compiler.operation(operation, hide_suggestions=hide_suggestions)
        return plan


class _Compiler:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], conditions: Conditions
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._selections = Selections(schema, fragments, conditions)

    def operation(self, node: OperationDefinitionNode, *, hide_suggestions: bool) -> OperationPlan:
        root_type = self._schema.get_root_type(node.operation)
        assert root_type is not None, "the document is valid"
        return OperationPlan(
            schema=self._schema,
            operation=node,
            fragments=self._fragments,
            root=self._object([node.selection_set], root_type),
            serial=node.operation is OperationType.MUTATION,
            hide_suggestions=hide_suggestions,
        )

    def _object(self, sets: Iterable[SelectionSetNode], object_type: GraphQLObjectType) -> ObjectPlan:
        collected = self._selections.collect(sets, object_type)
        fields = [self._field(name, nodes, object_type) for name, nodes in collected.items()]
        plain = {field.name: _plain(field) for field in fields}
        definition = definition_of(object_type)
        own_predicate, origin = False, None
        if isinstance(definition, StrawberryObjectDefinition):
            own_predicate = definition.is_type_of is not None
            origin = None if own_predicate else definition.origin
        write = None
        if not own_predicate and any(plain.values()):
            places = [plain[field.name] or PlainField(name=field.name) for field in fields]
            write = write_function(object_type, places)
        return ObjectPlan(
            object_type,
            fields=fields,
            others=[field for field in fields if write is None or plain[field.name] is None],
            write=write,
            origin=origin,
            has_lists=any(plain[field.name] and _has_lists(field.value) for field in fields),
            is_of_row=not own_predicate and all(map(_is_of_row, fields)),
        )

    def _field(self, name: str, nodes: list[FieldNode], parent_type: GraphQLObjectType) -> FieldPlan:
        field_name = nodes[0].name.value
        definition = self._schema.get_field(parent_type, field_name)
        assert definition is not None, "the document is valid"
        attribute, is_resolved = _attribute(definition)
        field = FieldPlan(
            name=name,
            nodes=nodes,
            definition=definition,
            parent_type=parent_type,
            resolve=resolver_of(self._schema, definition),
            attribute=attribute,
            is_resolved=is_resolved,
        )
        field.value = self._value(field, definition.type)
        return field

    def _value(self, field: FieldPlan, of_type: GraphQLOutputType) -> Value:
        if isinstance(of_type, GraphQLNonNull):
            return NonNullValue(field, self._value(field, of_type.of_type))
        if isinstance(of_type, GraphQLList):
            return ListValue(field, self._value(field, of_type.of_type))
        if is_leaf_type(of_type):
            return LeafValue(of_type)
        if isinstance(of_type, GraphQLObjectType):
            return self._object_value(field, of_type)
        abstract = cast(GraphQLAbstractType, of_type)
        return AbstractValue(
            field,
            abstract,
            lambda object_type: self._object_value(field, object_type),
            self._schema.type_map,
            by_class=_is_told_by_class(abstract),
        )

    def _object_value(self, field: FieldPlan, object_type: GraphQLObjectType) -> ObjectValue:
        sets = [node.selection_set for node in field.nodes if node.selection_set]
        return ObjectValue(field, self._object(sets, object_type))


def _attribute(field: GraphQLField) -> tuple[str | None, bool]:
    """Return the attribute that has the value of a field, and whether the field has a resolver as well."""
    definition = definition_of(field)
    if not isinstance(definition, StrawberryField):
        return None, True
    if definition.is_basic_field and definition.default_resolver is getattr:
        return definition.python_name, False
    return definition.metadata.get(ATTRIBUTE), True


def _is_told_by_class(abstract: GraphQLAbstractType) -> bool:
    definition = definition_of(abstract)
    if isinstance(abstract, GraphQLInterfaceType):
        return isinstance(definition, StrawberryObjectDefinition) and definition.resolve_type is None
    return isinstance(definition, StrawberryUnion)


def _plain(field: FieldPlan) -> PlainField | None:
    """Return how the field is written if its value is plain; None if it always has to be executed step by step."""
    if field.field_name == "__typename":
        return PlainField(name=field.name, text=field.parent_type.name)
    if field.attribute is None or not is_attribute(field.attribute):
        return None
    nullable = field.may_be_null and not field.is_resolved  # with a resolver, None means that it has to be called
    leaf = _writer(field.value.inner if isinstance(field.value, NonNullValue) else field.value, field)
    if leaf is None:
        return None
    return PlainField(name=field.name, attribute=field.attribute, test=leaf.test, write=leaf.write, nullable=nullable)


def _is_of_row(field: FieldPlan) -> bool:
    """Return whether the value depends on nothing but the row of its object, and the audience."""
    definition = definition_of(field.definition)
    marked = isinstance(definition, StrawberryField) and definition.metadata.get(OF_ROW)
    if field.field_name == "__typename" or (field.attribute is None and not marked):
        return field.field_name == "__typename"
    plan = field.value.object_plan
    return plan.is_of_row if plan is not None else is_leaf_type(get_named_type(field.definition.type))


def _has_lists(value: Value) -> bool:
    """Return whether a plain value has lists of objects."""
    inner = value.inner if isinstance(value, NonNullValue) else value
    return inner.plan.has_lists if isinstance(inner, ObjectValue) else inner.item_plan is not None


def _writer(value: Value, field: FieldPlan) -> Leaf | None:
    """Return the writer of a value that is not null."""
    named = get_nullable_type(field.definition.type)
    if isinstance(value, LeafValue):
        return leaf_of(named)
    if isinstance(value, ObjectValue):
        return None if value.write is None else Leaf(test=None, write=value.write)
    if isinstance(value, ListValue):
        if write := writer_of(GraphQLNonNull(cast(Any, named))):
            return Leaf(test=None, write=write)
        return _list_writer(value)
    return None


def _list_writer(value: ListValue) -> Leaf | None:
    """Return the writer of a list of plain objects, which have no such lists themselves: the function for an object
    cannot be interrupted, so it is kept short."""
    item = value.item.inner if isinstance(value.item, NonNullValue) else value.item
    if not isinstance(item, ObjectValue) or item.write is None or item.plan.has_lists:
        return None
    write = item.write
    if item is value.item:  # null is allowed
        return Leaf(test=None, write=lambda items: [None if each is None else write(each) for each in listed(items)])
    return Leaf(test=None, write=lambda items: [write(each) for each in listed(items)])
