"""Commits the batches of all accounts that wait, in one transaction: group commit across accounts.

    accounts that wait ─▶ round: one transaction with a batch of each (batch.py) ─▶ the outcomes of each account

One round gathers the next: what comes while it runs waits for its end, at most for `_GATHER` seconds. So a round that
hangs holds up others for no longer, and no account has two batches at the same time, since its writer waits for the
first.

While other processes commit too, a busy process waits a little before each round, for the callers who have just got
their results: they mostly come again. Each process has a part of the callers, so its rounds would be small, and a small
round costs as many commands as a large one; MongoDB works for the others meanwhile. With one process alone it would be
idle, so there the next round begins at once.

Processes that compete for accounts take turns (`commit_turns.py`): a round with a contended account waits for that of
this process, at most for `_LONGEST_TURNS`, and takes whatever has come until then. Other accounts are held up by that
for about as long as a transaction takes; then they have a round of their own.

An account costs others little:

    its commands are refused      nothing: they leave no trace in its batch
    its commands run for long     the accounts behind it in the round go to the next one; then it commits alone for as
                                  long as its commands are slow (`BatchRunner.is_slow`)
    its head was moved            one read of the missed events
    its transaction conflicts,    the round is divided, again and again, until the account is alone, and has the error:
    or cannot be written          first into the accounts that are contended and the others, then in halves
    another process competes      its head is claimed before any work, so that a conflict costs one command; a batch
                                  that has met one, and no end of the other process's, is tried again alone
    the database fails            all retry, each by its own deadline
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pymongo.errors import OperationFailure, PyMongoError

from domain.values.errors import Unavailable
from integrations.mongo.client import MongoDatabase, is_transient
from integrations.mongo.event_log.commit_turns import CommitTurns
from integrations.mongo.storage.batch import BatchRunner, Change, Commit, Outcome, commit_together

WRITE_CONFLICT = 112  # MongoDB's error code
_MAX_TOGETHER = 200  # commands of a round: more of them hardly cost less each, and the first would wait longer
_GATHER = (0.1, 1.0)  # seconds, least and most, for which a round has no other beside it
_GATHER_SHARE = 3.0  # times as long as the last transaction: two small ones take longer than a large one
_BUSY = 4  # accounts of a round, from which on it is worth while to wait for more
_WAIT_SHARE = 0.25  # of the time of the last round
_LONGEST_WAIT = 0.02  # seconds
_LONGEST_TURNS = 2.0  # seconds for which others may go first: a command has to be tried within its deadline
_OTHERS = 1.0  # seconds after an event of another process for which it is expected to go on


@dataclass(slots=True, eq=False)
class _Waiting:
    runner: BatchRunner
    take: Callable[[], list[Change]]
    changes: list[Change] = field(default_factory=list)
    outcomes: asyncio.Future[list[Outcome]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class SharedCommits:
    def __init__(self, *, database: MongoDatabase, commit: Commit = commit_together) -> None:
        self._database = database
        self._commit_together = commit
        self._waiting: deque[_Waiting] = deque()
        self._has_more = asyncio.Event()
        self._rounds: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._last_size = 0  # accounts of the last round
        self._last_took = 0.0  # seconds
        self._commit_took = 0.0  # seconds of the last transaction that was committed
        self._others_until = 0.0  # of `time.monotonic`
        self._held_since: float | None = None  # when contended accounts began to wait for their turn
        self.turns = CommitTurns(moved=self._has_more.set)

    def note_others(self) -> None:
        """Take note that another process has committed."""
        self._others_until = time.monotonic() + _OTHERS

    async def run(self, runner: BatchRunner, take: Callable[[], list[Change]]) -> list[Outcome]:
        """Commit changes of an account with those of others. `take` returns them once, when the transaction begins.

        Returns the outcome of each change. Raises `LostRace`, PyMongoError, and `Unavailable` where the outcome of the
        commit stays unknown. Nothing is saved then, except perhaps in the last case.
        """
        waiting = _Waiting(runner, take)
        self._waiting.append(waiting)
        self._has_more.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run_rounds(), name="shared commits")
        return await waiting.outcomes

    async def _run_rounds(self) -> None:
        try:
            while self._waiting:
                await self._wait_for_more()
                round_ = self._next(with_contended=await self._wait_for_turn())
                began = time.monotonic()
                task = asyncio.create_task(self._commit(round_), name="shared commit")
                self._rounds.add(task)
                task.add_done_callback(self._rounds.discard)
                await asyncio.wait([task], timeout=self._gathers)
                self._last_size, self._last_took = len(round_), time.monotonic() - began
        finally:
            self._task = None

    @property
    def _gathers(self) -> float:
        least, most = _GATHER
        return min(max(self._commit_took * _GATHER_SHARE, least), most)

    @property
    def _holds_up(self) -> float:
        """The seconds for which accounts wait for the turn of others."""
        return min(max(self._commit_took, _LONGEST_WAIT), _GATHER[0])

    async def _wait_for_more(self) -> None:
        """Wait for callers to come again, as long as that pays."""
        if self._last_size < _BUSY or time.monotonic() > self._others_until:
            return
        wanted = len(self._waiting) + self._last_size
        with suppress(TimeoutError):
            async with asyncio.timeout(min(self._last_took * _WAIT_SHARE, _LONGEST_WAIT)):
                while len(self._waiting) < wanted:
                    self._has_more.clear()
                    await self._has_more.wait()

    async def _wait_for_turn(self) -> bool:
        """Wait until it is the turn of this process, if an account that waits is contended; not for long if another is
        not. Returns whether contended accounts may be in the next round."""
        began = time.monotonic()
        while any(each.runner.is_contended for each in self._waiting):
            noted, seconds, now = self.turns.noted, self.turns.wait(self._commit_took), time.monotonic()
            if now > (self._held_since or began) + _LONGEST_TURNS:
                break
            if seconds <= 0:
                await asyncio.sleep(0)
                if self.turns.noted == noted:  # else events of the last commit are still being delivered
                    break
                continue
            if not all(each.runner.is_contended for each in self._waiting):
                seconds = min(seconds, began + self._holds_up - now)
                if seconds <= 0:
                    self._held_since = self._held_since or began
                    return False
            self._has_more.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._has_more.wait()
        self._held_since = None
        return True

    def _next(self, *, with_contended: bool) -> list[_Waiting]:
        """Return the accounts of the next round, with their changes."""
        found: list[_Waiting] = []
        held: list[_Waiting] = []
        count = 0
        while self._waiting and count < _MAX_TOGETHER:
            waiting = self._waiting.popleft()
            if waiting.runner.is_contended and not with_contended:
                held.append(waiting)
                continue
            waiting.changes = waiting.take()
            count += len(waiting.changes)
            if waiting.changes:
                found.append(waiting)
            elif not waiting.outcomes.done():
                waiting.outcomes.set_result([])
        self._waiting.extendleft(reversed(held))
        return found

    async def _commit(self, together: Sequence[_Waiting]) -> None:
        """Commit the batches together; if one of them cannot be, each half of them."""
        if not together:
            return
        try:
            results = await self._run(together)
        except Exception as error:  # noqa: BLE001 - belongs to the accounts, and must not end the rounds
            if len(together) > 1 and _is_of_one(error):
                await asyncio.gather(*(self._commit(part) for part in _divided(together)))
                return
            for waiting in together:
                if not waiting.outcomes.done():
                    waiting.outcomes.set_exception(error)
            return
        not_run = []
        for waiting, outcomes in zip(together, results, strict=True):
            if outcomes is None:
                not_run.append(waiting)
            elif not waiting.outcomes.done():
                waiting.outcomes.set_result(outcomes)
        if not_run:
            await self._commit(not_run)

    async def _run(self, together: Sequence[_Waiting]) -> Sequence[list[Outcome] | None]:
        began = time.monotonic()
        results = await self._commit_together(self._database, [(each.runner, each.changes) for each in together])
        self._commit_took = time.monotonic() - began
        if any(waiting.runner.is_contended for waiting in together):
            self.turns.note_own()
        return results


def _divided(together: Sequence[_Waiting]) -> tuple[Sequence[_Waiting], Sequence[_Waiting]]:
    """Return two parts, of which one probably has the account that is in the way of the others."""
    contended = [each for each in together if each.runner.is_contended]
    if 0 < len(contended) < len(together):
        return contended, [each for each in together if each not in contended]
    half = len(together) // 2
    return together[:half], together[half:]


def _is_of_one(error: Exception) -> bool:
    """Return whether the error may be that of one account, and not of the database or of its connection."""
    if isinstance(error, Unavailable):
        return False
    if isinstance(error, OperationFailure) and error.code == WRITE_CONFLICT:
        return True
    return not (isinstance(error, PyMongoError) and is_transient(error))
