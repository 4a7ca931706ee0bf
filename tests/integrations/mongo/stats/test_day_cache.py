"""The cache of days under reports that refresh the same columns at the same time."""

from __future__ import annotations

import asyncio
from datetime import date

from domain.values.calendar import DayRange
from domain.values.ids import AccountId
from integrations.mongo.client import connect
from integrations.mongo.stats.day_cache import DayCache
from integrations.mongo.stats.day_columns import CacheKey, DayColumnsCache

DAYS = DayRange(start=date(2026, 11, 1), end=date(2026, 11, 3))
KEY = CacheKey(account_id=AccountId("A"), time_zone="UTC", epoch="e", generation=1, repairs=0)


async def test_reports_refresh_the_same_columns_at_the_same_time(mongo_uri: str, database_name: str) -> None:
    database, cache = connect(mongo_uri, database=database_name), DayColumnsCache()

    async def report(seq: int, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await DayCache(database=database, key=KEY, seq=seq, cache=cache).columns(DAYS, ["counts"])

    await report(1, 0)
    for seq in range(2, 12):
        await asyncio.gather(*(report(seq, turns) for turns in range(300)))
    assert cache.get(KEY, DAYS)["counts"].seq == 11
    await database.close()
