"""Memory does not grow with the number of different documents: a million with BATON_LONG and BATON_MEMORY_ROUNDS."""

from __future__ import annotations

from api.graphql.limits import Limits
from tests.api.graphql.serving import serving
from tests.harness.memory import objects_left_by


async def test_different_documents() -> None:
    async with serving(limits=Limits(documents=20, documents_bytes=20 * 30_000)) as server:

        async def ask(number: int) -> None:
            response = await server.query(f"query Q{number} {{ a{number}: hello }}")
            assert response.json() == {"data": {f"a{number}": "world"}}

        assert await objects_left_by(ask) < 1
        assert len(server.services.executor.documents) == 20
