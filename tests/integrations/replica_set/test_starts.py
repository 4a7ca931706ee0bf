"""A server starts while a member of its replica set is down."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from tests.e2e.conftest import machine
from tests.e2e.processes import Json, Machine
from tests.integrations.replica_set.faults import fill
from tests.integrations.replica_set.members import ReplicaSet

__all__ = ["machine"]


@pytest.mark.timeout(240)
async def test_a_new_index_does_not_wait_for_a_member_that_is_down(machine: Machine, tmp_path: Path) -> None:
    async with ReplicaSet(tmp_path, election=1_500) as mongo, AsyncMongoClient[Json](mongo.uri) as client:
        settings = {"BATON_MONGODB_URI": mongo.uri}
        server = await machine.serve(**settings)
        await server.kill()
        await fill(mongo, 1_000)  # an empty collection has its indexes at once
        messages = client["baton"]["messages"]
        before = await messages.index_information()
        for name in before.keys() - {"_id_"}:
            await messages.drop_index(name)
        primary = await mongo.primary()
        await next(each for each in mongo.members if each is not primary).kill()
        await server.start()
        assert await messages.index_information() == before
        await server.kill()
