"""The root fields of an operation, with fragments expanded, and the bounds of those that read much.

The cost of an operation adds up; these bounds count, because many reads at once of one kind wait for each other in the
database although each is cheap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
)

from api.graphql.cost import prices
from api.graphql.cost.arguments import Arguments, SentVariables
from api.graphql.limits import Limits, too_complex


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> Iterator[FieldNode]:
    """Yield the fields at the root of an operation of a validated document, those of its fragments included."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    waiting = list(operation.selection_set.selections)
    while waiting:
        match waiting.pop():
            case FieldNode() as field:
                yield field
            case FragmentSpreadNode() as spread:
                waiting.extend(fragments[spread.name.value].selection_set.selections)
            case InlineFragmentNode() as inline:
                waiting.extend(inline.selection_set.selections)


def check_roots(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    limits: Limits,
) -> list[GraphQLError]:
    """Return the errors of a query that reads one list, or searches, too often."""
    root = schema.query_type
    if operation.operation is not OperationType.QUERY or root is None:
        return []
    sent = SentVariables(operation, variables)
    lists: Counter[str] = Counter()
    searches = conditions = 0
    for node in root_fields(document, operation):
        name = node.name.value
        field = root.fields.get(name)
        if field is None:
            continue  # introspection
        arguments = Arguments(field, node, sent)
        lists[name] += "first" in field.args
        searches += prices.searches(f"Query.{name}", arguments)
        conditions += prices.conditions(f"Query.{name}", arguments)
    [(most_read, reads)] = lists.most_common(1) or [("", 0)]
    found = (
        (f"reads of `{most_read}`", reads, limits.root_lists),
        ("searches", searches, limits.searches),
        ("conditions of segments", conditions, limits.conditions),
    )
    return [
        too_complex(
            f"The operation has {actual} {what} at its root, at most {most} are allowed. Send several operations.",
            limit=most,
            actual=actual,
        )
        for what, actual, most in found
        if actual > most
    ]
