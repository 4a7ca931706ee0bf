"""Brings the database from one schema version to the next, or back, beside running servers.

    lease ─▶ no process of an older build ─▶ each pass, step by step ─▶ nothing remains ─▶ the version

The lease lets one process migrate at a time. The target is noted, which keeps older builds from starting, before those
that run are looked for, so that none can slip in between. Each step notes its place, and whoever runs the command again
after a kill continues there. A step takes milliseconds, and rests for as long as it took.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from secrets import token_urlsafe
from typing import TypeVar

from domain.values.errors import DomainError
from domain.values.record import Record
from domain.versions.model import SCHEMA_VERSION, LiveProcess, SchemaState, check_target
from domain.versions.ports import Migration, Pass, ProcessRegistry, SchemaStore

T = TypeVar("T")

_LEASE_WAIT = 40.0  # seconds: longer than the lease of a process that was killed
_POLL = 0.5  # seconds between two looks at what a migration waits for
_RENEW_SECONDS = 5.0  # between two renewals of the lease while a step takes long
_LONGEST_REST = 0.5  # seconds after a step
_MAX_ROUNDS = 10  # of a pass: each finds only what was written during the one before


class MigrationRefused(DomainError):
    """The migration cannot run now; the text says what to do. Nothing is lost, and it can be run again."""


class PassProgress(Record):
    """How far a pass is."""

    name: str
    done: int  # documents that this run has looked at
    remaining: int  # documents to change when this run of the pass began


class PlannedPass(Record):
    name: str
    remaining: int


class MigrationPlan(Record):
    """The steps of a migration that was not begun."""

    state: SchemaState
    target: int
    summary: str | None  # None: nothing is to be done
    passes: tuple[PlannedPass, ...] = ()
    in_the_way: tuple[LiveProcess, ...] = ()


class MigrationService:
    def __init__(
        self,
        *,
        store: SchemaStore,
        processes: ProcessRegistry,
        migrations: Sequence[Migration],
        holder: str,
        build: int = SCHEMA_VERSION,
    ) -> None:
        self._store = store
        self._processes = processes
        self._migrations = {migration.version: migration for migration in migrations}
        self._holder = holder
        self._build = build

    async def plan(self, to: int) -> MigrationPlan:
        """Return what `run` would do; nothing is changed. Raises `OtherVersion`, `Unavailable`."""
        state = await self._store.state()
        found = self._way(state, to)
        if found is None:
            return MigrationPlan(state=state, target=to, summary=None)
        migration, passes = found
        planned = [PlannedPass(name=each.name, remaining=await each.remaining()) for each in passes]
        older = tuple(await self._older(to))
        return MigrationPlan(state=state, target=to, summary=migration.summary, passes=tuple(planned), in_the_way=older)

    async def run(self, to: int, note: Callable[[str], None], show: Callable[[PassProgress], None]) -> bool:
        """Bring the database to a version. `note` is called with what it waits for, `show` after each step. Returns
        False if there was nothing to do.

        Raises `OtherVersion`, `MigrationRefused`, `Unavailable`.
        """
        way = self._way(await self._store.state(), to)
        if way is None:
            return False
        token = token_urlsafe(12)
        before = await self._take_lease(to, token, note)
        is_begun = before.is_begun
        try:
            if before.version == to and before.target is None:  # another process was faster
                return False
            await self._wait_for_older(to, token, note)
            is_begun, places = True, await self._store.places()
            await self._renew(token, places)  # from here on, older builds that still run have to end
            for each in way[1]:
                await self._complete(each, token, places, show)
            if not await self._store.finish(token, to):
                raise _lost()
        finally:
            await self._store.release(token, is_begun=is_begun)
        return True

    def _way(self, state: SchemaState, to: int) -> tuple[Migration, Sequence[Pass]] | None:
        """Return the migration to a version, and its passes in this direction; None if the database is there."""
        check_target(state, to, self._build)
        if state.version == to and state.target is None:
            return None
        migration = self._migrations[self._build]
        return migration, migration.up if to == self._build else migration.down

    async def _older(self, to: int) -> list[LiveProcess]:
        return [process for process in await self._processes.live() if process.build < to]

    async def _take_lease(self, to: int, token: str, note: Callable[[str], None]) -> SchemaState:
        """Return the state before. Wait for the lease of a process that was killed; raise if it is renewed."""
        deadline, first = time.monotonic() + _LEASE_WAIT, await self._store.lease()
        while (before := await self._store.begin(self._build, to, self._holder, token)) is None:
            found = await self._store.lease()
            first = first or found
            is_renewed = found is not None and first is not None and found.until != first.until
            if found is not None and (is_renewed or time.monotonic() > deadline):
                raise MigrationRefused(f"{found.holder} is migrating the database. One process migrates at a time.")
            note("Waiting for the lease of a migration that was interrupted")
            await asyncio.sleep(_POLL)
        return before

    async def _wait_for_older(self, to: int, token: str, note: Callable[[str], None]) -> None:
        """Wait until what was seen of older builds is long ago. One that tells again is running: raise."""
        first: dict[str, LiveProcess] | None = None
        while older := await self._older(to):
            first = first if first is not None else {process.id: process for process in older}
            running = [each for each in older if each.id not in first or each.seen_at != first[each.id].seen_at]
            if running:
                listed = "".join(f"\n  {process.spoken}" for process in running)
                raise MigrationRefused(
                    f"Processes of an older build work on the database. Replace them by this build, then run the "
                    f"migration again. Nothing was changed.{listed}"
                )
            note(f"Waiting whether {older[0].spoken} has ended")
            await asyncio.sleep(_POLL)
            await self._renew(token)

    async def _complete(
        self, each: Pass, token: str, places: dict[str, str], show: Callable[[PassProgress], None]
    ) -> None:
        """Repeat a pass until nothing remains, from the place where it was interrupted."""
        for _ in range(_MAX_ROUNDS):
            remaining, done = await self._held(token, each.remaining()), 0
            while remaining:
                began = time.monotonic()
                advance = await self._held(token, each.advance(places.get(each.name, "")))
                if advance is None:
                    break
                places[each.name], done = advance.after, done + advance.seen
                await self._renew(token, places)
                show(PassProgress(name=each.name, done=done, remaining=remaining))
                await asyncio.sleep(min(time.monotonic() - began, _LONGEST_REST))
            places.pop(each.name, None)
            await self._renew(token, places)
            if not await self._held(token, each.remaining()):
                return
        raise MigrationRefused(f"{each.name}: documents of the old layout are still being written. Run it again.")

    async def _held(self, token: str, work: Awaitable[T]) -> T:
        """Return what the work returns, and renew the lease while it takes long."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait([task], timeout=_RENEW_SECONDS))[0]:
                await self._renew(token)
            return await task
        finally:
            task.cancel()

    async def _renew(self, token: str, places: dict[str, str] | None = None) -> None:
        if not await self._store.renew(token, places):
            raise _lost()


def _lost() -> MigrationRefused:
    return MigrationRefused("Another process has taken the migration over.")
