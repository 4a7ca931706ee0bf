"""Which MongoDB the program works on: the operator's own, or the embedded one.

async with mongodb_uri(settings) as uri:
    await prepare(settings, uri)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.settings import Settings
from integrations.mongo.client import Driver, connect
from integrations.mongo.indexes import create_indexes
from integrations.mongo.search.reindex import fill_search_index
from integrations.mongo.server.embedded import EmbeddedMongo


@asynccontextmanager
async def mongodb_uri(settings: Settings) -> AsyncIterator[str]:
    """The URI of BATON_MONGODB_URI, else of the embedded MongoDB, which runs until the block ends.

    Raises `Unavailable` if the embedded MongoDB does not start.
    """
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri.get_secret_value()
        return
    embedded = EmbeddedMongo(data=settings.data)
    embedded.spawn()
    try:
        yield await embedded.ready()
    finally:
        await embedded.stop()


async def prepare(settings: Settings, uri: str) -> None:
    """Check that the database can be used, create its indexes, and add what older data lack.

    Raises `Unavailable`, with what to do, if it cannot be used.
    """
    database = connect(uri, database=settings.mongodb_database, driver=Driver(settings.mongo_driver))
    try:
        await database.check()
        await create_indexes(database)
        await fill_search_index(database)
    finally:
        await database.close()
