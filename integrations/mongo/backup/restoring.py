"""Restores a backup: all of it, or nothing, as the processes that use the database see it.

    verify the backup ─▶ load most of it beside the data in use ─▶ processes hold off ─▶ load the rest, renewed
                      ─▶ replace the collections ─▶ settle ─▶ processes begin anew

Until the first collection is replaced, the data in use are as before, and an error or an interruption leaves them so.
From then on the restore goes forward only: one that was interrupted is finished by the next call with the same backup.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import bson
from pymongo.errors import PyMongoError

from domain.backup.model import Backup, BackupRefused, CopiedCollection, LegalHoldsLost, Restored, RestoreWish
from domain.backup.restores import Restore, RestorePhase
from domain.forwarding.model import DeadLetter
from domain.outbox.restored import RestoredRow
from domain.retention.model import RedactedMessage
from domain.values.errors import Unavailable
from domain.values.record import replace
from domain.versions.model import OtherVersion, check
from integrations.mongo.backup.connections import wait_for_leave
from integrations.mongo.backup.deliveries import keep_deliveries, undecided_rows
from integrations.mongo.backup.dump import Progress
from integrations.mongo.backup.folder import BackupFolder
from integrations.mongo.backup.loading import drop_apart, load, replace_collections
from integrations.mongo.backup.protection import held_since
from integrations.mongo.backup.redactions import keep_redactions, kept_redactions
from integrations.mongo.backup.renewal import BackupRenewal
from integrations.mongo.backup.restore_record import LEASE_SECONDS, MongoRestores
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS
from integrations.mongo.driver import AWARE
from integrations.mongo.versions.schema import SCHEMA, state_of

Settle = Callable[[Backup, AsyncIterator[RestoredRow], list[RedactedMessage]], Awaitable[Restored]]

_RENEWALS = 4  # of the lease, within its time
_NOTHING_TO_GIVE_UP = "No restore is under way."


class Restoring:
    def __init__(self, *, database: MongoDatabase, path: Path, wish: RestoreWish, progress: Progress) -> None:
        self._database = database
        self._folder = BackupFolder(path)
        self._wish = wish
        self._progress = progress
        self._restores = MongoRestores(database=database)
        self._token = secrets.token_hex(8)

    async def run(self, settle: Settle) -> Restored:
        """Restore, and return the outcome. `settle` is called on the restored data, before anybody else uses them; it
        may be called again after an interruption.

        Raises `BackupRefused` with the reason, and `Unavailable`.
        """
        backup = self._folder.read()
        for each in backup.collections:
            self._progress(f"Verifying {each.name}")
            await asyncio.to_thread(self._folder.verify, backup, each)
        self._check_version(backup)
        restore = Restore(
            id=secrets.token_urlsafe(6),
            phase=RestorePhase.PREPARING,
            backup=backup.cluster_time,
            began_at=datetime.now(UTC).replace(microsecond=0),
        )
        with driver_errors():
            restore = await self._restores.begin(restore, backup, self._token)
            async with self._lease():
                return await self._go_on(restore, backup, settle)

    async def _go_on(self, restore: Restore, backup: Backup, settle: Settle) -> Restored:
        if restore.phase is RestorePhase.PREPARING:
            await self._load_all(restore, backup)
            await self._restores.enter(RestorePhase.REPLACING, self._token)
        self._progress("Replacing the data")
        # Also those that were added since the backup was made, and got what the database in use knew.
        names = dict.fromkeys([*(each.name for each in backup.collections), *BackupRenewal.NAMES])
        await replace_collections(self._database, list(names))
        await self._restores.enter(RestorePhase.SETTLING, self._token)
        self._progress("Settling")
        restored = await settle(backup, undecided_rows(self._database), await kept_redactions(self._database))
        letters = self._database.collection(COLLECTIONS[DeadLetter])
        restored = replace(restored, held_events=await letters.count_documents({"at": restore.began_at}))
        await drop_apart(self._database)
        await self._restores.enter(RestorePhase.DONE, self._token)
        return restored

    async def _load_all(self, restore: Restore, backup: Backup) -> None:
        """Load everything. If that fails, everything is as before."""
        try:
            await self._check_empty()
            await drop_apart(self._database)
            for each in (each for each in backup.collections if each.name not in BackupRenewal.NAMES):
                await self._load(backup, each)
            await self._restores.enter(RestorePhase.LOADING, self._token)
            await self._wait_for_leave()
            await self._check_held()
            await self._load_renewed(restore, backup)
        except BaseException:
            await asyncio.shield(self._withdraw())
            raise

    async def _load_renewed(self, restore: Restore, backup: Backup) -> None:
        """Load the collections that are not restored as they were."""
        renewal = BackupRenewal(database=self._database, restore=restore, since=backup.taken_at)
        await renewal.look()
        by_name = {each.name: each for each in backup.collections}
        for name, change in renewal.changes.items():
            if name in by_name:
                self._progress(name)
                await load(self._database, self._folder, backup, by_name[name], change)
        await renewal.complete()
        await keep_deliveries(self._database, renewal.pending)
        await keep_redactions(self._database, backup.taken_at)

    async def _load(self, backup: Backup, collection: CopiedCollection) -> None:
        self._progress(f"Loading {collection.name}")
        await load(self._database, self._folder, backup, collection)

    def _check_version(self, backup: Backup) -> None:
        """Refuse a backup on which this build could not work: it could not settle it once it had replaced the data."""
        found = [each for each in backup.collections if each.name == SCHEMA]
        documents = [bson.decode(raw, AWARE) for each in found for raw in self._folder.documents(backup, each)]
        try:
            check(state_of(documents[0] if documents else None))
        except OtherVersion as error:
            raise BackupRefused(
                f"This build of Baton cannot restore the backup. Of the database that was copied: {error} Restore it "
                f"with the build that made it, Baton {backup.program}."
            ) from error

    async def _check_empty(self) -> None:
        if not self._wish.replaces and await self._database.collection("accounts").find_one({}) is not None:
            raise BackupRefused(
                f"The database {self._database.name} has data. With --replace, the backup takes their place."
            )

    async def _check_held(self) -> None:
        """Refuse to lose what was said in conversations under a legal hold, unless it is wished."""
        lost = [] if self._wish.loses_held else await held_since(self._database)
        if lost:
            raise LegalHoldsLost(lost)

    async def _wait_for_leave(self) -> None:
        self._progress("Waiting for servers to leave")
        connected = await wait_for_leave(self._database, self._wish.wait.total_seconds())
        if connected:
            raise BackupRefused(
                f"Other processes of Baton use the database: {len(connected)} connections, such as {connected[0]}. "
                "Stop them, and try again. Nothing was changed."
            )

    async def _withdraw(self) -> None:
        try:
            await drop_apart(self._database)
            await self._restores.give_up(self._token)
        except (PyMongoError, Unavailable):  # the next restore does it, or --give-up
            return

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[None]:
        """Hold the lease within the block, and end the block if it is lost."""
        task = asyncio.current_task()
        assert task is not None, "it is awaited by a task"
        renewing = asyncio.create_task(self._renew(task), name="lease of the restore")
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])
            await asyncio.shield(self._restores.release(self._token))

    async def _renew(self, task: asyncio.Task[object]) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / _RENEWALS)
            try:
                if not await self._restores.renew(self._token):
                    task.cancel()
                    return
            except (Unavailable, PyMongoError):
                continue  # the restore itself fails, if that lasts


async def give_up(database: MongoDatabase) -> None:
    """End a restore that was interrupted before it replaced anything. Raises `BackupRefused` if there is none, if it
    runs, or if it has begun to replace; `Unavailable`."""
    restores, token = MongoRestores(database=database), secrets.token_hex(8)
    current = await restores.current()
    if current is None or current.phase is RestorePhase.DONE:
        raise BackupRefused(_NOTHING_TO_GIVE_UP)
    await restores.take(token)
    try:
        if (current := await restores.current()) is None or current.phase is RestorePhase.DONE:
            raise BackupRefused(_NOTHING_TO_GIVE_UP)
        if current.phase in (RestorePhase.REPLACING, RestorePhase.SETTLING):
            raise BackupRefused(
                "The restore has begun to replace the data, and has to be finished: run `baton restore` again with the "
                "same folder."
            )
        with driver_errors():
            await drop_apart(database)
        await restores.give_up(token)
    finally:
        await restores.release(token)
