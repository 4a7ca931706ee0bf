"""Traces the calls to MongoDB, by their names and collections; never what is in them.

A client is put before that of the driver. The driver's own listeners would cost 5 % of a message, since they are told
of every command, whether its request is traced or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, cast

from bson import CodecOptions
from opentelemetry.trace import SpanKind
from pymongo.client_session_shared import TransactionOptions
from pymongo.read_concern import ReadConcern

from integrations.mongo.driver import AWARE, ChangeStream, Client, Collection, Document, Session
from integrations.tracing.spans import OpenSpan, OtlpSpans

_NO_IO = frozenset({"name", "full_name"})  # attributes


class TracedClient:
    """Implements `Client`."""

    def __init__(self, client: Client, spans: OtlpSpans) -> None:
        self._client = client
        self._spans = spans

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        return _traced(self._client.collection(database, name, read_concern), name, self._spans)

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(options)

    async def command(self, database: str, command: Document, codec: CodecOptions[Any] = AWARE) -> Any:
        if not self._spans.is_traced():
            return await self._client.command(database, command, codec)
        name, of = next(iter(command.items()))
        with call(self._spans, name, of if isinstance(of, str) else None):
            return await self._client.command(database, command, codec)

    async def heartbeat(self) -> None:
        await self._client.heartbeat()

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        return await self._client.watch(database, pipeline, **options)

    def server_types(self) -> dict[str, str]:
        return self._client.server_types()

    async def close(self) -> None:
        await self._client.close()


def call(spans: OtlpSpans, name: str, collection: str | None) -> AbstractContextManager[OpenSpan]:
    """Begin the span of a call, for the duration of the block."""
    facts = {"db.system.name": "mongodb", "db.operation.name": name}
    if collection is not None:
        facts["db.collection.name"] = collection
        name = f"{name} {collection}"
    return spans.span(name, facts, kind=SpanKind.CLIENT)


def _traced(collection: Collection, name: str, spans: OtlpSpans) -> Collection:
    return cast("Collection", _TracedCollection(collection, name, spans))


class _TracedCollection:
    """Passes each method on. If the task that calls it is traced, the call is."""

    def __init__(self, collection: Collection, name: str, spans: OtlpSpans) -> None:
        self._collection = collection
        self._name = name
        self._spans = spans

    def find(self, *args: Any, **kwargs: Any) -> Any:
        cursor = self._collection.find(*args, **kwargs)
        return _TracedCursor(cursor, self._name, self._spans) if self._spans.is_traced() else cursor

    def with_options(self, **options: Any) -> Collection:
        return _traced(self._collection.with_options(**options), self._name, self._spans)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        if name in _NO_IO or not self._spans.is_traced():
            return method

        async def traced(*args: Any, **kwargs: Any) -> Any:
            with call(self._spans, name, self._name):
                return await method(*args, **kwargs)

        return traced


class _TracedCursor:
    """The methods of a cursor that `bulkhead.py` calls."""

    def __init__(self, cursor: Any, collection: str, spans: OtlpSpans) -> None:
        self._cursor = cursor
        self._collection = collection
        self._spans = spans

    def limit(self, limit: int) -> _TracedCursor:
        self._cursor.limit(limit)
        return self

    async def to_list(self, length: int | None = None) -> list[Document]:
        with call(self._spans, "find", self._collection):
            documents: list[Document] = await self._cursor.to_list(length)
            return documents
