"""An LRU cache of the JSON of objects that are made of stored rows (`resolvers/relay/stored_rows.py`).

    key      the number of the object's plan, the scope of the list (the audience; for cursors the order too), the row's
             hash
    entry    the JSON text

The number stands for the plan, which ends with its document: each entry would else hold the whole text of a document
that the store has dropped long ago.

A plan takes part if all of its fields depend on nothing but the row and the scope: attributes, and resolvers marked
with `OF_ROW`. Then the same key has the same text, and nothing has to be invalidated: a row that changes has another
fingerprint. An object that had an error, or for which something was awaited, is not kept.

The result cache (`api/graphql/result_cache`) keeps a whole response until anything in the account changes, which in a
busy account is at once. This cache keeps what has not changed of a list: all of its rows but one.
"""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

import orjson
from cachetools import LRUCache

from api.graphql.result_cache.exact_bytes import exact

if TYPE_CHECKING:
    from api.graphql.plan.execution import PlanExecution
    from api.graphql.plan.fields import ObjectPlan
    from resolvers.relay.stored_rows import StoredRows

_BYTES = 32 * 2**20  # of all entries: some 25,000 rows
_LARGEST = 16 * 2**10  # bytes of a text
_OVERHEAD = 400  # bytes of an entry besides its text

Key = tuple[int, str, bytes]


class KeptTexts:
    """The texts of one process."""

    def __init__(self, most_bytes: int = _BYTES) -> None:
        self.texts: LRUCache[Key, tuple[int, orjson.Fragment]] = LRUCache(most_bytes, getsizeof=_size)


class TextsOfRows:
    """The texts of one list, while it is completed."""

    __slots__ = ("_execution", "_plan", "_rows", "_scope", "_texts")

    def __init__(self, execution: PlanExecution, plan: ObjectPlan, rows: StoredRows[Any, Any]) -> None:
        self._execution = execution
        self._plan = plan.number
        self._rows = rows
        self._scope = rows.scope
        self._texts = execution.texts.texts

    def text(self, row: Any) -> orjson.Fragment:
        """Return the kept text of a row. Raises KeyError if there is none."""
        return self._texts[self._plan, self._scope, row.fingerprint][1]

    def make(self, row: Any) -> Any:
        """Return the object of a row."""
        return self._rows.make(row)

    def kept(self, row: Any, completed: Any, errors: int) -> Any:
        """Keep the text of a completed object, unless the execution has more errors than before it. Returns what to
        put into the list."""
        fingerprint = row.fingerprint
        if fingerprint is None or type(completed) is CoroutineType or completed is None:
            return completed
        if len(self._execution.errors) != errors:
            return completed
        text = exact(orjson.dumps(completed))
        fragment = orjson.Fragment(text)
        if len(text) <= _LARGEST:
            self._texts[self._plan, self._scope, fingerprint] = len(text), fragment
        return fragment


def texts_of(execution: PlanExecution, plan: ObjectPlan | None, rows: StoredRows[Any, Any]) -> TextsOfRows | None:
    """Return the texts of a list; None if its objects do not depend on their rows alone."""
    return TextsOfRows(execution, plan, rows) if plan is not None and plan.is_of_row else None


def _size(entry: tuple[int, orjson.Fragment]) -> int:
    return entry[0] + _OVERHEAD
