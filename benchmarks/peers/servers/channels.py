"""A queue for each subscriber, as the guides of the Python servers show it: each event goes into every queue."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from benchmarks.peers.servers.store import Row


class Channels:
    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[Row]]] = defaultdict(set)

    @contextmanager
    def listening(self, account: str) -> Iterator[asyncio.Queue[Row]]:
        queue: asyncio.Queue[Row] = asyncio.Queue()
        self._queues[account].add(queue)
        try:
            yield queue
        finally:
            self._queues[account].discard(queue)

    async def deliver(self, feed: AsyncIterator[Row]) -> None:
        async for event in feed:
            for queue in self._queues[event["account"]]:
                queue.put_nowait(event)
