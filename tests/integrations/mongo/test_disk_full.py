"""A MongoDB whose disk is full: what it refuses is `Unavailable`, and the text and the log say why."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pymongo import InsertOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, WriteError

from domain.values.errors import Unavailable
from integrations.mongo import disk_full
from integrations.mongo.client import MongoDatabase, connect, driver_errors
from integrations.mongo.disk_full import DISK_FULL, is_disk_full
from integrations.mongo.server.embedded import EmbeddedMongo
from tests.harness.small_disk import fill, small_disk

_WORDS = "28: No space left on device"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk"):
        yield tmp_path / "disk"


@pytest.fixture
async def database(disk: Path) -> AsyncIterator[MongoDatabase]:
    mongo = EmbeddedMongo(data=disk)
    mongo.spawn()
    database = connect(await mongo.ready(), database="test")
    yield database
    await database.close()
    await mongo.stop()


async def test_writes_without_room_are_refused_with_the_reason_and_reads_go_on(
    database: MongoDatabase, disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(disk_full, "_logged_at", float("-inf"))
    rows = database.collection("rows")
    await rows.insert_one({"_id": 1})
    fill(disk / "filler")
    new = database.collection("new")  # needs a new file, at once
    for write in (lambda: new.insert_one({"_id": 1}), lambda: new.bulk_write([InsertOne({"_id": 1})])):
        with pytest.raises(Unavailable) as refusal, driver_errors():
            await write()
        assert str(refusal.value) == DISK_FULL
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == ["MongoDB refuses writes, because its disk is full."]
    with driver_errors():
        assert await rows.find_one({"_id": 1}) == {"_id": 1}

    (disk / "filler").unlink()
    async with asyncio.timeout(30):
        await new.insert_one({"_id": 1})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationFailure("", 14031, {"errmsg": "available disk space of …"}), True),
        (WriteError(_WORDS, 8, {"index": 0, "code": 8, "errmsg": _WORDS}), True),
        (BulkWriteError({"writeErrors": [{"index": 0, "code": 8, "errmsg": _WORDS}]}), True),
        (BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 14031, "errmsg": ""}]}), True),
        (BulkWriteError({"writeErrors": [{"index": 0, "code": 11000, "errmsg": f"dup key: {_WORDS}"}]}), False),
        (DuplicateKeyError("", 11000, {"errmsg": f"dup key: {{ text: '{_WORDS}' }}"}), False),
        (OperationFailure("", 112, {"errmsg": "WriteConflict"}), False),
        (OperationFailure(""), False),
    ],
)
def test_how_mongodb_says_it(error: OperationFailure, expected: bool) -> None:
    assert is_disk_full(error) is expected
