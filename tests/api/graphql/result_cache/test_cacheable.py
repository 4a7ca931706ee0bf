"""Which operations are cacheable."""

from __future__ import annotations

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, OperationDefinitionNode, parse

from api.graphql.documents.store import key_of
from api.graphql.result_cache.cacheable import ARGUMENTS, CACHEABLE, CacheableOperations
from resolvers.schema import schema
from tests.harness.memory import bytes_left_by

SCHEMA = schema._schema
FIELDS = {
    f"{kind.name}.{name}": field
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    for name, field in kind.fields.items()
}
OPERATIONS = CacheableOperations(schema=SCHEMA)


def cacheable(document: str, **variables: object) -> bool:
    ast = parse(document)
    operation = ast.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return OPERATIONS.has(key_of(document), ast, operation, variables)


def of_a_day(document: str) -> bool:
    ast = parse(document)
    operation = ast.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return OPERATIONS.is_of_a_day(key_of(document), ast, operation)


def test_every_listed_field_is_one_of_the_schema() -> None:
    assert set(FIELDS) >= CACHEABLE
    for name, arguments in ARGUMENTS.items():
        assert set(FIELDS[name].args) >= set(arguments)


def test_every_argument_of_a_listed_field_is_judged_or_does_not_matter() -> None:
    paging = {"first", "after", "last", "before", "id", "state"}
    reports = {"Query.metrics": {"range", "filter"}, "Metrics.series": {"groupBy", "top"}, "Query.inbox": {"filter"}}
    for name in CACHEABLE:
        assert set(FIELDS[name].args) <= paging | reports.get(name, set()) | set(ARGUMENTS.get(name, ())), name
    assert set(SCHEMA.type_map["ConversationFilter"].fields) == {  # type: ignore[attr-defined]
        "channel", "profileId", "search", "startedOn", "status", "tag", "untagged",
    }  # fmt: skip
    # None of these means another list for another viewer.
    assert set(SCHEMA.type_map["TicketFilter"].fields) == {"assigneeId", "channel", "tag", "unread"}  # type: ignore[attr-defined]


def test_nothing_of_mutations_and_subscriptions_is_listed() -> None:
    assert not {name for name in CACHEABLE if name.startswith(("Mutation.", "Subscription."))}


@pytest.mark.parametrize("name", sorted(set(FIELDS) - CACHEABLE))
def test_an_operation_with_a_field_that_is_not_listed_is_not_cacheable(name: str) -> None:
    kind, _, field = name.partition(".")
    if kind not in ("Query", "Subscription", "Mutation"):
        document = f"{{ conversations {{ nodes {{ id ... on Node {{ ... on {kind} {{ {field} }} }} }} }} }}"
        assert not cacheable(document)
    else:
        assert not cacheable(f"{kind.lower()} {{ {field} {{ id }} }}")


@pytest.mark.parametrize(
    "document",
    [
        "{ metrics(range: {preset: TODAY}) { totalVolume { count conversations { nodes { id } } } } }",
        "query ($range: DateRangeInput!) { metrics(range: $range, asOf: null) { ...part previous { ...part } } } "
        "fragment part on Metrics { range { start } sales { nodes { id } } }",
        "{ conversations { nodes { id } } ...reports } fragment reports on Query "
        '{ metrics(range: {between: {start: "2026-06-01", end: "2026-06-02"}}) { series(groupBy: TAG) { total } } }',
    ],
)
def test_reports_are_those_of_the_day(document: str) -> None:
    assert cacheable(document) is True
    assert of_a_day(document)


@pytest.mark.parametrize(
    "document",
    [
        "{ conversations(first: 50) { nodes { id } } }",
        "{ inbox(view: UNASSIGNED) { nodes { id } } }",
    ],
)
def test_pages_are_those_of_any_day(document: str) -> None:
    assert not of_a_day(document)


