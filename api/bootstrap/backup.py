"""Backups of the database that the settings name.

async with copying(settings, mongo.uri) as copies:
    backup = await copies.back_up(folder, progress)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from api.settings import Settings
from domain.backup.model import Backup, BackupWish
from integrations.mongo.backup.dump import write_backup
from integrations.mongo.client import MongoDatabase, connect_for_copy


class Copies:
    def __init__(self, database: MongoDatabase) -> None:
        self._database = database

    async def back_up(self, folder: Path, wish: BackupWish, progress: Callable[[str], None]) -> Backup:
        """Write a backup into a new folder, and return what it has. Raises `BackupRefused`, `Unavailable`."""
        return await write_backup(self._database, folder, wish=wish, progress=progress)


@asynccontextmanager
async def copying(settings: Settings, uri: str) -> AsyncIterator[Copies]:
    """Connect for backups and restores until the end of the block. Raises `Unavailable` if the database cannot be
    used."""
    database = connect_for_copy(uri, database=settings.mongodb_database)
    try:
        await database.check()
        yield Copies(database)
    finally:
        await database.close()
