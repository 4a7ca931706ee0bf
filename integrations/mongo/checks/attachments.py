"""The integrity check of attachments: every stored file has its bytes, and all bytes in the store are of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from domain.attachments.ports import FileStore, StoredBlob
from domain.doctor import Check, Finding, Progress, Severity
from domain.model.attachments import Attachment, AttachmentState
from domain.values.clock import Clock
from domain.values.record import Record
from integrations.mongo.checks.damage import in_spite_of_damage, repaired
from integrations.mongo.client import MongoDatabase, driver_errors
from integrations.mongo.collections import COLLECTIONS

_WHOLE = [AttachmentState.STORED.value, AttachmentState.ATTACHED.value]
_HAS_BYTES = {"state": {"$in": _WHOLE}, "problem": None}
_GRACE = timedelta(days=1)  # for an upload that is under way, and for the timers that sweep
_MAX_FINDINGS = 20  # more of them say nothing new


class _Mismatch(Record):
    """A file without its bytes, or bytes without their file."""

    key: str
    problem: str
    is_orphan: bool


class AttachmentCheck:
    """Implements `IntegrityCheck` for the attachments of all accounts."""

    def __init__(self, *, database: MongoDatabase, files: FileStore, clock: Clock) -> None:
        self._records = database.collection(COLLECTIONS[Attachment])
        self._files = files
        self._clock = clock

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        async for finding in in_spite_of_damage(self._findings(progress), Check.ATTACHMENTS, "attachments"):
            yield finding

    async def _findings(self, progress: Progress) -> AsyncIterator[Finding]:
        progress("attachments")
        reported = 0
        async for wrong in self._mismatches():
            if not wrong.is_orphan and not await self._is_whole(wrong.key):
                continue  # it was deleted since it was read
            yield Finding(
                severity=Severity.WARNING if wrong.is_orphan else Severity.ERROR,
                check=Check.ATTACHMENTS,
                where=f"attachment {wrong.key}",
                problem=wrong.problem,
                advice="Run `baton doctor --repair`."
                if wrong.is_orphan
                else "Restore the store of attachments from a backup; the message keeps the name of the file.",
            )
            reported += 1
            if reported == _MAX_FINDINGS:
                return

    async def repair(self, progress: Progress) -> int:
        progress("attachments")
        return await repaired(self._delete_orphans(), "attachments")

    async def _delete_orphans(self) -> int:
        count = 0
        async for wrong in self._mismatches():
            if wrong.is_orphan:
                await self._files.delete(wrong.key)
                count += 1
        return count

    async def _mismatches(self) -> AsyncIterator[_Mismatch]:
        """Merge the records and the files of the store, both in the order of their keys."""
        records = self._whole()
        record = await anext(records, None)
        async for blob in self._files.blobs():
            while record is not None and record[0] < blob.key:
                yield _Mismatch(key=record[0], problem="its bytes are not in the store", is_orphan=False)
                record = await anext(records, None)
            if record is not None and record[0] == blob.key:
                if record[1] != blob.size:
                    problem = f"the store has {blob.size:,} bytes in place of {record[1]:,}"
                    yield _Mismatch(key=blob.key, problem=problem, is_orphan=False)
                record = await anext(records, None)
            elif await self._is_orphan(blob):
                yield _Mismatch(key=blob.key, problem="no attachment has these bytes", is_orphan=True)
        while record is not None:
            yield _Mismatch(key=record[0], problem="its bytes are not in the store", is_orphan=False)
            record = await anext(records, None)

    async def _whole(self) -> AsyncIterator[tuple[str, int]]:
        """Yield the key and the size of every file that has to be in the store."""
        cursor = self._records.find(_HAS_BYTES, {"account": 1, "blob": 1, "size": 1}, sort=[("account", 1), ("_id", 1)])
        with driver_errors():
            async for row in cursor:
                yield f"{row['account']}/{row['_id']}/{row.get('blob')}", row.get("size") or 0

    async def _is_whole(self, key: str) -> bool:
        """Whether the file has to be in the store still. Its record is marked before its bytes are deleted."""
        with driver_errors():
            return await self._records.find_one({**_HAS_BYTES, "_id": key.split("/")[1]}, ["_id"]) is not None

    async def _is_orphan(self, blob: StoredBlob) -> bool:
        """Whether nothing will delete these bytes: their file is gone, or has other ones for good."""
        with driver_errors():
            row = await self._records.find_one({"_id": blob.key.split("/")[1] if "/" in blob.key else blob.key})
        return blob.at < self._clock.now() - _GRACE and (row is None or row.get("expires_at") is None)
