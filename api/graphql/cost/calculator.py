"""The cost of an operation before it runs: the largest response that its document, arguments and variables allow.

Lists within lists multiply. Fragments, aliases and fields under `@skip` and `@include` count as written; but an object
has one type, so that of the fragments on object types only the costliest counts. A fragment is worked out once for each
page size and report around it, so the work is linear in the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode as Ast
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from api.graphql.cost import prices
from api.graphql.cost.arguments import Arguments, SentVariables
from api.graphql.limits import LARGEST_NUMBER, Limits, too_complex
from domain.values.record import Record, replace
from resolvers.metrics.series import MOST_POINTS
from resolvers.relay.connections import DEFAULT_PAGE, LARGEST_PAGE

_VALUES = 10  # leaf values that cost as much as one object
_POINTS = 50  # points of a report that cost as much as one object; they are written as columns
_PAGE_ROWS = 10  # rows that are read at the cost of one object, even if they are not selected
_SCAFFOLDING = ("Connection", "Edge", "PageInfo")  # ends of the names of types that are no rows


class Cost(Record):
    nodes: int  # objects of the response, without connections, edges and page information
    cost: int

    def extension(self, limits: Limits) -> dict[str, int]:
        """Return `extensions.cost` of a response."""
        return {"nodes": self.nodes, "maxNodes": limits.nodes, "cost": self.cost, "maxCost": limits.cost}

    def errors(self, limits: Limits) -> list[GraphQLError]:
        """Return the errors of an operation that is over the limits; an empty list if it may run."""
        hint = "Ask for smaller pages (`first`, `last`), fewer lists within lists, or less in one operation."
        if self.nodes > limits.nodes:
            text = f"The operation may return {self.nodes:,} objects, at most {limits.nodes:,} are allowed. {hint}"
            return [too_complex(text, limit=limits.nodes, actual=self.nodes)]
        if self.cost > limits.cost:
            text = f"The operation costs {self.cost:,}, at most {limits.cost:,} are allowed. {hint}"
            return [too_complex(text, limit=limits.cost, actual=self.cost)]
        return []


@dataclass(slots=True)
class _Sum:
    nodes: float = 0
    cost: float = 0

    def add(self, inner: _Sum, times: int = 1) -> None:
        self.nodes += inner.nodes * times
        self.cost += inner.cost * times


class _Scope(Record):
    """The sizes that the fields around a selection determine."""

    page: int = DEFAULT_PAGE  # of the nearest connection
    days: int = prices.LONGEST_RANGE  # of the nearest report
    series: int = 1  # of the nearest list of series


def cost_of(
    schema: GraphQLSchema, document: Ast, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> Cost:
    """Return the cost of an operation of a validated document. For a subscription it is the cost of one event."""
    calculation = _Calculation(schema, document, SentVariables(operation, variables))
    root = schema.get_root_type(operation.operation)
    assert root is not None, "the document is valid"
    total = calculation.level(operation.selection_set, root, _Scope())
    return Cost(nodes=int(min(total.nodes, LARGEST_NUMBER)), cost=int(min(total.cost + 0.5, LARGEST_NUMBER)))


class _Calculation:
    def __init__(self, schema: GraphQLSchema, document: Ast, variables: Mapping[str, object]) -> None:
        self._schema = schema
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._variables = variables
        self._known: dict[tuple[str, _Scope], _Sum] = {}

    def level(self, selections: SelectionSetNode, parent: GraphQLNamedType, scope: _Scope) -> _Sum:
        total = _Sum()
        by_type: dict[str, _Sum] = {}  # an object is of one type: only the costliest of these counts
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total.add(self._field(node, parent, scope))
                continue
            condition, inner = self._part(node, parent, scope)
            exclusive = condition is not parent and isinstance(condition, GraphQLObjectType)
            (by_type.setdefault(condition.name, _Sum()) if exclusive else total).add(inner)
        total.nodes += max((inner.nodes for inner in by_type.values()), default=0)
        total.cost += max((inner.cost for inner in by_type.values()), default=0)
        return total

    def _part(self, node: SelectionNode, parent: GraphQLNamedType, scope: _Scope) -> tuple[GraphQLNamedType, _Sum]:
        """Return the type that a fragment is about, and the cost of its selection."""
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            return self._schema.type_map[self._fragments[name].type_condition.name.value], self._fragment(name, scope)
        assert isinstance(node, InlineFragmentNode)
        condition = self._schema.type_map[node.type_condition.name.value] if node.type_condition else parent
        return condition, self.level(node.selection_set, condition, scope)

    def _fragment(self, name: str, scope: _Scope) -> _Sum:
        key = (name, scope)
        if key not in self._known:
            definition = self._fragments[name]
            parent = self._schema.type_map[definition.type_condition.name.value]
            self._known[key] = self.level(definition.selection_set, parent, scope)
        return self._known[key]

    def _field(self, node: FieldNode, parent: GraphQLNamedType, scope: _Scope) -> _Sum:
        name = node.name.value
        place = f"{parent.name}.{name}"
        base = prices.BASE.get(place, 0)
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return _Sum(cost=base or 1 / _VALUES)
        field = parent.fields[name]
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return _Sum(cost=base + 1 / _VALUES)
        arguments = Arguments(field, node, self._variables)
        if place in prices.BASE_BY_ARGUMENTS:
            base += prices.BASE_BY_ARGUMENTS[place](arguments)
        if parent is self._schema.mutation_type:
            base += prices.WRITE
        rows, inner_scope = self._rows(place, field, arguments, scope)
        if "first" in field.args:
            base += prices.READ + inner_scope.page // _PAGE_ROWS
        total = _Sum(cost=base)
        if place == "Series.points":
            total.cost += rows / _POINTS
            return total
        assert node.selection_set is not None, "the document is valid"
        row = self.level(node.selection_set, named, inner_scope)
        row.cost += 1
        row.nodes += not named.name.endswith(_SCAFFOLDING)
        total.add(row, rows)
        if "first" in field.args:  # `pageInfo` alone reads the rows of the page as well
            total.cost = max(total.cost, base + inner_scope.page)
        return total

    def _rows(self, place: str, field: GraphQLField, arguments: Arguments, scope: _Scope) -> tuple[int, _Scope]:
        """Return how many objects the field has at most, and the scope of its selection."""
        if "first" in field.args:
            sizes = [arguments.whole(name, default=0, most=LARGEST_PAGE) for name in ("first", "last")]
            scope = replace(scope, page=max(sizes) or DEFAULT_PAGE)
        if "range" in field.args:
            scope = replace(scope, days=prices.days_of(arguments.value("range")))
        if place in prices.ROWS_BY_ARGUMENTS:
            rows = prices.ROWS_BY_ARGUMENTS[place](arguments)
            return rows, replace(scope, series=max(rows, 1))
        if not isinstance(get_nullable_type(field.type), GraphQLList):
            return 1, scope
        owner, _, name = place.partition(".")
        if name in ("edges", "nodes") and owner.endswith("Connection"):
            return scope.page, scope
        if place == "Series.points":
            return min(scope.days, MOST_POINTS // scope.series), scope
        if name == "errors" and owner.endswith("Payload"):
            return prices.MOST_ERRORS, scope
        return prices.ROWS.get(place, prices.MOST_UNLISTED), scope
