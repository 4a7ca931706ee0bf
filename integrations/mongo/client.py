"""Connects to MongoDB, with the guarantees that every read and write relies on.

    database = connect(uri, database="baton")
    await database.check()                  # raises if it is no replica set, or refuses us
    with driver_errors():
        await database.collection("accounts").find_one({"_id": account_id})
    async with database.start_session() as session:
        await session.start_transaction()   # snapshot reads, majority commit
        await database.collection("events").insert_one(document, session=session)
        await session.commit_transaction()
    await database.close()

    writes      acknowledged by a majority
    reads       majority-committed
    datetimes   aware, in UTC
    time-out    `OPERATION_TIMEOUT` for every operation, whatever happens to MongoDB; `with pymongo.timeout(600)` grants
                more to one that is known to be long, such as an index over much data

The driver is PyMongo's asyncio API. Motor, if chosen, is adapted to it (`motor.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bson import CodecOptions, Timestamp
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
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
from integrations.mongo import driver as drivers
from integrations.mongo.bulkhead import READS, SYSTEM, WATCHDOG, Bulkhead, BulkheadClient, DatabaseDown
from integrations.mongo.disk_full import DISK_FULL, is_disk_full, log_disk_full
from integrations.mongo.driver import AWARE, RAW, ChangeStream, Client, Collection, Document, Session, server_types
from integrations.mongo.records.raw_batch import documents_of, is_whole
from integrations.mongo.refused_credentials import (
    CREDENTIALS_REFUSED,
    are_credentials_refused,
    log_refused_credentials,
)

COPY_NAME = "baton-copy"  # name of the connections of backups and restores in MongoDB's tools and logs
_LONGEST_NAME = 128  # bytes of such a name
_FORMER_HEADS = "account_heads"  # the heads of the logs, until they moved to `account_state`
OPERATION_TIMEOUT = 5.0  # seconds: users wait for requests, and an operation that takes longer hardly returns
STREAM_TIMEOUT = 6.0  # seconds: an open stream responds at least every second, so a silent server is dead
HEARTBEAT = 3.0  # seconds: a server whose sign of life is as late as a connection may be gets no more calls
REQUEST_POOL = READS + SYSTEM + WATCHDOG  # connections: one CPU keeps fewer busy, and each costs mongod a thread
STREAM_POOL = 2  # connections: one for the stream, one to open the next
COPY_TIMEOUT = 3600.0  # seconds: a restore waits for indexes over a whole collection

_ONE_BATCH = {"batchSize": 100_000}  # documents: MongoDB begins with 101 otherwise

_MAJORITY = WriteConcern("majority")
_TRANSACTION = TransactionOptions(read_concern=ReadConcern("snapshot"), write_concern=_MAJORITY)
_REFUSES = "The database does not read. The server's log says why."
_UNREACHABLE = "The database cannot be reached; nothing was lost. Try again in a moment."
# MongoDB's transient error codes: a snapshot that cannot be read, step-down, shutdown, time-out, write conflict.
_TRANSIENT = frozenset({246, 11600, 11602, 10107, 13435, 13436, 189, 91, 50, 262, 24, 112})

_logger = logging.getLogger("baton.mongo")


class Driver(StrEnum):
    PYMONGO = "pymongo"
    MOTOR = "motor"


class DatabaseUnusable(Unavailable):
    """The database cannot be used until somebody changes something; the text says what."""


class CommandResult(Record):
    """The first batch of a command's cursor."""

    rows: list[Document]
    at: Timestamp | None = None  # cluster time of the snapshot that was read; None for other read concerns


