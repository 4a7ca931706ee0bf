"""The log warns before the disk of the embedded MongoDB is full, once for each time."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from integrations.mongo.server.disk_room import DiskRoom
from tests.harness.small_disk import small_disk

_MB = 1 << 20


@asynccontextmanager
async def _watched(folder: Path, warn_below: int) -> AsyncIterator[DiskRoom]:
    room = DiskRoom(folder=folder, warn_below=warn_below, seconds=0.01)
    watch = asyncio.create_task(room.watch())
    try:
        yield room
    finally:
        watch.cancel()
        await asyncio.wait([watch])


async def _looks_again(room: DiskRoom, caplog: pytest.LogCaptureFixture, warnings: int) -> None:
    async with asyncio.timeout(60):
        while len(caplog.records) < warnings:  # noqa: ASYNC110 - a thread measures
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # it looks several times, and says no more
    assert len(caplog.records) == warnings


async def test_each_crossing_of_the_threshold_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk):
        filler = disk / "filler"
        async with _watched(disk, warn_below=500 * _MB) as room:
            await _looks_again(room, caplog, 0)
            for crossing in (1, 2):
                filler.write_bytes(bytes(200 * _MB))
                await _looks_again(room, caplog, crossing * 2 - 1)
                assert "MB left (BATON_DISK_WARNING_MB is 524)" in caplog.messages[-1]
                os.truncate(filler, 120 * _MB)
                await asyncio.sleep(0.05)
                assert len(caplog.messages) == crossing * 2 - 1  # too near to the threshold
                filler.unlink()
                await _looks_again(room, caplog, crossing * 2)
                assert "has room again" in caplog.messages[-1]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


async def test_a_disk_that_cannot_be_measured_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with _watched(tmp_path / "later", warn_below=1 << 60) as room:
        await asyncio.sleep(0.05)
        assert (room.free, caplog.records) == (None, [])
        (tmp_path / "later").mkdir()
        await _looks_again(room, caplog, 1)
        assert room.free is not None
