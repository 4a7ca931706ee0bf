"""Memory does not grow with the number of different documents: a million with BATON_LONG and BATON_MEMORY_ROUNDS."""

from __future__ import annotations

import gc

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.limits import Limits
from tests.api.graphql.serving import serving, until
from tests.harness.memory import objects_left_by


async def test_different_documents() -> None:
    async with serving(limits=Limits(documents=20, documents_bytes=20 * 30_000)) as server:

        async def ask(number: int) -> None:
            response = await server.query(f"query Q{number} {{ a{number}: hello }}")
            assert response.json() == {"data": {f"a{number}": "world"}}

        assert await objects_left_by(ask) < 1
        assert len(server.services.executor.documents) == 20


async def test_subscriptions_leave_no_cycles_when_they_begin() -> None:
    async with serving() as server, server.socket() as client:
        gc.collect()
        gc.disable()
        try:
            for number in range(20):
                await client.subscribe("subscription { ticks { __typename } }", str(number))
            await until(lambda: server.hub.streams == 20)
            contexts = [each for each in gc.get_objects() if isinstance(each, StrawberryGraphQLCoreExecutionContext)]
        finally:
            gc.enable()
    assert contexts == []
