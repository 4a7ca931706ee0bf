"""The search index is correct after any operation, built for old data, and repaired."""

from __future__ import annotations

import asyncio
import os

import pytest
from pymongo import AsyncMongoClient

from api.bootstrap.database import prepare
from domain.doctor import Check
from domain.values.ids import AccountId
from integrations.mongo.checks.search import SearchIndexCheck
from integrations.mongo.client import connect
from integrations.mongo.search.reindex import Reindex
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop
from tests.resolvers.search.random_conversations import RandomConversations
from tests.resolvers.test_pages import ids, listed, several


async def findings(baton: Program) -> list[tuple[Check, str]]:
    [derived] = [each for each in baton.baton.ports.integrity_checks if isinstance(each, SearchIndexCheck)]
    return [(f.check, f.where.rpartition(" ")[2]) async for f in derived.examine(lambda _: None)]


async def repaired(baton: Program) -> int:
    return sum([await repair.repair(lambda _: None) for repair in baton.baton.ports.integrity_checks])


@pytest.mark.parametrize("seed", range(10 if "BATON_LONG" in os.environ else 1))
async def test_rows_are_right_whatever_happens(baton: Program, shop: Shop, seed: int) -> None:
    random_conversations = RandomConversations(baton, shop, seed)
    for _ in range(60):
        await random_conversations.step()
    await asyncio.gather(*(random_conversations.step() for _ in range(20)), return_exceptions=False)
    assert await findings(baton) == []
    assert await repaired(baton) == 0


async def test_damage_is_reported_and_repaired(baton: Program, shop: Shop) -> None:
    made = await several(baton, shop, 5)
    rows = baton.database["conversation_terms"]
    before = await baton.everything()
    await rows.delete_one({"_id": made[0].key})
    await rows.update_one({"_id": made[1].key}, {"$pull": {"terms": "question"}})
    await rows.update_one({"_id": made[2].key}, {"$push": {"terms": ":status:CLOSED"}})
    await baton.database["vocabulary"].delete_one({"_id": f"{shop.id}:3"})
    assert sorted(await findings(baton)) == [(Check.SEARCH, made[n].key) for n in range(4)]
    assert await repaired(baton) == 4
    assert await findings(baton) == []
    after = await baton.everything()
    for row in (*before["conversation_terms"], *after["conversation_terms"]):
        row["terms"].sort()
        del row["created_seq"]
    assert after == before


async def test_conversations_of_before_are_found_after_an_upgrade(
    baton: Program, shop: Shop, mongo_client: AsyncMongoClient[Json]
) -> None:
    """The upgrade may be interrupted, and commands may arrive during it."""
    made = await several(baton, shop, 5)
    await baton.database["conversation_terms"].delete_many({})
    await baton.database["vocabulary"].delete_many({})
    await baton.database["upgrades"].delete_many({})
    nothing: dict[str, list[str]] = {name: [] for name in ("terms", "visitor_terms", "profile_terms")}
    broken_off = {"account": shop.id, **nothing, "last_message_positions": [], "seq": 7, "created_seq": -1}
    await baton.database["conversation_terms"].insert_one({"_id": made[0].key, **broken_off})
    by_rows = {"channel": ["WEB_CHAT"]}  # a list without conditions reads the conversations themselves
    assert ids(await listed(baton, shop, filter=by_rows)) == []
    say = baton.mutate(made[1].token, "sendMessage", conversationId=made[1].id, text="meanwhile")
    await asyncio.gather(prepare(baton.baton.settings, baton.uri), prepare(baton.baton.settings, baton.uri), say)
    assert sorted(ids(await listed(baton, shop, filter=by_rows))) == sorted(started.id for started in made)
    assert ids(await listed(baton, shop, filter={"search": "meanw"})) == [made[1].id]
    assert await findings(baton) == []


async def test_a_row_is_made_while_its_conversation_goes_on(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, "first")
    database = connect(baton.uri, database=baton.baton.settings.mongodb_database)
    rebuild = Reindex(database=database)
    for n in range(10):
        say = baton.mutate(started.token, "sendMessage", conversationId=started.id, text=f"word{n}")
        await asyncio.gather(rebuild.make(AccountId(shop.id), [started.key]), say)
    await database.close()
    assert await findings(baton) == []
    page = await listed(baton, shop, filter={"search": "first word0 word9"})
    assert ids(page) == [to_global_id("Conversation", started.key)]
