"""Random queries over the whole schema: refused, or run to their end within what they were priced."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pymongo import AsyncMongoClient

from tests.api.graphql.cost.test_documents_read import AUTHENTICATION, READS, counting
from tests.api.graphql.cost.test_measured import filled, rows
from tests.harness.program import Json, Program, Shop
from tests.harness.random_documents import documents

EXAMPLES = 1_000 if os.environ.get("BATON_LONG") else 60
REFUSED = {"QUERY_TOO_COMPLEX", "INVALID", "NOT_FOUND", "FORBIDDEN"}


@pytest.fixture
async def baton(
    mongo_uri: str, database_name: str, tmp_path: Path, mongo_client: AsyncMongoClient[Json]
) -> AsyncIterator[Program]:
    async with counting(mongo_uri, database_name, tmp_path, mongo_client) as program:
        yield program


@pytest.fixture
async def shop(baton: Program) -> Shop:
    return await baton.open_shop("Acme")


@pytest.fixture
async def ids(baton: Program, shop: Shop) -> dict[str, str]:
    chat = await filled(baton, shop)
    found = await baton.data(shop.owner, "query($id: ID!) { conversation(id: $id) { profile { id } } }", id=chat.id)
    return {"$CONVERSATION": f'"{chat.id}"', "$PROFILE": f'"{found["conversation"]["profile"]["id"]}"'}


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(document=documents())
async def test_random_documents(baton: Program, shop: Shop, ids: dict[str, str], document: str) -> None:
    for name, id_ in ids.items():
        document = document.replace(name, id_)
    with READS.counted() as reads:
        response = await baton.post(shop.owner, {"query": document, "extensions": {"cost": True}})
    answer = response.json()
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= REFUSED, (document, answer)
    if "data" in answer:
        cost = answer["extensions"]["cost"]
        assert rows(answer["data"]) <= cost["nodes"], document
        assert reads.total() <= cost["cost"] + AUTHENTICATION, (document, reads)
