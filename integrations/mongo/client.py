"""A connection to MongoDB: the promises every read and write relies on are made here, once.

    database = connect(uri, database="baton")
    await database.check()                  # a replica set that takes our credentials, or an error that helps
    with translating():
        await database.collection("accounts").find_one({"_id": account_id})
    async with database.start_session() as session:
        await session.start_transaction()   # snapshot reads, majority commit
        await database.collection("events").insert_one(document, session=session)
        await session.commit_transaction()
    await database.close()

What is acknowledged is on a majority; reads see what a majority has; datetimes are aware, in UTC; every operation ends
within `operation_timeout`, whatever has become of MongoDB. `with pymongo.timeout(600)` grants one that is known to be
long (an index over much data) more.

The driver is PyMongo's asyncio API. Motor, if chosen, is made to look like it (`motor.py`): `aggregate`, `watch` and
`start_transaction` are awaited, `start_session` is entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bson import Timestamp
from pymongo import AsyncMongoClient
from pymongo.client_session_shared import TransactionOptions
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from domain.values.errors import Unavailable
from domain.values.record import Record
from integrations.mongo.driver import AWARE, ChangeStream, Client, Collection, Document, Session

APP_NAME = "baton"  # how MongoDB's own tools name our connections
OPERATION_TIMEOUT = 5.0  # seconds: people wait for requests; what takes longer is not coming
STREAM_SILENCE = 15.0  # seconds: an awaiting `getMore` answers every second, so a silent server is a dead one
REQUEST_POOL = 50  # connections: one CPU keeps far fewer busy, and each costs mongod a thread
STREAM_POOL = 2  # one for the stream, one to open its successor

_MAJORITY = WriteConcern("majority")
_TRANSACTION = TransactionOptions(read_concern=ReadConcern("snapshot"), write_concern=_MAJORITY)
_GONE = "The database cannot be reached; nothing was lost. Try again in a moment."
_AUTHENTICATION_FAILED = 18
_UNAUTHORIZED = 13
# MongoDB's codes for "not now": a snapshot that cannot be read, stepping down, shutting down, out of time.
_PASSING = frozenset({246, 11600, 11602, 10107, 13435, 13436, 189, 91, 50, 262, 24, 112})


class Driver(StrEnum):
    PYMONGO = "pymongo"
    MOTOR = "motor"


class DatabaseUnusable(Unavailable):
    """Waiting does not help: the text says what to change."""


class CommandResult(Record):
    """The first batch of a command's cursor."""

    rows: list[Document]
    at: Timestamp | None = None  # cluster time of the snapshot that was read; None for other read concerns


