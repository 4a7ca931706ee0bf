"""Objects of stored rows come out as graphql-core writes them, however often they are asked for; those that are known
are not made again."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import dataclass
from typing import Any, Self, cast

import orjson
import pytest
import strawberry

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation
from api.graphql.limits import Limits
from api.graphql.plan.fields import ObjectPlan
from api.graphql.plan.kept_texts import KeptTexts
from api.graphql.request import GraphQLRequest
from domain.principal import ANONYMOUS, Principal
from resolvers.relay.stored_rows import StoredRows
from resolvers.selection import OF_ROW
from tests.api.graphql.serving import STAFF


@dataclass(frozen=True)
class Stored:
    name: str
    fingerprint: bytes | None


@strawberry.type
class Part:
    name: str


@strawberry.type
class Row:
    row: strawberry.Private[Stored]
    name: str
    number: int

    @strawberry.field(metadata={OF_ROW: True})
    def part(self) -> Part:
        return Part(name=f"part of {self.name}")

    @strawberry.field(metadata={OF_ROW: True})
    def failing(self) -> str | None:
        raise ValueError(f"{self.name} fails")

    @strawberry.field(metadata={OF_ROW: True})
    async def awaited(self) -> str:
        return self.name

    @strawberry.field
    def unmarked(self) -> str:
        return self.name


@dataclass
class Context:
    rows: list[Stored]
    audience: str = "staff"
    principal: Principal = ANONYMOUS
    made: int = 0

    def fresh(self, seq: int | None = None) -> Self:
        return self

    def make(self, row: Stored) -> Row:
        self.made += 1
        if row.name == "damaged":
            raise ValueError("damaged")
        return Row(row=row, name=f"{row.name} of {self.audience}", number=1)


@strawberry.type
class Query:
    @strawberry.field
    def rows(self, info: strawberry.Info[Context, None]) -> list[Row | None]:
        context = info.context
        return cast("list[Row | None]", StoredRows(context.rows, context.make, scope=context.audience))


SCHEMA = strawberry.Schema(query=Query)
ROWS = [Stored(name, name.encode()) for name in ("å", '"b" %s', "c")]


def executor(*, compiles: bool = True, limits: Limits | None = None) -> GraphQLExecutor:
    return GraphQLExecutor(schema=SCHEMA, limits=limits or Limits(), errors=ErrorFormatter(), compiles=compiles)


async def asked(server: GraphQLExecutor, selected: str, context: Context) -> bytes:
    operation = await server.prepare(GraphQLRequest(query=f"{{ rows {{ {selected} }} }}"), STAFF)
    assert isinstance(operation, Operation)
    return (await server.execute(operation, cast(Any, context))).encode()


@pytest.mark.parametrize(
    ("selected", "is_kept"),
    [
        ("name number", True),
        ("__typename again: name name part { name __typename }", True),
        ("name @skip(if: true) number part { ... on Part { name } }", True),
        ("name unmarked", False),
        ("name part { name } unmarked", False),
        ("name awaited", False),
        ("name failing", False),
    ],
)
async def test_the_second_answer_is_that_of_graphql_core(selected: str, is_kept: bool) -> None:
    server = executor()
    first, second = Context(ROWS), Context(ROWS)
    answers = [await asked(server, selected, context) for context in (first, second)]

    wanted = await asked(executor(compiles=False), selected, Context(ROWS))
    assert [without_ids(answer) for answer in answers] == [without_ids(wanted)] * 2
    assert (first.made, second.made) == (3, 0 if is_kept else 3)


def without_ids(answer: bytes) -> list[object]:
    body = orjson.loads(answer)
    return [body["data"], [(error["message"], error["path"]) for error in body.get("errors", [])]]


async def test_only_a_changed_row_is_made() -> None:
    server = executor()
    await asked(server, "name", Context(ROWS))
    changed = Context([ROWS[0], Stored("new", b"new"), ROWS[2]])

    assert b"new of staff" in await asked(server, "name", changed)
    assert changed.made == 1


async def test_each_audience_has_its_own_texts() -> None:
    server = executor()
    await asked(server, "name", Context(ROWS))
    others = Context(ROWS, audience="partner")

    assert b"c of partner" in await asked(server, "name", others)
    assert others.made == 3


async def test_each_document_has_its_own_texts() -> None:
    server = executor()
    await asked(server, "name", Context(ROWS))

    assert await asked(server, "text: name", Context(ROWS[:1])) == '{"data":{"rows":[{"text":"å of staff"}]}}'.encode()


async def test_rows_without_a_fingerprint_are_not_kept() -> None:
    server, rows = executor(), [Stored("a", None), *ROWS]
    await asked(server, "name", Context(rows))
    again = Context(rows)

    assert b"a of staff" in await asked(server, "name", again)
    assert again.made == 1


async def test_a_row_that_cannot_be_read_is_the_error_of_its_place_alone() -> None:
    server, rows = executor(), [ROWS[0], Stored("damaged", b"d"), ROWS[2]]
    for _ in range(2):
        data, errors = cast(Any, without_ids(await asked(server, "name", Context(rows))))
        assert [row and row["name"] for row in data["rows"]] == ["å of staff", None, "c of staff"]
        assert [path for _, path in errors] == [["rows", 1]]


async def test_texts_are_forgotten_when_a_person_is_erased() -> None:
    server = executor()
    await asked(server, "name", Context(ROWS))
    server.runs.forget()
    again = Context(ROWS)
    await asked(server, "name", again)

    assert again.made == 3


async def test_texts_are_bounded_in_bytes() -> None:
    server = executor()
    server.runs._texts = kept = KeptTexts(most_bytes=5_000)
    for number in range(100):
        await asked(server, "name", Context([Stored("x" * 500, bytes([number]))]))
    assert 0 < kept.texts.currsize <= 5_000

    large = Context([Stored("x" * 20_000, b"large")])
    for _ in range(2):
        await asked(server, "name", large)
    assert large.made == 2


async def test_texts_do_not_hold_documents_that_are_gone() -> None:
    server = executor(limits=Limits(documents=5, documents_bytes=5 * 30_000))
    for number in range(50):
        await asked(server, f"a{number}: name", Context(ROWS))
    gc.collect()

    assert len(server.runs._texts.texts) == 50 * len(ROWS)
    plans = [each for each in gc.get_objects() if isinstance(each, ObjectPlan) and each.type.name == "Row"]
    assert sum(any(field.name.startswith("a") for field in plan.fields) for plan in plans) <= 5


async def test_a_text_takes_no_more_memory_than_is_counted() -> None:
    server = executor()
    texts, rows = server.runs._texts.texts, [Stored(f"row {number}", f"{number}".encode()) for number in range(500)]
    await asked(server, "name", Context(ROWS))
    gc.collect()
    tracemalloc.start()
    try:
        before, counted = tracemalloc.get_traced_memory()[0], texts.currsize
        await asked(server, "name", Context(rows))
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < texts.currsize - counted
    finally:
        tracemalloc.stop()
