"""The only writer of an account in this process: a queue of commands, group commit, and retries.

A hot account (a sale, a burst of messages) has many commands at the same time, and each must see what the one before
it did. One transaction each would cost one commit each, and they would conflict in the log head. So commands wait in a
queue, and whatever is waiting when the writer is free becomes one batch: its commands run one after the other in one
transaction, and are committed once.

    command ─▶ queue ─▶ ┌ batch (batch.py) ─────────────────────────────────────┐ ─▶ the result of each command
                        │ run all · advance the head · write · commit            │
                        └────────────────────────────────────────────────────────┘
                             ▲ retry: lost race, write conflict, fail-over

A batch shares its transaction with those of other accounts (`shared_commits.py`), except while the account is contended
or slow, and from its second failure on.

A command that is refused (it raises) leaves nothing in its batch, and only its own caller is told. If a whole batch
fails for a reason that a retry cannot mend, each of its commands is run alone, so that one cannot harm the others.

Retries, until the deadline of each command:

    lost race         at once. The next attempt claims the log head first (`batch.py`).
    write conflict    Another process holds the head. Wait until the change stream delivers an event of its commit, at
                      most for some times as long as our last batch took: theirs take about as long. Then wait for the
                      turn of this process (`commit_turns.py`). After a second, abort transactions whose process has
                      died; MongoDB would keep them, and the head, for a minute.
    other transient   Exponential back-off with jitter: 10 ms, doubling up to 250 ms.

While processes compete for an account, each also waits for its turn after its own batches, so that none starves.
Commands that come meanwhile join its next batch: each turn costs the same number of commands to MongoDB, so the fewer
and larger the batches are, the more all processes commit together.

A caller that is cancelled does not stop its command: it may be committed all the same. Past its deadline a command is
refused with `Unavailable`, and never run afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from domain.events import LoggedEvent
from domain.values.errors import Unavailable
from domain.values.retry import jittered
from integrations.mongo.abandoned_transactions import abort_abandoned_transactions
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.storage.batch import BatchRunner, Change, Commit, LostRace, commit_together
from integrations.mongo.storage.shared_commits import WRITE_CONFLICT, SharedCommits

_MAX_BATCH = 100  # commands: more of them hardly cost less each, and the first would wait longer
_MAX_QUEUE = 5_000  # waiting commands; one beyond would not have its turn within the deadline
_DEADLINE = 8.0  # seconds for a command: an election of a replica set takes less
_TURN_WAIT = (0.004, 0.25)  # seconds, least and most, between two attempts to hold the log head
_TURNS_OF_HOLDER = 3  # for which its events are waited for: it rarely ends without one, and each attempt costs it too
_BACKOFF = (0.01, 0.25)  # seconds, first and longest, between two attempts on a failing database
_JITTER = 0.5
_MAX_DELIVERED = 200  # events kept during an attempt; if there are more, the next batch reads them
_HELD_TOO_LONG = 1.0  # seconds of write conflicts after which the holder may be dead
_SHARED_FAILURES = 2  # of a batch; after them it no longer shares a transaction
_BUSY = "The account is too busy, or the database cannot be reached. Retry with the same idempotency key."


@dataclass(slots=True, eq=False)
class _Command:
    change: Change
    result: asyncio.Future[Any]
    deadline: float  # of `time.monotonic`


class AccountWriter:
    def __init__(
        self,
        *,
        database: MongoDatabase,
        runner: BatchRunner,
        shared: SharedCommits,
        commit: Commit = commit_together,
    ) -> None:
        self._database = database
        self._commit_together = commit
        self._runner = runner
        self._shared = shared
        self._queue: deque[_Command] = deque()
        self._last_batch_took = 0.0  # seconds
        self._has_moved = asyncio.Event()  # another process has committed events since our last attempt began
        self._attempts = False  # whether a batch may be running
        self._delivered: deque[LoggedEvent] = deque(maxlen=_MAX_DELIVERED)  # by the change stream, during an attempt
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._task is None

    @property
    def is_contended(self) -> bool:
        """Whether another process competes for the account at present."""
        return self._runner.is_contended

    def note_others(self) -> None:
        """Take note that another process has committed to the account."""
        if not self.idle:  # commands of ours were waiting for the head meanwhile
            self._runner.note_contention()

    async def run(self, change: Change) -> Any:
        """Return what the change returns, once it is committed.

        Raises what the change raises, and `Unavailable` if the queue is full, the deadline has passed, or the outcome
        of the commit is unknown.
        """
        if len(self._queue) >= _MAX_QUEUE:
            raise Unavailable(_BUSY)
        command = _Command(change, asyncio.get_running_loop().create_future(), time.monotonic() + _DEADLINE)
        self._queue.append(command)
        if self._task is None:
            # An empty context: the task also works for callers other than this one.
            self._task = asyncio.create_task(self._drain(), name=f"writer {self._runner.account_id}", context=Context())
        return await command.result

    def on_event(self, event: LoggedEvent) -> None:
        """Note an event of the account that the change stream delivers."""
        if event.seq > (self._runner.head or 0):
            self._has_moved.set()
            if self._attempts:  # it may be of our own commit, whose confirmation has not come yet
                self._delivered.append(event)
            else:
                self._shared.note_others()
                self._runner.follow(event)

    async def finish(self) -> None:
        """Wait until every queued command is committed or refused."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._commit(self._fill([]))
        finally:
            self._task = None

    def _fill(self, commands: list[_Command]) -> list[_Command]:
        """Add waiting commands to a batch that is about to begin. Returns it."""
        commands += [self._queue.popleft() for _ in range(min(_MAX_BATCH - len(commands), len(self._queue)))]
        return commands

    async def _commit(self, commands: list[_Command], *, alone: bool = False) -> None:
        """Commit the commands together; if that fails for good, each alone."""
        try:
            await self._retry(commands, alone=alone)
        except Exception as error:  # noqa: BLE001 - belongs to the callers, and must not end this loop
            if len(commands) > 1 and not isinstance(error, Unavailable):
                for command in commands:
                    await self._commit([command], alone=True)
                return
            for command in commands:
                _refuse(command, error)

    async def _retry(self, commands: list[_Command], *, alone: bool) -> None:
        backoff, held_since, failures = _BACKOFF[0], time.monotonic(), 0
        while _drop_unwanted(commands):
            try:
                await self._attempt(commands, alone=alone, shares=failures < _SHARED_FAILURES)
                return  # noqa: TRY300 - the loop is for what failed
            except LostRace:
                self._runner.note_contention()
            except PyMongoError as error:
                failures += 1
                if not error.has_error_label("TransientTransactionError"):
                    with driver_errors():
                        raise
                if isinstance(error, OperationFailure) and error.code == WRITE_CONFLICT:
                    self._runner.note_contention()
                    await self._wait_for_holder()
                    # Where the head may still be held, the next attempt would hold up others again.
                    failures = 0 if self._has_moved.is_set() else _SHARED_FAILURES
                    if time.monotonic() > held_since + _HELD_TOO_LONG:
                        await abort_abandoned_transactions(self._database)
                        held_since = time.monotonic()
                else:
                    await asyncio.sleep(jittered(backoff, _JITTER))
                    backoff = min(backoff * 2, _BACKOFF[1])

    async def _attempt(self, commands: list[_Command], *, alone: bool, shares: bool) -> None:
        """Commit the commands, and unless `alone` those that have come since. `shares`: with those of others too."""

        def take() -> list[Change]:
            self._attempts = True
            _drop_unwanted(commands if alone else self._fill(commands))
            return [command.change for command in commands]

        self._has_moved.clear()
        began = time.monotonic()
        try:
            if alone or not shares or self._runner.is_slow:
                [outcomes] = await self._commit_together(self._database, [(self._runner, take())])
                assert outcomes is not None, "the first account of a transaction is always run"
            else:
                outcomes = await self._shared.run(self._runner, take)
        finally:
            self._attempts = False
            while self._delivered:
                self._runner.follow(self._delivered.popleft())
        self._last_batch_took = time.monotonic() - began
        for command, (result, refusal) in zip(commands, outcomes, strict=True):
            if refusal is not None:
                _refuse(command, refusal)
            elif not command.result.done():
                command.result.set_result(result)

    async def _wait_for_holder(self) -> None:
        """Wait until the process that holds the head has committed, or the time for it is over."""
        least, most = _TURN_WAIT
        seconds = min(max(self._last_batch_took * _TURNS_OF_HOLDER, least), most)
        with suppress(TimeoutError):
            async with asyncio.timeout(jittered(seconds, _JITTER)):
                await self._has_moved.wait()


def _drop_unwanted(commands: list[_Command]) -> list[_Command]:
    """Remove commands whose caller has gone, and refuse those past their deadline. Returns the list."""
    now = time.monotonic()
    for command in commands:
        if now > command.deadline:
            _refuse(command, Unavailable(_BUSY))
    commands[:] = [command for command in commands if not command.result.done()]
    return commands


def _refuse(command: _Command, error: Exception) -> None:
    if not command.result.done():
        command.result.set_exception(error)
