"""Faster execution of leaf fields and of long lists, on top of graphql-core's executor.

This package is removable: with `executor_class(fast=False)` graphql-core gives the same results, only slower (3.5 of
12 ms of a report, 0.9 of 2.9 ms of a page of conversations). It subclasses internals of graphql-core and Strawberry,
so that a new release of either may break it; tests/api/graphql/fast_path compares its results with theirs. It will be
replaced by a compiled executor.

    leaf_fields      fields that are an attribute of their object
    column_executor  lists that resolvers return as columns (`resolvers/column_list.py`)
    column_json      the JSON of such lists
"""

from __future__ import annotations

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.fast_path.column_executor import ColumnExecutor


def executor_class(*, fast: bool) -> type[StrawberryGraphQLCoreExecutionContext]:
    """Return the class that executes operations. This is the only switch of the package."""
    return ColumnExecutor if fast else StrawberryGraphQLCoreExecutionContext
