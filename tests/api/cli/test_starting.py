"""A process that starts while a restore begins waits for its end, and other commands say why they cannot run."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from api.app import Baton
from api.bootstrap.database import mongodb, prepare
from api.cli import serve
from api.cli.context import on_database
from api.cli.output import RESTORE_UNDER_WAY, explained
from api.settings import Settings
from domain.backup.restores import RestoreUnderWay

Mongo = AsyncMongoClient[dict[str, Any]]


@pytest.fixture
def settings(mongo_uri: str, database_name: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, mongodb_uri=mongo_uri, mongodb_database=database_name, worker=False)


async def restoring(client: Mongo, settings: Settings, phase: str) -> None:
    """Write what a restore says to servers."""
    said = {"id": "one", "phase": phase, "backup": "1.1", "began_at": datetime.now(UTC)}
    await client[settings.mongodb_database]["restores"].update_one({"_id": "restore"}, {"$set": said}, upsert=True)


async def test_a_restore_that_begins_during_the_start_is_waited_for(
    settings: Settings, mongo_client: Mongo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look for a restore and the use of the database."""
    seen: list[str] = []
    stop, prepared = asyncio.Event(), 0

    async def late(*given: Any, **more: Any) -> None:
        nonlocal prepared
        prepared += 1
        if prepared == 1:
            await restoring(mongo_client, settings, "LOADING")
        await prepare(*given, **more)

    async def hold_off(over: asyncio.Event) -> None:
        seen.append("waits")
        await restoring(mongo_client, settings, "DONE")
        await over.wait()

    async def live(_: Baton, __: asyncio.Event) -> None:
        seen.append("serves")
        stop.set()

    monkeypatch.setattr("api.cli.context.prepare", late)
    async with asyncio.timeout(60):
        await serve._through_restores(settings, stop, hold_off=hold_off, live=live)
    assert seen == ["waits", "serves"]


async def test_another_command_says_why_and_ends_with_a_code_of_its_own(
    settings: Settings, mongo_client: Mongo, capsys: pytest.CaptureFixture[str]
) -> None:
    await restoring(mongo_client, settings, "REPLACING")

    async def open_it() -> None:
        async with mongodb(settings) as mongo, on_database(settings, mongo):
            raise AssertionError("it must not use the database")

    with pytest.raises(RestoreUnderWay):
        await open_it()
    with pytest.raises(SystemExit) as ended, explained():
        raise RestoreUnderWay
    assert ended.value.code == RESTORE_UNDER_WAY == 75
    assert "--give-up" in capsys.readouterr().err
