"""Which MongoDB the program works on: the operator's own, or the embedded one.

async with mongodb(settings) as mongo:
    await prepare(settings, mongo.uri)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from api.settings import Settings
from domain.backup.restores import RestoreUnderWay
from domain.values.record import Record
from domain.versions.model import SCHEMA_VERSION, check
from integrations.mongo.backup.restore_record import MongoRestores
from integrations.mongo.client import Driver, connect
from integrations.mongo.indexes import create_indexes
from integrations.mongo.search.reindex import fill_search_index
from integrations.mongo.server.disk_room import DiskRoom
from integrations.mongo.server.embedded import EmbeddedMongo
from integrations.mongo.versions.schema import MongoSchemaStore

_logger = logging.getLogger("baton.mongo")

_NOT_MIGRATED = (
    "The database has schema version %d, this build has %d. Once every process is of this build, run `baton migrate`."
)


class Mongo(Record):
    uri: str
    outage: Callable[[], str | None] = lambda: None  # why it cannot be used at present, if that is known
    disk_free: Callable[[], int | None] = lambda: None  # bytes on the disk of the embedded one


@asynccontextmanager
async def mongodb(settings: Settings) -> AsyncIterator[Mongo]:
    """The MongoDB of BATON_MONGODB_URI, else the embedded one, which is kept running until the block ends.

    Raises `Unavailable` if the embedded MongoDB does not start.
    """
    if settings.mongodb_uri is not None:
        yield Mongo(uri=settings.mongodb_uri.get_secret_value())
        return
    embedded = EmbeddedMongo(data=settings.data)
    embedded.spawn()
    try:
        uri = await embedded.ready()
        room = DiskRoom(folder=settings.data, warn_below=settings.disk_warning_mb * 1_000_000)
        watches = [
            asyncio.create_task(embedded.keep_running(), name="mongod"),
            asyncio.create_task(room.watch(), name="disk room"),
        ]
        for watch in watches:
            watch.add_done_callback(_report_failure)
        try:
            yield Mongo(uri=uri, outage=embedded.outage, disk_free=lambda: room.free)
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.wait(watches)
    finally:
        await embedded.stop()


def _report_failure(watch: asyncio.Task[None]) -> None:
    if not watch.cancelled() and (error := watch.exception()) is not None:
        _logger.critical("The embedded MongoDB is no longer watched. Restart this process.", exc_info=error)


async def prepare(settings: Settings, uri: str, *, restores: bool = False) -> None:
    """Check that the database can be used by this build, create its indexes, and add what older data lack. `restores`:
    for a restore, which alone may use the database while it is under way.

    Raises `OtherVersion`, `RestoreUnderWay` or `Unavailable`, with what to do, if it cannot be used.
    """
    database = connect(uri, database=settings.mongodb_database, driver=Driver(settings.mongo_driver))
    try:
        await database.check()
        restore = None if restores else await MongoRestores(database=database).current()
        if restore is not None and restore.holds_off:
            raise RestoreUnderWay
        state = await MongoSchemaStore(database=database).state()
        check(state)
        await create_indexes(database)
        if state.version == 0:
            await fill_search_index(database)
        if state.version < SCHEMA_VERSION:
            _logger.warning(_NOT_MIGRATED, state.version, SCHEMA_VERSION)
    finally:
        await database.close()
