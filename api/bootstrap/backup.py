"""Backups and restores of the database that the settings name, and the notices of restores.

async with copying(settings, mongo.uri) as copies:
    backup = await copies.back_up(folder, wish, progress)
    restored = await copies.restore(folder, wish, progress, settle)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from api.settings import Settings
from domain.backup.model import Backup, BackupWish, Restored, RestoreWish
from domain.backup.restores import RestoreNotices, RestoreUnderWay
from domain.outbox.restored import RestoredRow
from domain.retention.model import RedactedMessage
from integrations.mongo.backup.dump import write_backup
from integrations.mongo.backup.restore_record import MongoRestores
from integrations.mongo.backup.restoring import Restoring, give_up
from integrations.mongo.client import MongoDatabase, connect_for_copy

Progress = Callable[[str], None]


class Copies:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database
        self.notices: RestoreNotices = MongoRestores(database=database)

    async def back_up(self, folder: Path, wish: BackupWish, progress: Progress) -> Backup:
        """Write a backup into a new folder, and return what it has. Raises `BackupRefused`, `RestoreUnderWay`,
        `Unavailable`."""
        restore = await self.notices.current()
        if restore is not None and restore.holds_off:
            raise RestoreUnderWay
        return await write_backup(self._database, folder, wish=wish, progress=progress)

    async def restore(
        self,
        folder: Path,
        wish: RestoreWish,
        progress: Progress,
        settle: Callable[[Backup, AsyncIterator[RestoredRow], list[RedactedMessage]], Awaitable[Restored]],
    ) -> Restored:
        """Restore a backup; `settle` completes it, on the restored data. Returns the outcome. Raises `BackupRefused`,
        `Unavailable`."""
        return await Restoring(database=self._database, path=folder, wish=wish, progress=progress).run(settle)

    async def give_up(self) -> None:
        """End a restore that was interrupted before it changed anything. Raises `BackupRefused`, `Unavailable`."""
        await give_up(self._database)


@asynccontextmanager
async def copying(settings: Settings, uri: str) -> AsyncIterator[Copies]:
    """Connect for backups, restores and their notices until the end of the block. A restore does not wait for such a
    connection to leave. Raises `Unavailable` if the database cannot be used."""
    database = connect_for_copy(uri, database=settings.mongodb_database)
    try:
        await database.check()
        yield Copies(database)
    finally:
        await database.close()
