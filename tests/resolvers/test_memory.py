"""Memory does not grow with the number of sockets that came and went: a million with BATON_LONG and
BATON_MEMORY_ROUNDS."""

from __future__ import annotations

from tests.harness.memory import objects_left_by
from tests.harness.program import Program, Shop
from tests.resolvers.test_typing_live import following, process

INBOX = "subscription { inbox { __typename } }"


async def test_reconnects(baton: Program, shop: Shop) -> None:
    async with process(baton) as url, following(url, shop.owner, INBOX):

        async def reconnect(_: int) -> None:
            async with following(url, shop.owner, INBOX):
                pass

        assert await objects_left_by(reconnect) < 1
        assert len(baton.baton.connections) == 1
