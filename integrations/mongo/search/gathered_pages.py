"""Reads several pages of one account by one command.

A command costs the driver more than the rows of a small page do. So while such a command of an account is under way,
its further small pages wait, and the next command reads those that wait, up to `_MOST`. It begins when the one before
it has ended, or beside it as soon as `_ENOUGH` pages wait. A command that hangs, such as on a lost connection, holds up
no others: pages that have waited for `_PATIENCE` are read beside it. A page of many rows is read alone and at once: a
reply of some hundred KB is put into new memory, which takes longer than the commands that are saved.

    aggregate   the stages of the first page
                $unionWith: a mark       it ends the page before it
                $unionWith: the stages of the second page
                ...

A page is read by a command that begins after it was asked for, so its caller sees what was confirmed to it before. The
pages are handed back one at a time, as the replies to separate commands are (`throttle.py`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context, copy_context

import bson
from pymongo.errors import OperationFailure

from domain.values.ids import AccountId
from integrations.mongo.client import MongoDatabase, is_transient
from integrations.mongo.driver import Document

Stages = Sequence[Document]
Rows = list[bytes]  # BSON

_AT_ONCE = 2  # commands of one account: while one is decoded, MongoDB works on the other
_SMALL = 30  # rows of a page that is read with others; clients ask for 25 by default
_MOST_ROWS = 90  # of one command: about 100 KB
_MOST = 8  # pages of one command; the last of them waits for all
_ENOUGH = 4  # pages for a second command
_PATIENCE = 0.5  # seconds, of which a command takes a hundredth
_MARK: Document = {"end": True}  # a document of a collection has an `_id`
_MARK_BYTES = bson.encode(_MARK)
_END: Document = {"$unionWith": {"pipeline": [{"$documents": [_MARK]}]}}


class GatheredPages:
    """The pages of one collection, for all accounts."""

    def __init__(self, *, database: MongoDatabase, collection: str) -> None:
        self._database = database
        self._collection = collection
        self._lines: dict[AccountId, _AccountPages] = {}

    async def read(self, account_id: AccountId, stages: Stages, *, rows: int) -> Rows:
        """Return the documents of a page as BSON. Its stages are bound to the account, and return so many rows at most.
        Raises PyMongoError, for this page alone if MongoDB refuses it."""
        if rows > _SMALL:
            return await self._alone(stages)
        line = self._lines.get(account_id)
        if line is None:
            line = self._lines[account_id] = _AccountPages()
        if not line.under_way:
            line.under_way += 1
            try:
                return await self._alone(stages)
            finally:
                self._end(account_id, line)
        asked = _Asked(stages, rows)
        line.waiting.append(asked)
        self._begin(account_id, line)
        if line.waiting and line.timer is None:
            self._watch(account_id, line)
        return await asked.outcome

    def _watch(self, account_id: AccountId, line: _AccountPages) -> None:
        """Read what has waited for too long, and look again when the others will have."""
        line.timer, loop = None, asyncio.get_running_loop()
        if line.waiting and loop.time() >= line.waiting[0].until:
            self._begin(account_id, line, hangs=True)
        if line.waiting:
            line.timer = loop.call_at(line.waiting[0].until, self._watch, account_id, line)

    def _begin(self, account_id: AccountId, line: _AccountPages, *, hangs: bool = False) -> None:
        """Begin a command, if it is time for one. `hangs`: those that are under way may not end."""
        if line.under_way and not hangs and (line.under_way >= _AT_ONCE or len(line.waiting) < _ENOUGH):
            return
        if together := line.next():
            line.under_way += 1
            # In the context of a caller: whose question it is decides on the connections that it may take.
            task = asyncio.create_task(self._run(account_id, line, together), context=together[0].context)
            line.tasks.add(task)
            task.add_done_callback(line.tasks.discard)

    def _end(self, account_id: AccountId, line: _AccountPages) -> None:
        line.under_way -= 1
        self._begin(account_id, line)
        if not line.under_way:
            del self._lines[account_id]
            if line.timer is not None:
                line.timer.cancel()

    async def _run(self, account_id: AccountId, line: _AccountPages, together: Sequence[_Asked]) -> None:
        try:
            outcomes = await self._outcomes(together)
        finally:
            self._end(account_id, line)
        for number, (each, outcome) in enumerate(zip(together, outcomes, strict=True)):
            if number:
                await self._database.reply_turn()  # the first has that of the command
            each.settle(outcome)

    async def _outcomes(self, together: Sequence[_Asked]) -> Sequence[Rows | Exception]:
        if len(together) > 1:
            try:
                return _divided(await self._alone(_united(self._collection, [each.stages for each in together])))
            except Exception as error:  # noqa: BLE001 - it is that of the callers
                if not isinstance(error, OperationFailure) or is_transient(error):
                    return [error] * len(together)
        return [await self._outcome(each.stages) for each in together]

    async def _outcome(self, stages: Stages) -> Rows | Exception:
        try:
            return await self._alone(stages)
        except Exception as error:  # noqa: BLE001 - it is that of the caller
            return error

    async def _alone(self, stages: Stages) -> Rows:
        return await self._database.aggregate_raw(self._collection, stages)


class _Asked:
    """A page that waits, and its caller's context."""

    __slots__ = ("context", "outcome", "rows", "stages", "until")

    def __init__(self, stages: Stages, rows: int) -> None:
        self.stages = stages
        self.rows = rows  # at most
        loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Rows] = loop.create_future()
        self.until = loop.time() + _PATIENCE  # it waits for the commands of others
        self.context: Context = copy_context()

    def settle(self, outcome: Rows | Exception) -> None:
        if self.outcome.done():  # its caller has left
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class _AccountPages:
    """The small pages of one account."""

    __slots__ = ("tasks", "timer", "under_way", "waiting")

    def __init__(self) -> None:
        self.under_way = 0  # commands
        self.waiting: deque[_Asked] = deque()
        self.tasks: set[asyncio.Task[None]] = set()
        self.timer: asyncio.TimerHandle | None = None  # while pages wait

    def next(self) -> list[_Asked]:
        """Take the pages of a command: those that wait longest, without those whose callers have left."""
        taken: list[_Asked] = []
        rows = 0
        while self.waiting and len(taken) < _MOST and rows + self.waiting[0].rows <= _MOST_ROWS:
            asked = self.waiting.popleft()
            if not asked.outcome.done():
                taken.append(asked)
                rows += asked.rows
        return taken


def _united(collection: str, pages: Sequence[Stages]) -> Stages:
    """Return the stages that read all pages, one after the other, with a mark between two."""
    first, *others = pages
    united = [*first]
    for stages in others:
        united += [_END, {"$unionWith": {"coll": collection, "pipeline": [*stages]}}]
    return united


def _divided(rows: Rows) -> list[Rows]:
    pages: list[Rows] = [[]]
    for row in rows:
        if row == _MARK_BYTES:
            pages.append([])
        else:
            pages[-1].append(row)
    return pages
