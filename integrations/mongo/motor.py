"""Adapts Motor to PyMongo's asyncio API, so that the same storage code runs on both drivers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from bson import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorCollection
from pymongo.client_session_shared import TransactionOptions
from pymongo.read_concern import ReadConcern

from integrations.mongo.driver import AWARE, ChangeStream, Collection, Document, Session, server_types


class MotorClient:
    """Implements `Client`."""

    def __init__(self, uri: str, settings: dict[str, Any]) -> None:
        self._client = AsyncIOMotorClient(uri, **settings)

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        found = self._client[database].get_collection(name, read_concern=read_concern)
        return cast("Collection", _MotorCollection(found))

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        return self._session(options)

    @asynccontextmanager
    async def _session(self, options: TransactionOptions) -> AsyncIterator[Session]:
        async with await self._client.start_session(default_transaction_options=options) as session:
            yield cast("Session", _AwaitedMotorClientSession(session.delegate, self._client))

    async def command(self, database: str, command: Document, codec: CodecOptions[Any] = AWARE) -> Any:
        return await self._client[database].command(command, codec_options=codec)

    async def heartbeat(self) -> None:
        await self._client.admin.command("ping")

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        return cast("ChangeStream", self._client[database].watch(pipeline, **options))

    def server_types(self) -> dict[str, str]:
        return server_types(self._client.delegate.topology_description)

    async def close(self) -> None:
        self._client.close()


class _AwaitedMotorClientSession(AsyncIOMotorClientSession):  # Motor recognizes sessions by the end of their class name
    async def start_transaction(self) -> None:  # type: ignore[override] # a coroutine in PyMongo
        super().start_transaction()


class _MotorCollection:
    """Makes methods awaitable that return at once in Motor and are coroutines in PyMongo."""

    def __init__(self, collection: AsyncIOMotorCollection[Document]) -> None:
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    async def aggregate(self, *args: Any, **kwargs: Any) -> Any:
        return self._collection.aggregate(*args, **kwargs)
