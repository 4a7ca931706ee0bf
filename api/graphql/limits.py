"""The limits of a request and of a connection, and the check of a document against them.

The check comes before validation, because a hostile document makes validation expensive (comparing fields of one name
is quadratic). Fragments are counted where they are spread, and each is measured once, so that the check is linear in
the length of the text even if the expansion is exponential.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

from domain.values.record import Record

QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
LARGEST_NUMBER = 1_000_000_000  # reported at most; an expansion may have 2^100 fields, too many for a JSON number


class Limits(Record):
    """Limits of a request: about ten times what the API page and Relay clients send."""

    body_bytes: int = 1 << 20  # the longest message and 20 product cards fit; GraphQL has no uploads
    anonymous_body_bytes: int = 64 << 10  # without a credential; the standard introspection query has 2 KB
    anonymous_document_bytes: int = 8 << 10  # likewise
    anonymous_tokens: int = 1_000  # likewise; of the standard introspection query, 183
    anonymous_comparisons: int = 1_000  # likewise; the standard introspection query needs none
    values: int = 2_000  # in the variables, lists and objects included; coercion takes 0.1 ms for an input object
    value_depth: int = 50  # lists and objects within one another in the variables; JSON is written to 254 levels only
    list_values: int = 1_000  # in one list of the variables; the products of an order may be 500
    tokens: int = 5_000  # of a document; the standard introspection query has 183, and parsing costs 10 µs per token
    depth: int = 20  # levels of selection sets; the standard introspection query needs 15
    fields: int = 1_000  # after expansion of fragments; keeps validation below 0.3 s
    comparisons: int = 10_000  # of fields that share a place in the response; validation takes up to 10 µs for each
    repeats: int = 50  # fields with one response name in one selection set: validation compares each pair
    aliases: int = 50  # in a document; each can run a resolver once more
    root_fields: int = 20  # of an operation; each runs queries of its own
    root_lists: int = 10  # of those, that read one and the same list
    searches: int = 3  # in an operation, through all conversations
    conditions: int = 20  # of the segments of an operation; one segment has at most 10
    alias_characters: int = 100  # of one alias: the response repeats it at every object. Generated ones have up to 60
    directives: int = 50  # in a document; real ones have a few
    nodes: int = 20_000  # objects that an operation may return; cost/calculator.py works them out before it runs
    cost: int = 30_000  # of an operation: its objects, and the base costs of its reads (cost/prices.py)
    seconds: float = 10.0  # to execute a query, a mutation or one event, to read a body, and to check a credential
    documents: int = 1_000  # in the store of parsed and validated documents
    documents_bytes: int = 32 << 20  # of memory for that store
    anonymous_documents: int = 50  # of callers without a credential, which are stored apart


class SocketLimits(Record):
    """Limits of a connection that stays open: WebSockets, and event streams where they apply."""

    frame_bytes: int = 64 << 10  # of an inbound message; documents are far smaller
    operations: int = 50  # at once; the cursor names each of them, so this bounds its length
    init_seconds: float = 5.0  # from the handshake to connection_init
    messages_per_second: float = 50.0  # inbound; beyond it, and beyond the burst, reading slows down
    messages_burst: int = 200  # enough for a page that subscribes to everything at once
    queue_bytes: int = 1 << 20  # of frames that wait for the reader
    queue_frames: int = 512  # that wait for the reader
    send_seconds: float = 15.0  # for which a single write may be blocked; then the reader counts as gone
    close_seconds: float = 5.0  # for the close frame to be sent; then the connection is aborted
    ping_seconds: float = 25.0  # between pings; proxies drop a connection that is silent for 30 to 60 s
    idle_seconds: float = 75.0  # without a message from the client: three pings without a pong
    lifetime_seconds: float = 4 * 3600.0  # of a connection; clients then reconnect, and added processes get their share
    heartbeat_seconds: float = 15.0  # between comments in an event stream, for proxies that drop silent connections
    jitter: float = 0.1  # of pings and lifetime, so that clients do not reconnect all at once


@dataclass(slots=True)
class _Size:
    depth: int = 0
    fields: int = 0
    aliases: int = 0
    longest_alias: int = 0
    directives: int = 0
    names: Counter[str] = field(default_factory=Counter)  # response names of this level

    def add(self, inner: _Size) -> None:
        self.fields += inner.fields
        self.aliases += inner.aliases
        self.longest_alias = max(self.longest_alias, inner.longest_alias)
        self.directives += inner.directives


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._known: dict[str, _Size] = {}

    def fragment(self, name: str) -> _Size:
        if name not in self._known:
            self._known[name] = _Size()  # found by a cycle; the standard rules then refuse the document
            if definition := self._fragments.get(name):
                self._known[name] = self.level(definition.selection_set)
        return self._known[name]

    def level(self, selections: SelectionSetNode) -> _Size:
        size = _Size()
        for node in selections.selections:
            size.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                self._add_field(size, node)
                continue
            if isinstance(node, FragmentSpreadNode):
                inner = self.fragment(node.name.value)
            else:
                inner = self.level(node.selection_set)  # type: ignore[attr-defined]
            size.add(inner)
            size.depth = max(size.depth, inner.depth)
            size.names.update(inner.names)
        return size

    def _add_field(self, size: _Size, node: FieldNode) -> None:
        size.fields += 1
        if node.alias is not None:
            size.aliases += 1
            size.longest_alias = max(size.longest_alias, len(node.alias.value))
        size.names[(node.alias or node.name).value] += 1
        inner = self.level(node.selection_set) if node.selection_set else _Size()
        size.add(inner)
        size.depth = max(size.depth, 1 + inner.depth)


def check(document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """Return the errors of a document that exceeds the limits; an empty list if it may be validated and run."""
    measure = _Measure(document)
    errors: list[GraphQLError] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            size = measure.level(definition.selection_set)
            size.directives += len(definition.directives or ())
            errors += _over("root fields", size.names.total(), limits.root_fields)
        elif isinstance(definition, FragmentDefinitionNode):
            size = measure.fragment(definition.name.value)
        else:
            continue
        errors += _over("levels of depth", size.depth, limits.depth)
        errors += _over("fields", size.fields, limits.fields)
        errors += _over("aliases", size.aliases, limits.aliases)
        errors += _over("characters of an alias", size.longest_alias, limits.alias_characters)
        errors += _over("directives", size.directives, limits.directives)
        errors += _over("fields of one name", max(size.names.values(), default=0), limits.repeats)
        if errors:
            break
    return errors


def too_complex(message: str, **extensions: object) -> GraphQLError:
    return GraphQLError(message, extensions={"code": QUERY_TOO_COMPLEX, **extensions})


def _over(what: str, actual: int, limit: int) -> Iterator[GraphQLError]:
    if actual > limit:
        actual = min(actual, LARGEST_NUMBER)
        message = f"The document is too complex: {actual} {what}, at most {limit} are allowed."
        yield too_complex(message, limit=limit, actual=actual)
