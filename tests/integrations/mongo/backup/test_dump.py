"""A backup is the state of one instant, in the layout of mongodump, and whole or not there."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import json_util
from pymongo import AsyncMongoClient, IndexModel

from domain.backup.model import BackupRefused, BackupWish
from integrations.mongo.backup import dump
from integrations.mongo.backup.dump import write_backup
from integrations.mongo.backup.folder import BackupFolder
from integrations.mongo.client import MongoDatabase, connect_for_copy

Documents = AsyncMongoClient[dict[str, Any]]


@pytest.fixture
async def copied(mongo_uri: str, database_name: str) -> AsyncIterator[MongoDatabase]:
    """A database of its own, since the tests create collections."""
    database = connect_for_copy(mongo_uri, database=f"{database_name}_backup")
    yield database
    await database.command({"dropDatabase": 1})
    await database.close()


async def _write(database: MongoDatabase, path: Path, wish: BackupWish | None = None) -> BackupFolder:
    await write_backup(database, path, wish=wish or BackupWish(), progress=lambda _: None)
    return BackupFolder(path)


async def test_a_backup_beside_writers_is_of_one_instant(
    copied: MongoDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every collection, and in every batch of each."""
    monkeypatch.setattr(dump, "_BATCH", 100)  # documents, so that each collection is read in several
    names = [f"counter{number}" for number in range(5)]
    for name in names:
        await copied.collection(name).insert_many([{"_id": n} for n in range(400)])
        await copied.collection(name).insert_one({"_id": "count", "n": 0})
    moved, is_over = 0, False

    async def move() -> None:
        """Change every collection by the same, in one transaction."""
        nonlocal moved
        for step in itertools.takewhile(lambda _: not is_over, itertools.count(1)):
            async with copied.start_session() as session:
                await session.start_transaction()
                for name in names:
                    await copied.collection(name).update_one({"_id": "count"}, {"$inc": {"n": 1}}, session=session)
                    await copied.collection(name).insert_one({"_id": f"row {step}"}, session=session)
                await session.commit_transaction()
            moved = step

    writer = asyncio.create_task(move())
    try:
        for place in ("one", "two", "three"):
            before = moved
            folder = await _write(copied, tmp_path / place)
            backup = folder.read()
            read = {
                each.name: [bson.decode(raw) for raw in folder.documents(backup, each)] for each in backup.collections
            }
            counts = {next(row["n"] for row in rows if row["_id"] == "count") for rows in read.values()}
            rows = {sum(str(row["_id"]).startswith("row ") for row in each) for each in read.values()}
            assert set(read) == set(names)
            assert len(counts) == 1
            assert rows == counts
            assert min(counts) >= before  # what was confirmed before is in it
            for each in backup.collections:
                folder.verify(backup, each)
        assert moved  # the writer went on; a copy on a busy machine may be quicker than one of its transactions
    finally:
        is_over = True  # a transaction that is cancelled keeps its locks until MongoDB ends it
        await writer


@pytest.mark.parametrize("compressed", [False, True])
async def test_the_layout_is_that_of_mongodump(copied: MongoDatabase, tmp_path: Path, *, compressed: bool) -> None:
    names = copied.collection("names")
    await names.insert_many([{"_id": 2, "name": "Ann"}, {"_id": 1, "at": bson.Timestamp(1, 2)}])
    await names.create_indexes([IndexModel([("name", 1)], unique=True, name="by name")])
    await copied.command({"create": "empty"})
    await copied.command({"create": "signals"})  # of a moment
    folder = await _write(copied, tmp_path / "backup", BackupWish(compressed=compressed))

    ending, read = (".gz", gzip.decompress) if compressed else ("", bytes)
    place = tmp_path / "backup" / copied.name
    expected = {f"{name}.{kind}{ending}" for name in ("empty", "names") for kind in ("bson", "metadata.json")}
    assert {file.name for file in place.iterdir()} == expected
    assert bson.decode_all(read((place / f"names.bson{ending}").read_bytes())) == [
        {"_id": 1, "at": bson.Timestamp(1, 2)},
        {"_id": 2, "name": "Ann"},
    ]
    metadata = json_util.loads(read((place / f"names.metadata.json{ending}").read_bytes()).decode())
    assert [(index["name"], index.get("unique")) for index in metadata["indexes"]] == [
        ("_id_", None),
        ("by name", True),
    ]
    assert metadata["collectionName"] == "names"
    backup = folder.read()
    assert [(each.name, each.documents) for each in backup.collections] == [("empty", 0), ("names", 2)]
    assert all(stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 for file in (tmp_path / "backup").rglob("*"))


