"""Writes lists that a resolver returns as columns (`resolvers/column_list.py`) as JSON, without making their rows.

If an operation selects anything but columns, the rows are made and resolved one by one, as graphql-core does.
"""

from __future__ import annotations

from typing import Any

import orjson
from graphql import GraphQLList, GraphQLObjectType, GraphQLOutputType, get_named_type, is_leaf_type

from api.graphql.fast_path.column_json import TYPENAME, Plan, text_of
from api.graphql.fast_path.leaf_fields import LeafFieldExecutor
from resolvers.column_list import Columns, Lists


class ColumnExecutor(LeafFieldExecutor):
    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if isinstance(result, Columns):
            plan = self._plan(get_named_type(return_type), field_details_list, result)
            if plan is not None:
                return orjson.Fragment(text_of(result, plan))
            result = list(result)
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def _plan(self, row_type: object, field_details_list: Any, columns: Columns[Any]) -> Plan | None:
        """Return the selected columns; None if anything else is selected."""
        if not isinstance(row_type, GraphQLObjectType):
            return None
        grouped, deferred, *_ = self.collect_subfields(row_type, field_details_list)
        fields: list[tuple[str, str, Plan | None]] = []
        for name, details in grouped.items():
            field = details[0].node.name.value
            if field == TYPENAME and not deferred:
                fields.append((name, TYPENAME, None))
                continue
            if deferred or field not in columns.columns:
                return None
            of_type = get_named_type(row_type.fields[field].type)
            inner = None
            if not is_leaf_type(of_type):
                lists = columns.columns[field].written
                inner = self._plan(of_type, details, lists[0]) if isinstance(lists, Lists) and lists else None
                if inner is None:
                    return None
            fields.append((name, field, inner))
        return Plan(row_type.name, tuple(fields)) if fields else None
