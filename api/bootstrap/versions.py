"""Builds what migrates the database, and what tells other builds that this process works on it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from api.settings import Settings
from domain.values.errors import Unavailable
from domain.values.ids import new_id
from domain.versions.model import SCHEMA_VERSION, LiveProcess, OtherVersion, check, check_running
from domain.versions.service import MigrationService
from integrations.mongo.client import Driver, MongoDatabase, connect
from integrations.mongo.versions.migrations import migrations
from integrations.mongo.versions.processes import MongoProcessRegistry
from integrations.mongo.versions.schema import MongoSchemaStore

TELL_SECONDS = 5.0  # between two signs of life; a sixth of the time after which a process counts as ended

_logger = logging.getLogger("baton.mongo")


@asynccontextmanager
async def open_migrations(settings: Settings, uri: str) -> AsyncIterator[MigrationService]:
    """Open the service that migrates the database, until the block ends."""
    async with _database(settings, uri) as database:
        yield MigrationService(
            store=MongoSchemaStore(database=database),
            processes=MongoProcessRegistry(database=database),
            migrations=migrations(database),
            holder=f"`baton migrate` on {socket.gethostname()} (process {os.getpid()})",
        )


@asynccontextmanager
async def registered(settings: Settings, uri: str, command: str) -> AsyncIterator[None]:
    """Tell other builds that this process works on the database, until the block ends.

    If a newer build has migrated the database meanwhile, because this process was suspended, the process ends as on
    SIGTERM. Raises `OtherVersion` if the database is of another version, `Unavailable`.
    """
    process = LiveProcess(
        id=new_id(), build=SCHEMA_VERSION, command=command, host=socket.gethostname(), pid=os.getpid()
    )
    async with _database(settings, uri) as database:
        registry, store = MongoProcessRegistry(database=database), MongoSchemaStore(database=database)
        await registry.tell(process)  # before the look at the version: a migration looks in the other order
        telling = None
        try:
            check(await store.state())
            telling = asyncio.create_task(_keep_telling(registry, store, process), name="sign of life")
            yield
        finally:
            if telling is not None:
                telling.cancel()
                await asyncio.wait([telling])
            with suppress(Unavailable):
                await registry.remove(process.id)


async def _keep_telling(registry: MongoProcessRegistry, store: MongoSchemaStore, process: LiveProcess) -> None:
    while True:
        await asyncio.sleep(TELL_SECONDS)
        try:
            await registry.tell(process)
            check_running(await store.state())
        except Unavailable:
            continue  # others tell of it
        except OtherVersion as error:
            _logger.critical("%s This process ends.", error)
            os.kill(os.getpid(), signal.SIGTERM)
            return


@asynccontextmanager
async def _database(settings: Settings, uri: str) -> AsyncIterator[MongoDatabase]:
    database = connect(uri, database=settings.mongodb_database, driver=Driver(settings.mongo_driver))
    try:
        yield database
    finally:
        await database.close()