async def test_damage_is_found(copied: MongoDatabase, tmp_path: Path) -> None:
    await copied.collection("names").insert_many([{"_id": n, "name": f"name {n}"} for n in range(50)])
    folder = await _write(copied, tmp_path / "backup")
    backup = folder.read()
    [names] = backup.collections
    file = tmp_path / "backup" / copied.name / "names.bson"
    whole = file.read_bytes()
    for damaged in (
        whole[:-1],
        whole[: len(whole) // 2],
        b"",
        whole.replace(b"name 7\0", b"name 8\0", 1),
        whole + whole,
        b"\xff\xff\xff\x7f" + whole[4:],
        b"\0\0\0\0" + whole[4:],
    ):
        file.write_bytes(damaged)
        with pytest.raises(BackupRefused, match="names is damaged"):
            folder.verify(backup, names)
    file.unlink()
    with pytest.raises(BackupRefused, match="cannot be read"):
        folder.verify(backup, names)


async def test_a_folder_that_exists_is_left_alone(copied: MongoDatabase, tmp_path: Path) -> None:
    await copied.collection("names").insert_one({"_id": 1})
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BackupRefused, match="exists"):
        await _write(copied, tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not tmp_path.with_name(f"{tmp_path.name}.partial").exists()


async def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="no whole backup"):
        BackupFolder(tmp_path).read()
    (tmp_path / "baton.json").write_text("{}")
    with pytest.raises(BackupRefused, match="damaged"):
        BackupFolder(tmp_path).read()


async def test_a_newer_format_is_refused(copied: MongoDatabase, tmp_path: Path) -> None:
    await copied.collection("names").insert_one({"_id": 1})
    await _write(copied, tmp_path / "backup")
    file = tmp_path / "backup" / "baton.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(BackupRefused, match="newer"):
        BackupFolder(tmp_path / "backup").read()


async def test_a_state_that_is_too_old_is_never_mixed(copied: MongoDatabase, tmp_path: Path) -> None:
    """A change of the collections that MongoDB cannot read across ends the copy, and leaves nothing."""
    await copied.collection("names").insert_one({"_id": 1})
    await copied.collection("other").insert_one({"_id": 1})
    copying = asyncio.Event()

    def progress(name: str) -> None:
        copying.set()

    async def drop_and_create() -> None:
        await copying.wait()
        await copied.command({"drop": "other"})
        await copied.collection("other").insert_one({"_id": 2})

    # The name is reported before the copy begins, so the drop comes between the instant and the copy of one of them.
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(drop_and_create())
        try:
            await write_backup(copied, tmp_path / "backup", wish=BackupWish(), progress=progress)
        except BackupRefused as error:
            assert "could not read other" in str(error)  # noqa: PT017 - it is a race, and both outcomes are right
            assert not (tmp_path / "backup").exists()
        else:
            folder = BackupFolder(tmp_path / "backup")
            backup = folder.read()
            found = [bson.decode(raw) for raw in folder.documents(backup, backup.collections[1])]
            assert found == [{"_id": 1}]
    assert not (tmp_path / "backup.partial").exists()


async def test_the_window_is_raised_for_the_copy(copied: MongoDatabase, tmp_path: Path) -> None:
    name = "minSnapshotHistoryWindowInSeconds"
    await copied.collection("names").insert_one({"_id": 1})
    before = (await copied.admin({"getParameter": 1, name: 1}))[name]
    seen = []
    original = copied.admin

    async def admin(command: dict[str, Any]) -> dict[str, Any]:
        seen.append(command)
        return await original(command)

    copied.admin = admin  # type: ignore[method-assign] # to see what is set meanwhile
    await _write(copied, tmp_path / "backup", BackupWish(window=timedelta(minutes=20)))
    assert [each[name] for each in seen if "setParameter" in each] == [1200, before]
