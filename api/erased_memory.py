"""Empties the memory of a process when a shopper is erased: results, parsed documents, authors, words.

The storage, the hub and the knowledge forget what they have themselves. An erasure is rare, so all accounts lose their
parsed documents, which may have an address or a name in a literal.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

from domain.events import LoggedEvent, ShopperErased
from domain.values.ids import AccountId
from domain.word_caches import forget_words

Forget = Callable[[AccountId], None]


class ErasedMemory:
    """An observer of the log (`LogObserver`)."""

    def __init__(self, forgetting: Sequence[Forget]) -> None:
        """`forgetting`: what is called with the account of each shopper who is erased."""
        self._forgetting = forgetting

    def on_event(self, event: LoggedEvent) -> None:
        """Forget what is remembered of the account, if a shopper of it was erased."""
        if isinstance(event.body, ShopperErased):
            forget_words()
            for forget in self._forgetting:
                forget(event.account_id)
            gc.collect()  # parsed documents and ended tasks are cycles, which would else be there for minutes

    def on_gap(self) -> None:
        """Do nothing: the log tells of the erasure again, once it has ended."""
