"""Which MongoDB the program works on: the operator's own, or the embedded one, started before all imports.

with embedded_mongo(os.environ) as embedded:        # spawned at once; None where BATON_MONGODB_URI is set
    settings = Settings.read()                      # and whatever else can be done beside it
    async with mongodb_uri(settings, embedded) as uri:
        await prepare(settings, uri)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from integrations.mongo.server.embedded import EmbeddedMongo

if TYPE_CHECKING:
    from api.settings import Settings

Embedded: TypeAlias = EmbeddedMongo


@contextmanager
def embedded_mongo(environment: Mapping[str, str]) -> Iterator[Embedded | None]:
    """The two variables are read as `Settings` reads them; importing it would take longer than mongod's start."""
    if environment.get("BATON_MONGODB_URI"):
        yield None
        return
    embedded = EmbeddedMongo(data=Path(environment.get("BATON_DATA") or ".baton"))
    embedded.spawn()
    try:
        yield embedded
    finally:
        import asyncio  # here, for whoever starts waits for the imports above

        asyncio.run(embedded.stop())  # does nothing where `mongodb_uri` came so far as to stop it


@asynccontextmanager
async def mongodb_uri(settings: Settings, embedded: Embedded | None) -> AsyncIterator[str]:
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri
        return
    assert embedded is not None
    try:
        yield await embedded.ready()
    finally:
        await embedded.stop()


async def prepare(settings: Settings, uri: str) -> None:
    """Whether it is one to work with, its indexes, and what older data lack. Raises Unavailable with what to do."""
    from integrations.mongo.client import Driver, connect
    from integrations.mongo.indexes import create_indexes
    from integrations.mongo.search.reindex import fill_terms

    database = connect(uri, database=settings.mongodb_database, driver=Driver(settings.mongo_driver))
    try:
        await database.check()
        await create_indexes(database)
        await fill_terms(database)
    finally:
        await database.close()
