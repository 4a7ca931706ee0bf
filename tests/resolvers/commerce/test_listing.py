"""The list of sales: pages of every size, from both ends, add up to the whole list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.commerce.commands import Credited
from domain.commerce.listing import sale_place
from domain.storage import ConversationQuery
from domain.values.channel import Channel
from domain.values.paging import Slice
from integrations.mongo.activity.sales import MongoSales
from integrations.mongo.client import connect
from tests.harness.program import Program
from tests.resolvers.commerce.shop_backend import ShopBackend

EVERYTHING = ConversationQuery()


@pytest.fixture
async def sales(baton: Program, backend: ShopBackend, database_name: str) -> AsyncIterator[MongoSales]:
    database = connect(baton.uri, database=database_name)
    yield MongoSales(database=database, account_id=backend.shop.id)
    await database.close()


async def walked(sales: MongoSales, query: ConversationQuery, size: int, *, from_end: bool) -> list[Credited]:
    found: list[Credited] = []
    key: tuple[object, ...] | None = None
    while True:
        bound = {"before": key} if from_end else {"after": key}
        page = await sales.page(query, Slice(limit=size, from_end=from_end, **bound))
        found = [*page.items, *found] if from_end else [*found, *page.items]
        more = page.has_previous if from_end else page.has_next
        assert (page.has_next if from_end else page.has_previous) is (key is not None)
        assert len(page.items) == size or not more
        if not more:
            return found
        key = sale_place(page.items[0] if from_end else page.items[-1])


async def test_pages_are_pieces_of_the_whole(baton: Program, backend: ShopBackend, sales: MongoSales) -> None:
    for number in range(7):
        channel = "WEB_CHAT" if number % 2 else "SMS"
        started = await baton.start(backend.shop, channel=channel, email=f"ann-{number}@example.com")
        await backend.touch(started, "PRODUCT_CARD_CLICK" if number % 2 else "SMS_CLICK")
        for order in range((0, 3, 1, 0, 2, 4, 1)[number]):
            await backend.order(f"{number}-{order}", email=f"ann-{number}@example.com")
        baton.clock.move(timedelta(hours=number % 3))  # some start in one instant
    whole = await walked(sales, EVERYTHING, 100, from_end=False)
    assert sorted(row.sale.order_id for row in whole) == [
        *("1-0", "1-1", "1-2", "2-0", "4-0", "4-1", "5-0", "5-1", "5-2", "5-3", "6-0")
    ]
    assert [sale_place(row) for row in whole] == sorted((sale_place(row) for row in whole), reverse=True)
    assert await sales.count(EVERYTHING) == 11
    for size in (1, 2, 3, 5, 10, 11):
        for from_end in (False, True):
            assert await walked(sales, EVERYTHING, size, from_end=from_end) == whole
    chats = ConversationQuery(channels=(Channel.WEB_CHAT,), started_from=whole[-1].conversation.started_at)
    assert await walked(sales, chats, 2, from_end=False) == [
        row for row in whole if row.conversation.channel is Channel.WEB_CHAT
    ]
    assert await sales.count(chats) == 7
    before = ConversationQuery(started_before=whole[-1].conversation.started_at)
    assert (await sales.page(before, Slice(limit=5))).items == []
    assert await sales.count(before) == 0
