"""The part of a MongoDB driver that Baton uses, and the types that the rest of this package names.

`client.py` (PyMongo) and `motor.py` (Motor) implement `Client`; neither is imported here, so that both can import this
module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from bson import CodecOptions, Timestamp
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.client_session_shared import TransactionOptions
from pymongo.read_concern import ReadConcern
from pymongo.topology_description import TopologyDescription

Document = dict[str, Any]
Collection = AsyncCollection[Document]
Session = AsyncClientSession
Order = Sequence[tuple[str, int]] | None  # fields, each with its direction
ChangeStream = AsyncChangeStream[Document]

AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True)  # for commands, which ignore the client's own option
RAW = CodecOptions(document_class=RawBSONDocument)  # documents whose bytes are decoded when they are looked at

_WRITABLE = frozenset({"RSPrimary", "Mongos", "Standalone", "LoadBalancer"})
_CLOSING = 0.5  # seconds, for calls in flight and the driver's last words to a server that takes writes
_CLOSING_ALONE = 0.1  # seconds without such a server: enough to close the connections


class SnapshotAt(ReadConcern):
    """Reads at a cluster time without a session of the driver, which would allow only one read at a time."""

    def __init__(self, cluster_time: Timestamp) -> None:
        super().__init__("snapshot")
        self._cluster_time = cluster_time

    @property
    def document(self) -> dict[str, Any]:
        return {"level": "snapshot", "atClusterTime": self._cluster_time}


class Client(Protocol):
    """One connected client of a driver. Its methods raise the driver's `PyMongoError`."""

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        """Return a handle on a collection; without a read concern, the client's own applies."""

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        """Return a context manager that opens a session whose transactions use these options, and ends it."""

    async def command(self, database: str, command: Document, codec: CodecOptions[Any] = AWARE) -> Any:
        """Run a database command and return its reply, decoded by the codec: by default a document with aware
        datetimes."""

    async def heartbeat(self) -> None:
        """Ping the server, without waiting for other calls of this client."""

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        """Open a change stream over all collections of the database."""

    def server_types(self) -> dict[str, str]:
        """Return the types of the servers known at the moment by their addresses, by the driver's names of types."""

    async def close(self) -> None:
        """Close every connection."""


def server_types(topology: TopologyDescription) -> dict[str, str]:
    """Return the types of the servers by their addresses."""
    servers = topology.server_descriptions().values()
    return {f"{server.address[0]}:{server.address[1]}": server.server_type_name for server in servers}


async def close(client: Client) -> None:
    """Close a client. Calls whose callers have left, and what the driver tells the server at the end (which sessions
    and cursors are over), have half a second, and no time while there is no primary: a server that hangs would hold up
    each client of a process that ends."""
    takes_writes = not _WRITABLE.isdisjoint(client.server_types().values())
    try:
        async with asyncio.timeout(_CLOSING if takes_writes else _CLOSING_ALONE):
            await client.close()
    except TimeoutError:
        await client.close()  # what was begun is not begun again
