"""The search for a shopper reads every record of the account, and no record of another one."""

from __future__ import annotations

from typing import Any

import pytest

from domain.erasure.model import Erasure
from domain.values.ids import AccountId
from domain.webhook_dedup import ReceivedWebhook
from integrations.mongo.collections import ACCOUNT_STATE, COLLECTIONS
from integrations.mongo.erasure import places
from integrations.mongo.erasure.places import PLACES, PlaceReader
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.profile.test_erasing import Shopper

FEW = {"forwardings", "redactions", "signals", "staff", "staff_sessions", "tag_dictionary", "unseen_replies"}
"""Collections with few records, of an account or of all: a page sorts them, or reads them all."""

LEFT_OUT = {"blobs.chunks", "blobs.files", COLLECTIONS[Erasure], COLLECTIONS[ReceivedWebhook]}
NO_SHOPPERS = {"upgrades"}  # without an account


async def filled(baton: Program, shop: Shop, seed: int) -> None:
    others, lena = History(baton, shop, seed), Shopper(baton, shop, seed)
    for _ in range(25):
        await others.step()
        await lena.step()


async def read(baton: Program, account_id: AccountId) -> set[tuple[str, str]]:
    reader, found, position = PlaceReader(database=baton.baton.ports.erasure._database), set[tuple[str, str]](), None
    while True:
        page = await reader.page(account_id, position)
        keys = {(page.place.removesuffix(".activity"), str(each["_id"])) for each in page.records}
        assert found.isdisjoint(keys), "no record is read twice"
        found |= keys
        position = page.position
        if position is None:
            return found


@pytest.mark.parametrize("limits", [(50, 1_000, 4_000_000), (2, 3, 4_000_000), (1, 1_000, 2_000)])
async def test_every_record_of_the_account_is_read_once(
    baton: Program, shop: Shop, limits: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, limit in zip(("_BATCH", "STEP", "_PAGE_BYTES"), limits, strict=True):
        monkeypatch.setattr(places, name, limit)
    baton.clock.set(START)
    other = await baton.open_shop("Other")
    await filled(baton, shop, 1)
    await filled(baton, other, 2)
    stored = {
        (name, str(each["_id"]))
        for name, documents in (await baton.everything()).items()
        for each in documents
        if name not in LEFT_OUT | NO_SHOPPERS
        and (each.get("account") == shop.id or str(each["_id"]).startswith(shop.id))
        and not (name == "idempotency" and "conversation_id" not in each)
    }
    assert {name for name, _ in stored} > {"vocabulary", "events", "messages", ACCOUNT_STATE, "timers"}
    assert await read(baton, shop.id) == stored


async def test_a_page_reads_no_record_of_another_account(baton: Program, shop: Shop) -> None:
    """By the plans of MongoDB: it examines no more records than it returns."""
    baton.clock.set(START)
    other = await baton.open_shop("Other")
    await filled(baton, other, 2)
    database = baton.baton.ports.erasure._database
    for place in PLACES:
        name = ACCOUNT_STATE if place.startswith(ACCOUNT_STATE) else place
        fields = places._KEYSETS.get(place, ("_id",))
        for after in (None, await _middle(baton, place, fields, other.id)):
            if after is None and fields[0] == "_id" and place in FEW:
                continue
            command: dict[str, Any] = {
                "find": name,
                "filter": places._query(shop.id, place, fields, after),
                "sort": dict.fromkeys(fields, 1),
            }
            if places._has_index(place):
                command["hint"] = places._BY_ACCOUNT
            plan = await database.command({"explain": command, "verbosity": "executionStats"})
            stats = plan["executionStats"]
            spared = 5 if place in FEW else 2
            assert stats["totalDocsExamined"] <= stats["nReturned"] + spared, (place, after, stats)


async def _middle(baton: Program, place: str, fields: tuple[str, ...], account_id: str) -> list[Any] | None:
    name = ACCOUNT_STATE if place.startswith(ACCOUNT_STATE) else place
    if place in FEW or place in places._BY_PREFIX:
        return None
    found = await baton.database[name].find({"account": account_id, fields[0]: {"$exists": True}}).to_list()
    return [found[len(found) // 2][field] for field in fields] if found else None
