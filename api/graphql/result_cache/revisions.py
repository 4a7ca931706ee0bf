"""The revision of each account, as far as this process knows it.

    known   the latest revision that was seen, by a look or in the change stream. The account has it or a later one
    look    the revision now: read from the database after the caller asked

Many callers ask at the same time. While one command is on its way, the callers wait for the next one, which reads the
heads of all their accounts at once; so a look is never older than its question, and costs a fraction of a command.
"""

from __future__ import annotations

import asyncio
from contextvars import Context

from cachetools import LRUCache

from domain.events import EventLog, LoggedEvent, Revision
from domain.values.ids import AccountId
from domain.values.record import replace

_ACCOUNTS = 100_000  # whose latest revision is known: about 30 MB


class Revisions:
    """An observer of the log (`LogObserver`)."""

    def __init__(self, *, log: EventLog) -> None:
        self._log = log
        self._known: LRUCache[AccountId, Revision] = LRUCache(_ACCOUNTS)
        self._waiting: dict[AccountId, asyncio.Future[Revision | None]] = {}
        self._task: asyncio.Task[None] | None = None

    def known(self, account_id: AccountId) -> Revision | None:
        """Return a revision that the account has reached; None if it was never looked at."""
        return self._known.get(account_id)

    async def look(self, account_id: AccountId) -> Revision | None:
        """Return the account's revision; None if its log has not begun. Raises `Unavailable`."""
        answer = self._waiting.get(account_id)
        if answer is None:
            answer = self._waiting[account_id] = asyncio.get_running_loop().create_future()
        if self._task is None:
            # An empty context: the task also works for callers other than this one.
            self._task = asyncio.create_task(self._read_all(), name="revisions", context=Context())
        return await asyncio.shield(answer)

    def on_event(self, event: LoggedEvent) -> None:
        """Take note that an account has moved on."""
        known = self._known.get(event.account_id)
        if known is not None and event.seq > known.seq:
            self._known[event.account_id] = replace(known, seq=event.seq)

    def on_gap(self) -> None:
        """Do nothing: a revision that was reached stays reached."""

    async def _read_all(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # what is ready in this round of the event loop asks as well
                asked, self._waiting = self._waiting, {}
                await self._read(asked)
        finally:
            self._task = None

    async def _read(self, asked: dict[AccountId, asyncio.Future[Revision | None]]) -> None:
        try:
            heads = await self._log.heads(asked)
        except Exception as error:  # noqa: BLE001 - belongs to the callers, and must not end this loop
            for answer in asked.values():
                answer.set_exception(error)
                answer.exception()  # marks it as retrieved: its caller may have left
            return
        for account_id, answer in asked.items():
            head = heads.get(account_id)
            if head is not None:
                self._known[account_id] = head.revision
            answer.set_result(None if head is None else head.revision)
