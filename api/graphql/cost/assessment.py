"""The assessment of an operation before it runs: its cost, the errors for which it is refused, and what it writes.

It depends on the document and on a few variables, such as page sizes. So a document remembers its assessments by the
values of the variables that the calculation has read: a calculation that reads the same values takes the same course.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

import orjson
from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType

from api.graphql.cost.calculator import Cost, cost_of
from api.graphql.cost.root_fields import check_roots
from api.graphql.cost.writes import NO_WRITES, Writes, writes_of
from api.graphql.limits import Limits
from domain.values.record import Record

_REMEMBERED = 32  # assessments of one document; a client uses a few page sizes


class Assessment(Record):
    cost: Cost
    refusals: list[GraphQLError]  # empty if the operation may run
    writes: Writes


class Assessments:
    """The assessments of one document. Mutations that count a variable are not remembered: it is their whole input,
    which differs each time."""

    def __init__(self) -> None:
        self._known: dict[bytes, Assessment] = {}
        self._read: dict[int, tuple[str, ...]] = {}  # names of the variables that count, by the place of the operation

    def of(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        node: OperationDefinitionNode,
        variables: Mapping[str, object],
        limits: Limits,
    ) -> Assessment:
        place = node.loc.start if node.loc else 0
        before = self._read.get(place)
        mutates = node.operation is OperationType.MUTATION
        if before and mutates:
            return _assessed(schema, document, node, variables, limits)
        if before is not None:
            known = self._known.get(_key(place, before, variables))
            if known is not None:
                return known
        recorded = _RecordedReads(variables)
        made = _assessed(schema, document, node, recorded, limits)
        names = tuple(sorted(recorded.names.union(before or ())))
        if names != before or len(self._known) >= _REMEMBERED:
            self._known.clear()
            self._read[place] = names
        if not (names and mutates):
            self._known[_key(place, names, variables)] = made
        return made


def _assessed(
    schema: GraphQLSchema,
    document: DocumentNode,
    node: OperationDefinitionNode,
    variables: Mapping[str, object],
    limits: Limits,
) -> Assessment:
    cost = cost_of(schema, document, node, variables)
    roots = check_roots(schema, document, node, variables, limits)
    mutates = node.operation is OperationType.MUTATION
    writes = writes_of(schema, document, node, variables) if mutates else NO_WRITES
    return Assessment(cost=cost, refusals=[*cost.errors(limits), *roots], writes=writes)


def _key(place: int, names: tuple[str, ...], variables: Mapping[str, object]) -> bytes:
    # A name that was not sent is left out, which differs from null. A hash, since the values are not coerced yet: there
    # may be a megabyte in place of a page size.
    sent = {name: variables[name] for name in names if name in variables}
    return sha256(orjson.dumps([place, sent], option=orjson.OPT_SORT_KEYS, default=repr)).digest()


class _RecordedReads(Mapping[str, object]):
    """The variables, with the names that were read."""

    def __init__(self, variables: Mapping[str, object]) -> None:
        self.names: set[str] = set()
        self._variables = variables

    def __getitem__(self, name: str) -> object:
        self.names.add(name)
        return self._variables[name]

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return name in self._variables

    def __iter__(self) -> Iterator[str]:
        self.names.update(self._variables)
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)
