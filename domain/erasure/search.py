"""The search for what is left of shoppers. One pass through the account's records serves all erasures that wait for it.

    CHECK, position ""      waits; the first of those that wait begins a pass, and takes the others with it
    CHECK, position "…"     is part of the pass that is there: a step moves all of them on

Shops have whole lists of shoppers erased at once, and each record of the account is read and encoded once for all of
them. The timer of the first of a pass takes its steps. The timers of the others look from time to time whether it is
their turn, so that a pass goes on if its first erasure is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from domain.audit.changes import values
from domain.audit.recording import record
from domain.erased import ErasureHashes
from domain.erasure.model import FIRST_STAGE, MOST_MENTIONS, Erasure, ErasureStage
from domain.erasure.ports import ErasureStore, Searched
from domain.erasure.scope import hashed
from domain.erasure.service import step_timer, step_timer_id
from domain.events import ShopperErased
from domain.model.audit import AuditAction
from domain.profile.merging import profile_target
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.ids import AccountId
from domain.values.record import replace

ROUNDS = 3  # passes of an erasure through all stages, if the search still finds the shopper
_MOST_TEXTS = 2_000  # identifiers that one pass looks for: looking for them takes a second for a page of records
_TURN = timedelta(seconds=15)  # until the next look whether it is an erasure's turn

logger = logging.getLogger("baton.erasure")


class ErasureSearch:
    def __init__(self, *, storage: Storage, store: ErasureStore, hashes: ErasureHashes) -> None:
        self._storage = storage
        self._store = store
        self._hashes = hashes

    async def step(self, account_id: AccountId, erasure: Erasure, timer: Timer) -> None:
        """Take the next step of the pass that the erasure is the first of; else let it wait. Raises `Unavailable`."""
        known = {each.id: each for each in await self._store.searching(account_id)}
        present = list({erasure.id: erasure, **known}.values())
        together = _together(present)
        if together[0].id != erasure.id:
            await self._storage.write(account_id, lambda uow: _wait(uow, erasure, timer))
            return
        found = await self._store.search(account_id, together)
        others = [each for each in present if each not in together]
        await self._storage.write(account_id, lambda uow: self._note(uow, together, others, found))

    async def _note(
        self, uow: UnitOfWork, together: Sequence[Erasure], others: Sequence[Erasure], found: Searched
    ) -> None:
        """Record what a step found of each shopper. `others`: erasures that wait for a later pass."""
        for number, each in enumerate(together):
            present = await current(uow, each)
            if present is not None:
                await self._note_one(uow, present, found, leads=number == 0)
        if found.position is None and others:
            following = _together(others)[0]
            if await current(uow, following) is not None:
                uow.save(step_timer(following, uow))

    async def _note_one(self, uow: UnitOfWork, erasure: Erasure, found: Searched, *, leads: bool) -> None:
        traces = found.traces[erasure.id]
        mentions = (*erasure.mentions, *traces.mentions)[:MOST_MENTIONS]
        searched = replace(
            erasure,
            mentions=mentions,
            searched=erasure.searched + found.records,
            held=traces.held,
            version=erasure.version + 1,
        )
        if found.position is not None:
            uow.save(replace(searched, position=found.position))
            if leads:
                uow.save(step_timer(erasure, uow))
        elif mentions and erasure.rounds < ROUNDS:
            again = replace(searched, mentions=(), searched=0, position="", rounds=erasure.rounds + 1)
            uow.save(replace(again, stage=FIRST_STAGE))
            uow.save(step_timer(erasure, uow))
        else:
            await self._finish(uow, searched)

    async def _finish(self, uow: UnitOfWork, erasure: Erasure) -> None:
        done = replace(
            hashed(erasure, uow.account_id, self._hashes),
            stage=ErasureStage.DONE,
            position="",
            scope=None,
            finished_at=uow.now,
        )
        uow.save(done)
        uow.delete(Timer, step_timer_id(done.id))
        uow.emit(ShopperErased())
        details = values(
            erasure=done.id,
            records=sum(each.count for each in done.removed),
            searched=done.searched,
            mentions=len(done.mentions),
        )
        await record(uow, None, AuditAction.ERASED, profile_target(done.profile_id), details)
        if done.mentions:
            logger.warning(
                "Erasure %s has finished; %d records of others name the shopper.", done.id, len(done.mentions)
            )


async def current(uow: UnitOfWork, erasure: Erasure) -> Erasure | None:
    """Return the erasure as it is stored, which vendors' calls may have changed; `None` if another process has taken a
    step since this one began: its lease may have ended."""
    present = await uow.get(Erasure, erasure.id)
    return present if present is not None and present.version == erasure.version else None


async def _wait(uow: UnitOfWork, erasure: Erasure, timer: Timer) -> None:
    if await current(uow, erasure) is not None:
        uow.save(replace(timer, due_at=uow.now + _TURN))


def _together(erasures: Sequence[Erasure]) -> list[Erasure]:
    """Return the erasures that the next step serves: of a pass that is under way, else those that wait. The first one
    leads."""
    ordered = sorted(erasures, key=lambda each: (not each.position, each.id))
    together, texts = list[Erasure](), 0
    for each in ordered:
        texts += len(each.scope.identifiers) if each.scope is not None else 0
        if each.position == ordered[0].position and (not together or texts <= _MOST_TEXTS):
            together.append(each)
    return together
