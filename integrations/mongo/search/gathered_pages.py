"""Reads several pages of one account by one command.

A command costs the driver more than the rows of a small page do. So while an account has `_AT_ONCE` such commands under
way, its further pages wait, and the next command reads those that wait, up to `_MOST`:

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
_MOST = 8  # pages of one command; the last of them waits for all
_MARK: Document = {"end": True}  # a document of a collection has an `_id`
_MARK_BYTES = bson.encode(_MARK)
_END: Document = {"$unionWith": {"pipeline": [{"$documents": [_MARK]}]}}


class GatheredPages:
    """The pages of one collection, for all accounts."""

    def __init__(self, *, database: MongoDatabase, collection: str) -> None:
        self._database = database
        self._collection = collection
        self._lines: dict[AccountId, _AccountPages] = {}

    async def read(self, account_id: AccountId, stages: Stages) -> Rows:
        """Return the documents of a page as BSON. Its stages are bound to the account. Raises PyMongoError, for this
        page alone if MongoDB refuses it."""
        line = self._lines.get(account_id)
        if line is None:
            line = self._lines[account_id] = _AccountPages()
        if line.under_way < _AT_ONCE:
            line.under_way += 1
            try:
                return await self._alone(stages)
            finally:
                self._go_on(account_id, line)
        asked = _Asked(stages)
        line.waiting.append(asked)
        return await asked.rows

    def _go_on(self, account_id: AccountId, line: _AccountPages) -> None:
        """Read the pages that wait, now that a command has ended."""
        if together := line.next(_MOST):
            # In the context of a caller: whose question it is decides on the connections that it may take.
            task = asyncio.create_task(self._run(account_id, line, together), context=together[0].context)
            line.tasks.add(task)
            task.add_done_callback(line.tasks.discard)
            return
        line.under_way -= 1
        if not line.under_way:
            del self._lines[account_id]

    async def _run(self, account_id: AccountId, line: _AccountPages, together: Sequence[_Asked]) -> None:
        try:
            if len(together) == 1 or not await self._read_together(together):
                for each in together:
                    await self._read_alone(each)
        finally:
            self._go_on(account_id, line)

    async def _read_together(self, together: Sequence[_Asked]) -> bool:
        """Return whether the callers have their pages, or the error; False if MongoDB refuses the command."""
        try:
            rows = await self._alone(_united(self._collection, [each.stages for each in together]))
        except Exception as error:  # noqa: BLE001 - it is that of the callers
            if isinstance(error, OperationFailure) and not is_transient(error):
                return False
            for each in together:
                each.fail(error)
            return True
        for number, (each, page) in enumerate(zip(together, _divided(rows), strict=True)):
            if number:
                await self._database.reply_turn()  # the first has that of the command
            each.give(page)
        return True

    async def _read_alone(self, asked: _Asked) -> None:
        try:
            asked.give(await self._alone(asked.stages))
        except Exception as error:  # noqa: BLE001 - it is that of the caller
            asked.fail(error)

    async def _alone(self, stages: Stages) -> Rows:
        return await self._database.aggregate_raw(self._collection, stages)


class _Asked:
    """A page that waits, and its caller's context."""

    __slots__ = ("context", "rows", "stages")

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.rows: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        self.context: Context = copy_context()

    def give(self, rows: Rows) -> None:
        if not self.rows.done():  # its caller may have left
            self.rows.set_result(rows)

    def fail(self, error: Exception) -> None:
        if not self.rows.done():
            self.rows.set_exception(error)


class _AccountPages:
    """The pages of one account."""

    __slots__ = ("tasks", "under_way", "waiting")

    def __init__(self) -> None:
        self.under_way = 0  # commands
        self.waiting: deque[_Asked] = deque()
        self.tasks: set[asyncio.Task[None]] = set()

    def next(self, most: int) -> list[_Asked]:
        """Take the pages that wait longest, without those whose callers have left."""
        taken: list[_Asked] = []
        while self.waiting and len(taken) < most:
            asked = self.waiting.popleft()
            if not asked.rows.done():
                taken.append(asked)
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