@pytest.mark.parametrize(
    "document",
    [
        "{ conversations(first: 50) { edges { cursor node { id displayName } } pageInfo { hasNextPage } } }",
        "{ conversations { ...page } } fragment page on ConversationConnection { nodes { ...row ...row } } "
        "fragment row on Conversation { id profile { displayName } }",
        "query ($on: Boolean!) { conversations { nodes { id status @include(if: $on) } } }",
        "{ conversations(filter: {status: [OPEN]}, orderBy: {field: STARTED_AT, direction: ASC}) { totalCount } }",
        "{ inbox(view: UNASSIGNED, state: [OPEN, SNOOZED]) { nodes { id unread conversation { id } } streamCursor } }",
        "query ($id: ID!) { __typename conversation(id: $id) { messages(last: 20) { nodes { text } totalCount } } }",
    ],
)
def test_pages_and_conversations_are(document: str) -> None:
    assert cacheable(document)


@pytest.mark.parametrize(
    "document",
    [
        "{ conversations(orderBy: {field: LAST_MESSAGE_AT, direction: DESC}) { nodes { id } } }",
        '{ conversations(filter: {status: [OPEN], search: "shoe"}) { nodes { id } } }',
        "{ conversations { nodes { ...row } } } fragment row on Conversation { id streamCursor }",
        "{ conversations(filter: {startedOn: {preset: TODAY}}) { nodes { id } } }",
        '{ conversations(asOf: "2026-01-01T00:00:00Z") { nodes { id } } }',
        "{ conversations { nodes { lastMessage { attachments { name url } } } } }",
        "{ conversations { nodes { id } } account { name } }",
        "{ __schema { queryType { name } } }",
        "{ inbox(view: MINE) { nodes { id } } }",
        "{ metrics(range: {preset: TODAY}) { asOf } }",
        "{ metrics(range: {preset: TODAY}) { reachesBackTo } }",
        '{ metrics(range: {preset: TODAY}, asOf: "2026-01-01T00:00:00Z") { totalVolume { count } } }',
        "{ strandedTickets { nodes { id } } }",
        "{ conversations { nodes { ticket { attempts { at } } } } }",
    ],
)
def test_what_depends_on_more_than_the_records_is_not(document: str) -> None:
    assert not cacheable(document)


def test_the_values_of_arguments_may_come_from_variables() -> None:
    document = "query ($filter: ConversationFilter) { conversations(filter: $filter) { nodes { id } } }"
    assert cacheable(document)
    assert cacheable(document, filter=None)
    assert cacheable(document, filter={"status": ["OPEN"], "search": None})
    assert not cacheable(document, filter={"status": ["OPEN"], "search": "shoe"})
    inner = "query ($search: String) { conversations(filter: {search: $search}) { nodes { id } } }"
    assert cacheable(inner)
    assert not cacheable(inner, search="shoe")


def test_the_view_of_an_inbox_may_come_from_a_variable() -> None:
    document = "query ($view: InboxView! = MINE) { inbox(view: $view) { nodes { id } } }"
    assert not cacheable(document)
    assert not cacheable(document, view="MINE")
    assert cacheable(document, view="ALL")


def test_defaults_of_variables_count() -> None:
    document = 'query ($search: String = "shoe") { conversations(filter: {search: $search}) { nodes { id } } }'
    assert not cacheable(document)
    assert cacheable(document, search=None)


def test_documents_are_not_kept_by_the_arguments_that_decide() -> None:
    """A location in the document would keep all of its tokens: 0.2 MB for each of thousands of documents."""
    fields = " ".join(f"a{number}: id" for number in range(300))
    order = "orderBy: {field: STARTED_AT, direction: DESC}"

    def decide(number: int) -> None:
        assert cacheable(f"{{ conversations(first: {number}, {order}) {{ nodes {{ {fields} }} }} }}")

    assert bytes_left_by(decide, 20) < 20_000


def test_long_names_of_operations_are_not_kept() -> None:
    def decide(number: int) -> None:
        assert cacheable(f"query Q{number}{'a' * 50_000} {{ conversations {{ nodes {{ id }} }} }}")

    assert bytes_left_by(decide, 20) < 10_000


def test_large_arguments_count_with_their_size() -> None:
    operations = CacheableOperations(schema=SCHEMA)
    statuses = ",".join(["OPEN"] * 1_000)

    def decide(number: int) -> None:
        text = f"{{ conversations(first: {number}, filter: {{status: [{statuses}]}}) {{ nodes {{ id }} }} }}"
        ast = parse(text)
        operation = ast.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        assert operations.has(key_of(text), ast, operation, {})

    assert bytes_left_by(decide, 150) * 150 < 6 << 20
