"""Events of a type that only a newer build knows: lists go on past them, as if they were not there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.harness.program import Program, Shop
from tests.resolvers.events.test_feed import FEED


async def test_a_page_of_newer_events_does_not_end_the_list(baton: Program, shop: Shop, tmp_path: Path) -> None:
    for number in range(6):
        await baton.start(shop, f"Question {number}", key=shop.owner, email=f"shopper{number}@example.com")
        baton.clock.move(timedelta(minutes=1))
    events = baton.database["business_events"]
    ids = [row["_id"] for row in await events.find({"account": shop.id}).sort("seq", -1).to_list()]
    await events.update_many({"_id": {"$in": ids[:2] + ids[3:5]}}, {"$set": {"type": "CONVERSATION_PRAISED"}})
    async with baton.twin(tmp_path / "older") as older:
        seen: list[str] = []
        after = None
        while True:
            page = (await older.data(shop.owner, FEED, first=1, after=after))["events"]
            assert len(page["nodes"]) == 1
            seen += [node["conversation"]["id"] for node in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        assert len(seen) == len({*seen}) == 2
        of_days = {"on": {"preset": "LAST_7_DAYS"}}
        assert (await older.data(shop.owner, FEED, filter=of_days))["events"]["totalCount"] == 2
