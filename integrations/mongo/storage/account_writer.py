"""The only writer of an account in this process: a queue of commands, group commit, and retries.

A hot account (a sale, a burst of messages) has many commands at the same time, and each must see what the one before
it did. One transaction each would cost one commit each, and they would conflict in the log head. So commands wait in a
queue, and whatever is waiting when the writer is free becomes one batch: its commands run one after the other in one
transaction, and are committed once.

    command ─▶ queue ─▶ ┌ batch (batch.py) ─────────────────────────────────────┐ ─▶ the result of each command
                        │ run all · advance the head · write · commit            │
                        └────────────────────────────────────────────────────────┘
                             ▲ retry: lost race, write conflict, fail-over

A command that is refused (it raises) leaves nothing in its batch, and only its own caller is told. If a whole batch
fails for a reason that a retry cannot mend, each of its commands is run alone, so that one cannot harm the others.

Retries, until the deadline of each command:

    lost race         at once. The next attempt claims the log head first (`batch.py`).
    write conflict    Another process holds the head. Wait half of what our last batch took, with jitter: theirs take
                      about as long. After a second, abort transactions whose process has died; MongoDB would keep
                      them, and the head, for a minute.
    other transient   Exponential back-off with jitter: 10 ms, doubling up to 250 ms.

While processes compete for an account, a writer also waits after each of its own batches, so that the others get their
turn and none starves.

A caller that is cancelled does not stop its command: it may be committed all the same. Past its deadline a command is
refused with `Unavailable`, and never run afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.retry import jittered
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.storage.abandoned_transactions import abort_abandoned_transactions
from integrations.mongo.storage.batch import BatchRunner, Change, LostRace

_MAX_BATCH = 100  # commands: more of them hardly cost less each, and the first would wait longer
_MAX_QUEUE = 5_000  # waiting commands; one beyond would not have its turn within the deadline
_DEADLINE = 8.0  # seconds for a command: an election of a replica set takes less
_TURN_WAIT = (0.004, 0.25)  # seconds, least and most, between two attempts to hold the log head
_BACKOFF = (0.01, 0.25)  # seconds, first and longest, between two attempts on a failing database
_JITTER = 0.5
_HELD_TOO_LONG = 1.0  # seconds of write conflicts after which the holder may be dead
_WRITE_CONFLICT = 112  # MongoDB's error code
_BUSY = "The account is too busy, or the database cannot be reached. Retry with the same idempotency key."


@dataclass(slots=True, eq=False)
class _Command:
    change: Change
    result: asyncio.Future[Any]
    deadline: float  # of `time.monotonic`


class AccountWriter:
    def __init__(self, *, database: MongoDatabase, account_id: AccountId, runner: BatchRunner) -> None:
        self._database = database
        self._account_id = account_id
        self._runner = runner
        self._queue: deque[_Command] = deque()
        self._last_batch_took = 0.0  # seconds
        self._task: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._task is None

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
            self._task = asyncio.create_task(self._drain(), name=f"writer {self._account_id}", context=Context())
        return await command.result

    async def finish(self) -> None:
        """Wait until every queued command is committed or refused."""
        if self._task is not None:
            await self._task

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._commit([self._queue.popleft() for _ in range(min(_MAX_BATCH, len(self._queue)))])
                if self._runner.is_contended and self._queue:
                    await self._wait_for_turn()
        finally:
            self._task = None

    async def _commit(self, commands: list[_Command]) -> None:
        """Commit the commands together; if that fails for good, each alone."""
        try:
            await self._retry(commands)
        except Exception as error:  # noqa: BLE001 - belongs to the callers, and must not end this loop
            if len(commands) > 1 and not isinstance(error, Unavailable):
                for command in commands:
                    await self._commit([command])
                return
            for command in commands:
                _refuse(command, error)

    async def _retry(self, commands: list[_Command]) -> None:
        backoff, held_since = _BACKOFF[0], time.monotonic()
        while commands := _still_wanted(commands):
            try:
                await self._attempt(commands)
                return  # noqa: TRY300 - the loop is for what failed
            except LostRace:
                self._runner.is_contended = True
            except PyMongoError as error:
                if not error.has_error_label("TransientTransactionError"):
                    with driver_errors():
                        raise
                if isinstance(error, OperationFailure) and error.code == _WRITE_CONFLICT:
                    self._runner.is_contended = True
                    await self._wait_for_turn()
                    if time.monotonic() > held_since + _HELD_TOO_LONG:
                        await abort_abandoned_transactions(self._database)
                        held_since = time.monotonic()
                else:
                    await asyncio.sleep(jittered(backoff, _JITTER))
                    backoff = min(backoff * 2, _BACKOFF[1])

    async def _attempt(self, commands: list[_Command]) -> None:
        began = time.monotonic()
        outcomes = await self._runner.run([command.change for command in commands])
        self._last_batch_took = time.monotonic() - began
        for command, (result, refusal) in zip(commands, outcomes, strict=True):
            if refusal is not None:
                _refuse(command, refusal)
            elif not command.result.done():
                command.result.set_result(result)

    async def _wait_for_turn(self) -> None:
        least, most = _TURN_WAIT
        await asyncio.sleep(jittered(min(max(self._last_batch_took / 2, least), most), _JITTER))


def _still_wanted(commands: list[_Command]) -> list[_Command]:
    """Drop commands whose caller has gone, and refuse those past their deadline."""
    now = time.monotonic()
    for command in commands:
        if now > command.deadline:
            _refuse(command, Unavailable(_BUSY))
    return [command for command in commands if not command.result.done()]


def _refuse(command: _Command, error: Exception) -> None:
    if not command.result.done():
        command.result.set_exception(error)
