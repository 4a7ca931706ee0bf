"""Writes from time to time when keys were last used. Each process that authenticates runs it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from api.workers.loop import run_every
from domain.account.key_uses import KeyUses, KeyUseStore
from domain.values.errors import Unavailable

_SECONDS = 30.0  # between two writes; the times are precise to five minutes


class KeyUseWriter:
    def __init__(self, *, uses: KeyUses, store: KeyUseStore) -> None:
        self.write = partial(uses.write, store)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, and then write once more."""
        await run_every(_SECONDS, self.write, stop=stop)
        with suppress(Unavailable):
            await self.write()
