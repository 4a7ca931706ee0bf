"""Notices restores of the database: then the process lets go of it, and begins anew on the restored data.

restore begins ──▶ `until_restore`: sockets close with 1012, work under way ends, connections close
restore is over ──▶ `until_over`: everything is built again, so that no memory of the former data is left
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from domain.backup.restores import RestoreNotices, RestorePhase
from domain.values.errors import Unavailable

POLL_SECONDS = 1.0  # one small read; a restore waits longer for processes to leave

_logger = logging.getLogger("baton.server")


class RestoreWatch:
    def __init__(self, notices: RestoreNotices) -> None:
        self._notices = notices
        self._known: str | None = None  # the last restore that was complete when the process began anew

    async def is_over(self) -> bool:
        """Return whether the database can be used, and note of which restore its data are. Raises `Unavailable`."""
        restore = await self._notices.current()
        if restore is not None and restore.phase is RestorePhase.DONE:
            self._known = restore.id
        return restore is None or not restore.holds_off

    @asynccontextmanager
    async def until_over(self, stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
        """An event that is set when `stop` is, or when the restore that is under way is over."""
        async with _watching(self._wait_until_over, stop) as over:
            yield over

    @asynccontextmanager
    async def until_restore(self, stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
        """An event that is set when `stop` is, or when a restore begins or has been missed."""
        async with _watching(self._wait_for_restore, stop) as leave:
            yield leave

    async def _wait_until_over(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(Unavailable):  # whoever uses the database says so
                if await self.is_over():
                    return
            await _sleep(stop)

    async def _wait_for_restore(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            restore = None
            with suppress(Unavailable):
                restore = await self._notices.current()
            is_missed = restore is not None and restore.phase is RestorePhase.DONE and restore.id != self._known
            if restore is not None and (restore.holds_off or is_missed):
                _logger.warning("A backup is being restored: this process lets go of the database until it is over.")
                return
            await _sleep(stop)


@asynccontextmanager
async def _watching(
    wait: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event
) -> AsyncIterator[asyncio.Event]:
    """An event that is set when `stop` is, or when `wait` returns."""
    reached = asyncio.Event()

    async def follow() -> None:
        await stop.wait()
        reached.set()  # at once: `wait` may ask a database that hangs, and the drain time begins with this event

    async def watch() -> None:
        try:
            await wait(stop)
        finally:
            reached.set()  # also after an error, so that nobody waits in vain

    tasks = [
        asyncio.create_task(watch(), name="notices of restores"),
        asyncio.create_task(follow(), name="stop of restores"),
    ]
    try:
        yield reached
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _sleep(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(POLL_SECONDS):
            await stop.wait()
    except TimeoutError:
        return
