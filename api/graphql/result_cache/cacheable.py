"""Which operations have results that depend on nothing but the account's records, the variables and the audience.

Fields that are not listed here are not cacheable, and make their operation uncacheable. A field is listed if it reads
only records that units of work write, since each of their commits moves the account's revision. So these are left out:

    the clock       `openNow`, snoozed and stranded tickets, live sessions; lists of some days, which may be relative;
                    `Metrics.asOf` and `reachesBackTo`, which the trim of the log moves; addresses of files, which end
    the caller      what differs between two callers of one audience: `me`, `current`, a view of one's own tickets
    other writers   attempts of the outbox and of forwardings, which workers record; the trimmed log (of `Conversation`)
    searches        found by words, of which only a time is promised within which they are found

Reports are of days that may be relative to today (`DAYS`): their results are for the present day only (`cache.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    get_named_type,
    parse_value,
    print_ast,
    value_from_ast_untyped,
)

from domain.storage import ConversationSort
from domain.values.record import Record, field
from resolvers.inbox.enums import InboxView

FIELDS: Mapping[str, str] = {
    "Query": "conversation conversations inbox metrics",
    "ConversationConnection": "edges nodes pageInfo totalCount totalCountIsExact",
    "ConversationEdge": "cursor node",
    "PageInfo": "endCursor hasNextPage hasPreviousPage startCursor",
    "Conversation": "channel closedAt contact controller displayName drafts finalSkill firstQuestion handoff handoffs "
    "id identityVerified initialSkill isTest lastMessage lastMessageAt lastSpoken messageCount messages profile "
    "startedAt status tags ticket transcriptRemovedAt version",
    "TicketConnection": "edges nodes pageInfo streamCursor totalCount",
    "TicketEdge": "cursor node",
    "Ticket": "assignee conversation createdAt delivery externalId externalUrl helpdesk id snoozedUntil state unread "
    "waitingSince",
    "Contact": "email externalId name phone",
    "ContactValue": "value verified",
    "Controller": "epoch kind since staff",
    "Draft": "epoch products text writtenAt",
    "Handoff": "consent conversation helpdesk id method reason reasonDetail requestedAt state summary",
    "ConsentRecord": "actionLabel channel decidedAt decision locale offeredAt settingsVersion wording",
    "MessageConnection": "edges nodes pageInfo totalCount",
    "MessageEdge": "cursor node",
    "Message": "actions attachments author conversation delivery id kind originalMail products redactedAt sentAt "
    "sequence text",
    "Attachment": "bytes contentType id name problem",
    "MessageAction": "action label",
    "MessageDelivery": "at error progress",
    "OriginalMail": "attachments sender subject text",
    "Author": "kind name staff",
    "Money": "amount currency",
    "ProductCard": "imageUrl price productId sku title url",
    "Profile": "displayName email externalId id name phone verified",
    "Staff": "availability email id name role suspendedAt",
    "Metrics": "aiGeneratedSales averageOrderValue closed notResolvedByAi open previous range resolvedByAi sales "
    "series skills totalVolume",
    "DateRange": "end start timeZone",
    "Outcome": "conversations count rate",
    "SkillOutcome": "closed count notResolvedByAi open resolutionRate resolvedByAi skill",
    "Series": "key label points total",
    "SeriesPoint": "count date",
    "AttributedSaleConnection": "edges nodes pageInfo totalCount",
    "AttributedSaleEdge": "cursor node",
    "AttributedSale": "amount conversation id orderId placedAt touch touchedAt window",
    "Node": "id",
}
CACHEABLE = frozenset(f"{kind}.{name}" for kind, names in FIELDS.items() for name in names.split())
DAYS = frozenset({"Query.metrics"})
"""Fields whose results depend on what day it is, besides."""


def _is_null(value: object) -> bool:
    return value is None or value is Undefined


def _is_cacheable_filter(value: object) -> bool:
    uncacheable = ("startedOn", "search")
    return _is_null(value) or (isinstance(value, dict) and all(_is_null(value.get(name)) for name in uncacheable))


def _is_cacheable_order(value: object) -> bool:
    """A list by last message continues at positions of the log, which is trimmed."""
    return _is_null(value) or (isinstance(value, dict) and value.get("field") == ConversationSort.STARTED_AT.name)


def _is_of_the_team(value: object) -> bool:
    """The view MINE differs between two members of staff with the same role."""
    return value != InboxView.MINE.name


ARGUMENTS: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "Query.conversations": {"asOf": _is_null, "filter": _is_cacheable_filter, "orderBy": _is_cacheable_order},
    "Query.inbox": {"view": _is_of_the_team},
    "Query.metrics": {"asOf": _is_null},  # the past is kept for a time only
}
"""Whether a field with this value of an argument is cacheable. The arguments that are not listed do not matter."""

_BYTES = 8 << 20  # of all verdicts: of some 10,000 operations
_OVERHEAD = 800  # bytes of a verdict without arguments, with its key
_BYTES_PER_CHARACTER = 30  # of the values of arguments, measured


class _Verdict(Record):
    """Whether an operation is cacheable, if the values of these arguments are."""

    cacheable: bool
    of_a_day: bool = False  # whether its result holds on the present day only
    bytes: int = _OVERHEAD  # of memory, estimated
    arguments: tuple[tuple[ValueNode, Callable[[object], bool]], ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)  # of the operation's variables

    def admits(self, variables: Mapping[str, object]) -> bool:
        """Return whether the operation is cacheable with these variables."""
        if not self.cacheable or not self.arguments:
            return self.cacheable
        given = {**self.defaults, **variables}
        return all(fits(value_from_ast_untyped(value, given)) for value, fits in self.arguments)


_UNCACHEABLE = _Verdict(cacheable=False)


def _bare(value: ValueNode) -> ValueNode:
    """Return a copy without the place in the document, which would keep all tokens of the document in memory."""
    return parse_value(print_ast(value), no_location=True)


class CacheableOperations:
    """Decides once for each operation of a document."""

    def __init__(self, *, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._verdicts: LRUCache[tuple[bytes, int], _Verdict] = LRUCache(
            _BYTES, getsizeof=lambda verdict: verdict.bytes
        )

    def has(
        self, key: bytes, ast: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, object]
    ) -> bool:
        """Return whether the result of an operation is cacheable. `key` is the hash of its document."""
        return self._verdict(key, ast, operation).admits(variables)

    def clear(self) -> None:
        """Drop the decisions, which have the literals of documents."""
        self._verdicts.clear()

    def is_of_a_day(self, key: bytes, ast: DocumentNode, operation: OperationDefinitionNode) -> bool:
        """Return whether the result of a cacheable operation holds on the present day only."""
        return self._verdict(key, ast, operation).of_a_day

    def _verdict(self, key: bytes, ast: DocumentNode, operation: OperationDefinitionNode) -> _Verdict:
        place = operation.loc.start if operation.loc else 0  # and not the name, which may be as long as the document
        verdict = self._verdicts.get((key, place))
        if verdict is None:
            verdict = self._judge(ast, operation)
            with suppress(ValueError):  # it is larger than all may be
                self._verdicts[key, place] = verdict
        return verdict

    def _judge(self, ast: DocumentNode, operation: OperationDefinitionNode) -> _Verdict:
        fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
        root = self._schema.get_root_type(operation.operation)
        assert root is not None, "the document is valid"
        arguments: list[tuple[ValueNode, Callable[[object], bool]]] = []
        of_a_day = False
        for name, node in self._fields(operation.selection_set, root, fragments, set()):
            if name not in CACHEABLE:
                return _UNCACHEABLE
            of_a_day |= name in DAYS
            conditions = ARGUMENTS.get(name, {})
            given = {each.name.value: each.value for each in node.arguments or ()}
            arguments += [(_bare(given[each]), fits) for each, fits in conditions.items() if each in given]
        defaults = {
            each.variable.name.value: value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
            if each.default_value is not None
        }
        texts = [*(print_ast(value) for value, _ in arguments), *map(str, defaults.values())]
        return _Verdict(
            cacheable=True,
            of_a_day=of_a_day,
            arguments=tuple(arguments),
            defaults=defaults,
            bytes=_OVERHEAD + sum(map(len, texts)) * _BYTES_PER_CHARACTER,
        )

    def _fields(
        self,
        selection_set: SelectionSetNode,
        parent: GraphQLNamedType,
        fragments: Mapping[str, FragmentDefinitionNode],
        seen: set[str],
    ) -> Iterator[tuple[str, FieldNode]]:
        """Yield all fields below, as `Type.field`. A fragment is followed once."""
        for node in selection_set.selections:
            inner, kind = getattr(node, "selection_set", None), parent
            if isinstance(node, FieldNode):
                name = node.name.value
                if name == "__typename":
                    continue
                yield f"{parent.name}.{name}", node
                known = getattr(parent, "fields", {}).get(name)  # None for `__schema` and `__type`
                if inner is None or known is None:
                    continue
                kind = get_named_type(known.type)
            elif isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
                fragment = fragments[node.name.value]
                inner, kind = fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value]
            elif isinstance(node, InlineFragmentNode) and node.type_condition is not None:
                kind = self._schema.type_map[node.type_condition.name.value]
            if inner is not None:
                yield from self._fields(inner, kind, fragments, seen)