class MongoDatabase:
    def __init__(self, *, client: Client, name: str, read_concern: ReadConcern | None = None) -> None:
        self._client = client
        self._read_concern = read_concern
        self.name = name

    def collection(self, name: str) -> Collection:
        return self._client.collection(self.name, name, self._read_concern)

    def at(self, cluster_time: Timestamp) -> MongoDatabase:
        """The same database as it was at an instant of MongoDB's own clock: for reads, some minutes long."""
        return MongoDatabase(client=self._client, name=self.name, read_concern=_SnapshotAt(cluster_time))

    async def snapshot(self) -> MongoDatabase:
        """The same database as it is now; itself, where it is of an instant already."""
        if self._read_concern is not None:
            return self
        one: Document = {"find": "accounts", "projection": {"_id": True}, "limit": 1}
        answer = await self.command({**one, "readConcern": {"level": "snapshot"}})
        return self.at(answer["cursor"]["atClusterTime"])

    def start_session(self) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(_TRANSACTION)

    async def command(self, command: Document) -> Document:
        return await self._client.command(self.name, command)

    async def aggregate(
        self, collection: str, pipeline: Sequence[Document], read_concern: str = "majority"
    ) -> CommandResult:
        """A few documents, of one batch: a command costs three quarters of what the driver's cursor does. It is tried
        twice, as the driver tries its own reads."""
        concern = {"level": read_concern}
        command = {"aggregate": collection, "pipeline": pipeline, "cursor": {}, "readConcern": concern}
        try:
            answer = await self.command(command)
        except ConnectionFailure as error:
            if error.timeout:
                raise
            answer = await self.command(command)
        return CommandResult(rows=answer["cursor"]["firstBatch"], at=answer["cursor"].get("atClusterTime"))

    async def watch(self, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        """One stream over all collections, whatever the driver offers as options."""
        return await self._client.watch(self.name, pipeline, **options)

    async def admin(self, command: Document) -> Document:
        return await self._client.command("admin", command)

    async def ping(self) -> None:
        """Raises Unavailable where MongoDB does not answer."""
        with driver_errors():
            await self._client.command("admin", {"ping": 1})

    async def check(self) -> None:
        """Whether it is one that Baton can work with: transactions and change streams need a replica set."""
        with driver_errors():
            hello = await self._hello()
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise DatabaseUnusable(
                "The MongoDB is no replica set; Baton needs one (of one node at least) for transactions and live "
                "updates. Start it with `--replSet rs0` (replication.replSetName in mongod.conf), then once: "
                'mongosh "<its address>" --eval "rs.initiate()"'
            )

    async def close(self) -> None:
        await self._client.close()

    async def _hello(self) -> Document:
        try:
            # Whether we may read comes first: it is what a refusal is about.
            await self.collection("accounts").find_one({}, projection={"_id": 1})
            return await self._client.command("admin", {"hello": 1})
        except ServerSelectionTimeoutError as error:
            if "RSGhost" in self._client.server_types():
                raise DatabaseUnusable(
                    "The MongoDB is started as a replica set but was never initiated. "
                    'Do it once: mongosh "<its address>/?directConnection=true" --eval "rs.initiate()"'
                ) from error
            raise DatabaseUnusable(
                "The MongoDB that BATON_MONGODB_URI names does not answer. Is it running, and its address right?"
            ) from error
        except OperationFailure as error:
            if error.code in (_AUTHENTICATION_FAILED, _UNAUTHORIZED):
                raise DatabaseUnusable(
                    "The MongoDB refuses the credentials in BATON_MONGODB_URI, or they may not use its database."
                ) from error
            raise


def connect(uri: str, *, database: str, driver: Driver = Driver.PYMONGO) -> MongoDatabase:
    """For requests. Nothing is sent yet."""
    options = {"maxPoolSize": REQUEST_POOL, "timeoutMS": round(OPERATION_TIMEOUT * 1000)}
    return MongoDatabase(client=_client(uri, driver, options), name=database)


def connect_for_stream(uri: str, *, database: str, driver: Driver = Driver.PYMONGO) -> MongoDatabase:
    """For one change stream, so that it neither waits for requests nor lets them wait. Its reads may await news."""
    options = {"maxPoolSize": STREAM_POOL, "socketTimeoutMS": round(STREAM_SILENCE * 1000)}
    return MongoDatabase(client=_client(uri, driver, options), name=database)


@contextmanager
def driver_errors() -> Iterator[None]:
    """Around what talks to MongoDB: what passes by itself becomes `Unavailable`, without the driver's words."""
    try:
        yield
    except PyMongoError as error:
        if is_transient(error):
            raise Unavailable(_GONE) from error
        raise


def is_transient(error: PyMongoError) -> bool:
    """Whether the same may succeed in a moment."""
    return (
        error.timeout
        or isinstance(error, ConnectionFailure)
        or (isinstance(error, OperationFailure) and error.code in _PASSING)
        or error.has_error_label("TransientTransactionError")
    )


def _client(uri: str, driver: Driver, options: dict[str, Any]) -> Client:
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query)}
    # An operator's own figures, in the URI, go before ours.
    figures = {
        "appname": APP_NAME,
        "connectTimeoutMS": 2_000,
        "serverSelectionTimeoutMS": 3_000,  # of a stream; with a `timeoutMS`, that is the limit for this too
        **options,
    }
    settings: dict[str, Any] = {
        **{name: value for name, value in figures.items() if name.lower() not in given},
        "tz_aware": True,
        "w": "majority",
        "readConcernLevel": "majority",
        "readPreference": "primary",
        "retryWrites": True,
    }
    try:
        if driver is Driver.MOTOR:
            return _motor(uri, settings)
        return _PyMongo(AsyncMongoClient(uri, **settings))
    except (ConfigurationError, ValueError) as error:
        raise DatabaseUnusable(
            "BATON_MONGODB_URI is no MongoDB address. It looks like mongodb://user:password@host:27017/?replicaSet=rs0"
        ) from error


def _motor(uri: str, settings: dict[str, Any]) -> Client:
    try:
        # Motor is an optional extra.
        from integrations.mongo.motor import MotorClient
    except ModuleNotFoundError as error:
        raise DatabaseUnusable("BATON_MONGO_DRIVER=motor needs Motor: pip install 'baton[motor]'") from error
    return MotorClient(uri, settings)


class _SnapshotAt(ReadConcern):
    """A session of the driver's would do the same, and let only one read be under way."""

    def __init__(self, cluster_time: Timestamp) -> None:
        super().__init__("snapshot")
        self._cluster_time = cluster_time

    @property
    def document(self) -> dict[str, Any]:
        return {"level": "snapshot", "atClusterTime": self._cluster_time}


class _PyMongo:
    def __init__(self, client: AsyncMongoClient[Document]) -> None:
        self._client = client
        self._collections: dict[tuple[str, str], Collection] = {}  # making one costs a tenth of a question to it

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        if read_concern is not None:
            return self._client[database].get_collection(name, read_concern=read_concern)
        found = self._collections.get((database, name))
        if found is None:
            found = self._collections[database, name] = self._client[database].get_collection(name)
        return found

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(default_transaction_options=options)

    async def command(self, database: str, command: Document) -> Document:
        return await self._client[database].command(command, codec_options=AWARE)

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        return await self._client[database].watch(pipeline, **options)

    def server_types(self) -> set[str]:
        servers = self._client.topology_description.server_descriptions().values()
        return {server.server_type_name for server in servers}

    async def close(self) -> None:
        await self._client.close()
