"""Implements `RestoreNotices`: the one document of `restores`, which a restore writes and every process reads.

_id           "restore"
id, phase, backup, began_at   the record `Restore`
collections   names of the backup's collections: what else there is goes when they replace what is there
lease         {token, until}: the process that restores; by the clock of the database
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pymongo

from domain.backup.model import Backup, BackupRefused
from domain.backup.restores import Restore, RestorePhase
from integrations.mongo.backup.dump import RESTORES
from integrations.mongo.client import OPERATION_TIMEOUT, MongoDatabase, driver_errors
from integrations.mongo.driver import Document

LEASE_SECONDS = 10.0  # a restore that was killed can be repeated after this time
_ID = "restore"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MongoRestores:
    def __init__(self, *, database: MongoDatabase) -> None:
        self._restores = database.collection(RESTORES)

    async def current(self) -> Restore | None:
        with driver_errors(), pymongo.timeout(OPERATION_TIMEOUT):
            found = await self._restores.find_one({"_id": _ID})
        return None if found is None else _restore(found)

    async def begin(self, restore: Restore, backup: Backup, token: str) -> Restore:
        """Take the lease, and return the restore to go on with: an earlier one that has begun to replace, else the new
        one, which is recorded. Raises `BackupRefused` if another process restores, or the earlier one is of another
        backup."""
        found = await self.take(token)
        if found.get("phase") in (RestorePhase.REPLACING, RestorePhase.SETTLING):
            if found["backup"] != backup.cluster_time:
                await self.release(token)
                raise BackupRefused(
                    f"The restore of another backup, of {_spoken(found['backup'])}, was interrupted, and has to be "
                    "finished first. Run `baton restore` with that backup."
                )
            return _restore(found)
        known: Document = {
            "id": restore.id,
            "phase": restore.phase.value,
            "backup": restore.backup,
            "began_at": restore.began_at,
        }
        with driver_errors():
            await self._restores.update_one({"_id": _ID, "lease.token": token}, {"$set": known})
        return restore

    async def take(self, token: str) -> Document:
        """Take the lease, and return the document. Raises `BackupRefused` if another process has it."""
        until = {"$add": ["$$NOW", round(LEASE_SECONDS * 1000)]}
        free = {"$expr": {"$lte": [{"$ifNull": ["$lease.until", _LONG_AGO]}, "$$NOW"]}}
        with driver_errors():
            await self._restores.update_one(
                {"_id": _ID}, {"$setOnInsert": {"phase": RestorePhase.PREPARING.value}}, upsert=True
            )
            found = await self._restores.find_one_and_update(
                {"_id": _ID, **free}, [{"$set": {"lease": {"token": token, "until": until}}}]
            )
        if found is None:
            raise BackupRefused("Another `baton restore` is at work on the database, or was until some seconds ago.")
        return found

    async def renew(self, token: str) -> bool:
        """Extend the lease. Returns False if it is lost. Raises `Unavailable`."""
        until = {"$add": ["$$NOW", round(LEASE_SECONDS * 1000)]}
        with driver_errors(), pymongo.timeout(OPERATION_TIMEOUT):
            done = await self._restores.update_one(
                {"_id": _ID, "lease.token": token}, [{"$set": {"lease.until": until}}]
            )
        return done.matched_count == 1

    async def enter(self, phase: RestorePhase, token: str) -> None:
        """Record the phase. Raises `BackupRefused` if the lease is lost."""
        with driver_errors():
            done = await self._restores.update_one({"_id": _ID, "lease.token": token}, {"$set": {"phase": phase.value}})
        if done.matched_count != 1:
            raise BackupRefused("This restore was suspended for too long, and another has begun. It ends.")

    async def release(self, token: str) -> None:
        """Give the lease back."""
        with driver_errors():
            await self._restores.update_one({"_id": _ID, "lease.token": token}, {"$unset": {"lease": ""}})

    async def give_up(self, token: str) -> None:
        """Remove the record of a restore that has replaced nothing."""
        with driver_errors():
            await self._restores.delete_one({"_id": _ID, "lease.token": token})


def _restore(found: dict[str, Any]) -> Restore:
    return Restore(
        id=found.get("id", ""),
        phase=RestorePhase.stored(found.get("phase", RestorePhase.PREPARING)),
        backup=found.get("backup", ""),
        began_at=found.get("began_at", _LONG_AGO),
    )


def _spoken(cluster_time: str) -> str:
    seconds = int(cluster_time.partition(".")[0])
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
