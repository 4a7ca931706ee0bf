"""Many erasures at once: one pass through the account's records serves all that wait for the search."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from domain.storage import Timer
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from integrations.mongo.collections import entity_of
from integrations.mongo.erasure.places import PLACES
from tests.harness.program import Json, Program, Shop
from tests.resolvers.profile.test_erasing import ERASURE, dying, eraser_of, found_in, run_erasures


async def asked(baton: Program, shop: Shop, count: int) -> list[str]:
    """Shoppers, whose erasures begin; the ids of these."""
    begun = []
    for number in range(count):
        talk = await baton.start(shop, f"zanzibar{number}", key=shop.owner, email=f"quux{number}@example.com")
        payload = await baton.mutate(shop.owner, "eraseProfile", profileId=talk.conversation["profile"]["id"])
        assert payload["errors"] == []
        begun.append(payload["erasure"]["id"])
    return begun


async def records(baton: Program, shop: Shop, ids: list[str]) -> list[Json]:
    return [(await baton.data(shop.owner, ERASURE, id=each))["node"] for each in ids]


async def test_one_pass_serves_all_that_wait(baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    places, pages = baton.baton.ports.erasure._finder._places, list[str]()
    read = places.page

    async def page(account_id: AccountId, position: str | None) -> Any:
        found = await read(account_id, position)
        pages.append(found.place)
        return found

    monkeypatch.setattr(places, "page", page)
    bob = await baton.start(shop, "Write to QUUX3@example.com", key=shop.owner, email="bob@example.com")
    ids = await asked(baton, shop, 4)
    await run_erasures(baton)
    # Some begin while a pass is under way, and the one whom Bob names is searched for in three rounds.
    assert len(PLACES) <= len(pages) <= 4 * len(PLACES)
    assert await found_in(baton, "zanzibar", *(f"quux{number}@" for number in range(3))) == set()
    for number, record in enumerate(await records(baton, shop, ids)):
        assert record["finishedAt"] is not None
        assert (bob.key in {each["recordId"] for each in record["mentions"]}) == (number == 3)
        assert bool(record["mentions"]) == (number == 3)
        assert record["searchedRecords"] > 50


async def test_a_pass_goes_on_whoever_dies(
    baton: Program, shop: Shop, second: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes take the steps of all, and one of them dies in its own."""
    monkeypatch.setattr("integrations.mongo.erasure.finder._SECONDS", 0.0)  # a page in each step of the search
    ids, dice = await asked(baton, shop, 3), random.Random(1)
    steps = deaths = 0
    while timers := await baton.database["timers"].find({"kind": "ERASE_PROFILE"}).to_list():
        for found in timers:
            steps += 1
            worker = dying(baton, writes=dice.choice([1, 2])) if dice.random() < 0.1 else eraser_of(second)
            try:
                await worker.step(shop.id, entity_of(Timer, found))
            except Unavailable:
                deaths += 1
        baton.clock.move(timedelta(seconds=15))
        assert steps < 1_000
    assert deaths > 5
    assert await found_in(baton, "quux", "zanzibar") == set()
    for record in await records(baton, shop, ids):
        assert (record["finishedAt"] is not None, record["mentions"]) == (True, [])
        assert record["searchedRecords"] > 50
