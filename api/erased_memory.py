"""Empties the memory of a process when a shopper is erased: results, parsed documents, authors, words.

The storage, the hub and the knowledge forget what they have themselves. The results of an account go at once, and
those of others stay. Caches that all accounts share (`sweeping`) are emptied a moment later, once for all erasures of
that moment, because they have to be filled again for everybody.

Then no object has anything of the shopper. Their bytes are in free memory until it is used again: the C library gives
whole pages of it back to the system, and overwrites the rest if it is told to (`docs/operations.md`, "Free memory").
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import re
from collections.abc import Callable, Sequence

from domain.events import LoggedEvent, ShopperErased
from domain.values.ids import AccountId
from domain.word_caches import forget_words

Forget = Callable[[AccountId], None]

SWEEP_SECONDS = 2.0  # between an erasure and the sweep: jobs wait longer for the processes to forget


class ErasedMemory:
    """An observer of the log (`LogObserver`)."""

    def __init__(self, forgetting: Sequence[Forget], sweeping: Sequence[Callable[[], None]]) -> None:
        """`forgetting`: what is called with the account of each shopper who is erased; `sweeping`: what empties what
        all accounts share."""
        self._forgetting = forgetting
        self._sweeping = sweeping
        self._pending: asyncio.TimerHandle | None = None
        self.sweeps = 0  # number of them, for tests

    def on_event(self, event: LoggedEvent) -> None:
        """Forget what is remembered of the account, if a shopper of it was erased."""
        if isinstance(event.body, ShopperErased):
            for forget in self._forgetting:
                forget(event.account_id)
            if self._pending is None:
                self._pending = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def on_gap(self) -> None:
        """Do nothing: the log tells of the erasure again, once it has ended."""

    def _sweep(self) -> None:
        self._pending = None
        self.sweeps += 1
        forget_words()
        for empty in self._sweeping:
            empty()
        re.purge()  # patterns that were made of words
        gc.collect()  # parsed documents and ended tasks are cycles, which would else be there for minutes
        _give_back()


def _give_back() -> None:
    """Give free pages back to the system. Only glibc can be asked to."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
