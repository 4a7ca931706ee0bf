"""Writes every second which shoppers were at their conversations. Each process that serves shoppers runs it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from api.workers.loop import run_every
from domain.account.visits import ShopperVisits, VisitStore
from domain.values.errors import Unavailable

_SECONDS = 1.0  # between two writes: well below the shortest delay after which replies are mailed

logger = logging.getLogger("baton.worker")


class ShopperVisitWriter:
    """A failure does not end the process: in the worst case a shopper gets a mail about what was seen already."""

    def __init__(self, *, visits: ShopperVisits, store: VisitStore) -> None:
        self._visits = visits
        self._store = store

    async def write(self) -> None:
        """Write the visits since the last call. Raises `Unavailable`."""
        try:
            await self._visits.write(self._store)
        except Unavailable:
            raise
        except Exception:
            logger.exception("The visits of shoppers could not be written.")

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, and then write once more."""
        await run_every(_SECONDS, self.write, stop=stop)
        with suppress(Unavailable):
            await self.write()