class MongoDatabase:
    """One database of a client. Methods raise PyMongoError unless they say otherwise."""

    def __init__(
        self,
        *,
        client: Client,
        name: str,
        read_concern: ReadConcern | None = None,
        reply_turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._client = client
        self._read_concern = read_concern
        self._reply_turn = reply_turn
        self.name = name

    def collection(self, name: str) -> Collection:
        return self._client.collection(self.name, name, self._read_concern)

    def at(self, cluster_time: Timestamp) -> MongoDatabase:
        """Return the database as it was at a cluster time, for reads. MongoDB keeps it readable for some minutes."""
        return MongoDatabase(client=self._client, name=self.name, read_concern=drivers.SnapshotAt(cluster_time))

    async def snapshot(self) -> MongoDatabase:
        """Return the database pinned to now, or itself if it is pinned already."""
        if self._read_concern is not None:
            return self
        one: Document = {"find": "accounts", "projection": {"_id": True}, "limit": 1}
        reply = await self.command({**one, "readConcern": {"level": "snapshot"}})
        return self.at(reply["cursor"]["atClusterTime"])

    def start_session(self) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(_TRANSACTION)

    async def command(self, command: Document) -> Document:
        reply: Document = await self._client.command(self.name, command)
        return reply

    async def aggregate(
        self, collection: str, pipeline: Sequence[Document], read_concern: str = "majority"
    ) -> CommandResult:
        """A few documents, of one batch: a command costs three quarters of what the driver's cursor does. It is tried
        twice, as the driver tries its own reads."""
        command = {"aggregate": collection, "pipeline": pipeline, "cursor": _ONE_BATCH}
        reply = await self._retried({**command, "readConcern": {"level": read_concern}}, AWARE)
        return CommandResult(rows=reply["cursor"]["firstBatch"], at=reply["cursor"].get("atClusterTime"))

    async def find(self, collection: str, query: Document, *, sort: drivers.Order, limit: int) -> list[Document]:
        """Like `aggregate`, at this database's own instant. Returns the first that match. `limit` is 1 or more."""
        order: Document = {"sort": dict(sort)} if sort else {}
        some = {"limit": limit, "batchSize": limit + 1, "readConcern": self._concern}
        reply = await self._retried({"find": collection, "filter": query, **order, **some}, AWARE)
        found: list[Document] = reply["cursor"]["firstBatch"]
        if reply["cursor"]["id"]:  # they are more than a reply can hold, 16 MB
            found = await self.collection(collection).find(query, sort=sort, limit=limit).to_list(None)
        return found

    async def aggregate_raw(self, collection: str, pipeline: Sequence[Document]) -> list[bytes]:
        """Like `aggregate`, at this database's own instant. Returns the documents as BSON."""
        command = {"aggregate": collection, "pipeline": pipeline, "cursor": _ONE_BATCH, "readConcern": self._concern}
        cursor = bytes((await self._retried(command, RAW))["cursor"].raw)
        if not is_whole(cursor):  # they are more than a reply can hold, 16 MB
            reading = await self.collection(collection).with_options(codec_options=RAW).aggregate(pipeline)
            return [bytes(each.raw) async for each in reading]
        return documents_of(cursor)

    async def reply_turn(self) -> None:
        """Wait until the caller may work on one of several replies that came together (`Bulkhead.reply_turn`)."""
        if self._reply_turn is not None:
            await self._reply_turn()

    async def watch(self, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        """Open a change stream over all collections, with the driver's options."""
        return await self._client.watch(self.name, pipeline, **options)

    def primary(self) -> str | None:
        """Return the address of the replica set's primary, if the driver knows it at the moment."""
        servers = self._client.server_types().items()
        return next((address for address, kind in servers if kind == "RSPrimary"), None)

    async def admin(self, command: Document) -> Document:
        reply: Document = await self._client.command("admin", command)
        return reply

    async def ping(self) -> None:
        """Read one document: the command `ping` succeeds without any rights. Raises `Unavailable` if MongoDB does not
        respond, or refuses."""
        try:
            with driver_errors():
                await self.command({"find": "accounts", "projection": {"_id": True}, "limit": 1})
        except PyMongoError as error:
            code = error.code if isinstance(error, OperationFailure) else None
            text = "MongoDB refuses to read: %s, code %s."
            _logger.error(text, type(error).__name__, code)  # noqa: TRY400 - its text may quote the address
            raise Unavailable(_REFUSES) from error

    async def heartbeat(self) -> None:
        """Ping for the watchdog, which waits for no other call. Raises `Unavailable` if MongoDB does not respond."""
        with driver_errors():
            await self._client.heartbeat()

    async def check(self) -> None:
        """Check that Baton can use this MongoDB: transactions and change streams need a replica set, and the records
        must be of this version.

        Raises `DatabaseUnusable` with advice, or `Unavailable`.
        """
        with driver_errors():
            hello = await self._hello()
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise DatabaseUnusable(
                "The MongoDB is not a replica set, which Baton needs for transactions and live updates; one node is "
                "enough. Start it with `--replSet rs0` (replication.replSetName in mongod.conf), then once: "
                'mongosh "<its address>" --eval "rs.initiate()"'
            )
        with driver_errors():
            former = await self.collection(_FORMER_HEADS).find_one({}, projection={"_id": 1})
        if former is not None:
            raise DatabaseUnusable(
                "The database has records of a version before the first release, which this version cannot read. Use "
                "another folder (BATON_DATA) for the embedded MongoDB, or another database (BATON_MONGODB_DATABASE)."
            )

    async def close(self) -> None:
        await drivers.close(self._client)

    @property
    def _concern(self) -> Document:
        return {"level": "majority"} if self._read_concern is None else self._read_concern.document

    async def _retried(self, command: Document, codec: CodecOptions[Any]) -> Any:
        try:
            return await self._client.command(self.name, command, codec)
        except ConnectionFailure as error:
            if error.timeout:
                raise
            return await self._client.command(self.name, command, codec)

    async def _hello(self) -> Document:
        try:
            # A read comes first, because `hello` succeeds even without valid credentials.
            await self.collection("accounts").find_one({}, projection={"_id": 1})
            return await self.admin({"hello": 1})
        except ServerSelectionTimeoutError as error:
            if "RSGhost" in self._client.server_types().values():
                raise DatabaseUnusable(
                    "The MongoDB was started as a replica set, but never initiated. "
                    'Initiate it once: mongosh "<its address>/?directConnection=true" --eval "rs.initiate()"'
                ) from error
            raise DatabaseUnusable(
                "The MongoDB at BATON_MONGODB_URI does not respond. Is it running, and is the address right?"
            ) from error
        except OperationFailure as error:
            if are_credentials_refused(error):
                raise DatabaseUnusable(
                    "The MongoDB refuses the credentials in BATON_MONGODB_URI, or they give no access to its database."
                ) from error
            raise


def connect(
    uri: str,
    *,
    database: str,
    driver: Driver = Driver.PYMONGO,
    outage: Callable[[], str | None] = lambda: None,
    around: Callable[[Client], Client] | None = None,
) -> MongoDatabase:
    """Return a database for requests. It connects with the first operation. Raises `DatabaseUnusable`.

    `around` returns what is put before the driver's client. While `outage` returns a reason, operations fail at once,
    as `Unavailable` with that text.
    """
    options = {"maxPoolSize": REQUEST_POOL, "timeoutMS": round(OPERATION_TIMEOUT * 1000)}
    client = _client(uri, driver, options, name=application_name(database))
    guarded = BulkheadClient(client if around is None else around(client), bulkhead := Bulkhead(outage=outage))
    return MongoDatabase(client=guarded, name=database, reply_turn=bulkhead.reply_turn)


def connect_for_stream(uri: str, *, database: str, driver: Driver = Driver.PYMONGO) -> MongoDatabase:
    """Return a database for one change stream, whose connections are apart from those of requests.

    Its reads may wait for changes. Raises `DatabaseUnusable`.
    """
    options = {"maxPoolSize": STREAM_POOL, "socketTimeoutMS": round(STREAM_TIMEOUT * 1000)}
    return MongoDatabase(client=_client(uri, driver, options, name=application_name(database)), name=database)


def connect_for_copy(uri: str, *, database: str) -> MongoDatabase:
    """Return a database for a backup or a restore, whose operations may be long. Its connections do not have the name
    of those of servers, whatever the address says. Raises `DatabaseUnusable`."""
    options = {"socketTimeoutMS": round(COPY_TIMEOUT * 1000)}
    return MongoDatabase(client=_client(uri, Driver.PYMONGO, options, name=COPY_NAME), name=database)


@contextmanager
def driver_errors() -> Iterator[None]:
    """Turn transient errors of the driver into `Unavailable`, without the driver's text.

    A full disk is one of them: MongoDB still reads, and writes again when there is room. So are refused credentials,
    which an operator mends without a restart of Baton.
    """
    try:
        yield
    except DatabaseDown as error:
        raise Unavailable(str(error)) from error
    except PyMongoError as error:
        if is_disk_full(error):
            log_disk_full()
            raise Unavailable(DISK_FULL) from error
        if are_credentials_refused(error):
            log_refused_credentials(error)
            raise Unavailable(CREDENTIALS_REFUSED) from error
        if is_transient(error):
            raise Unavailable(_UNREACHABLE) from error
        raise


def is_transient(error: PyMongoError) -> bool:
    """Return whether the operation may succeed if it is repeated."""
    return (
        error.timeout
        or isinstance(error, ConnectionFailure)
        or (isinstance(error, OperationFailure) and error.code in _TRANSIENT)
        or error.has_error_label("TransientTransactionError")
    )


def application_name(database: str) -> str:
    """Return the name of the connections of servers, workers and commands in MongoDB's tools and logs. A restore waits
    until there are none of the database."""
    return f"baton {database}".encode()[:_LONGEST_NAME].decode(errors="ignore")


def _client(uri: str, driver: Driver, options: dict[str, Any], *, name: str) -> Client:
    given = {name.lower() for name, _ in parse_qsl(urlsplit(uri).query)}
    # Options that the operator gives in the URI take precedence.
    defaults = {
        "connectTimeoutMS": 2_000,
        "serverSelectionTimeoutMS": 3_000,  # for streams; a `timeoutMS` limits this too
        **({} if name == COPY_NAME else {"heartbeatFrequencyMS": round(HEARTBEAT * 1000)}),
        **options,
    }
    settings: dict[str, Any] = {
        **{name: value for name, value in defaults.items() if name.lower() not in given},
        "tz_aware": True,
        "w": "majority",
        "readConcernLevel": "majority",
        "readPreference": "primary",
        "retryWrites": True,
        "appname": name,
    }
    try:
        if driver is Driver.MOTOR:
            return _motor(uri, settings)
        return _PyMongo(AsyncMongoClient(uri, **settings))
    except (ConfigurationError, ValueError) as error:
        raise DatabaseUnusable(
            "BATON_MONGODB_URI is not a MongoDB address. Example: mongodb://user:password@host:27017/?replicaSet=rs0"
        ) from error


def _motor(uri: str, settings: dict[str, Any]) -> Client:
    try:
        # Motor is an optional extra.
        from integrations.mongo.motor import MotorClient
    except ModuleNotFoundError as error:
        raise DatabaseUnusable("BATON_MONGO_DRIVER=motor needs Motor: pip install 'baton[motor]'") from error
    return MotorClient(uri, settings)


class _PyMongo:
    def __init__(self, client: AsyncMongoClient[Document]) -> None:
        self._client = client
        self._databases: dict[str, AsyncDatabase[Document]] = {}  # creating one costs a hundredth of a query
        self._collections: dict[tuple[str, str], Collection] = {}  # creating one costs a tenth of a query

    def collection(self, database: str, name: str, read_concern: ReadConcern | None = None) -> Collection:
        if read_concern is not None:
            return self._client[database].get_collection(name, read_concern=read_concern)
        found = self._collections.get((database, name))
        if found is None:
            found = self._collections[database, name] = self._client[database].get_collection(name)
        return found

    def start_session(self, options: TransactionOptions) -> AbstractAsyncContextManager[Session]:
        return self._client.start_session(default_transaction_options=options)

    async def command(self, database: str, command: Document, codec: CodecOptions[Any] = AWARE) -> Any:
        found = self._databases.get(database)
        if found is None:
            found = self._databases[database] = self._client[database]
        return await found.command(command, codec_options=codec)

    async def heartbeat(self) -> None:
        await self._client.admin.command("ping")

    async def watch(self, database: str, pipeline: Sequence[Document], **options: Any) -> ChangeStream:
        return await self._client[database].watch(pipeline, **options)

    def server_types(self) -> dict[str, str]:
        return server_types(self._client.topology_description)

    async def close(self) -> None:
        await self._client.close()
