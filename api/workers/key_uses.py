"""Writes from time to time when keys were last used. Each process that authenticates runs it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from api.workers.loop import run_every
from domain.account.key_uses import KeyUses, KeyUseStore
from domain.values.errors import Unavailable

_SECONDS = 30.0  # between two writes; the times are precise to five minutes

logger = logging.getLogger("baton.worker")


class KeyUseWriter:
    """A failure does not end the process, since nothing depends on these times."""

    def __init__(self, *, uses: KeyUses, store: KeyUseStore) -> None:
        self._uses = uses
        self._store = store

    async def write(self) -> None:
        """Write the uses since the last call. Raises `Unavailable`."""
        try:
            await self._uses.write(self._store)
        except Unavailable:
            raise
        except Exception:
            logger.exception("The times at which keys were last used could not be written.")

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, and then write once more."""
        await run_every(_SECONDS, self.write, stop=stop)
        with suppress(Unavailable):
            await self.write()
