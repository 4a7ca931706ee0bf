"""Builds the implementations of the ports from the settings.

async with open_ports(settings, uri) as ports:
    ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.bootstrap.agents import RunAgents
from api.bootstrap.tracing import Tracing, frames_of, open_tracing
from api.bootstrap.vendors import Vendors
from api.realtime.hub import Tail
from api.secret_files import encryption_keys
from api.server.errors import OperatorError
from api.settings import Settings
from domain.account.key_uses import KeyUseStore
from domain.account.visits import VisitStore
from domain.activity.ports import Activity
from domain.agent.ports import Agents, ShopperOrders, WaitingTurns
from domain.attachments.ports import FileStore, Scanner
from domain.backlog import Backlogs
from domain.commerce.ports import Orders
from domain.connected_services.ports import ConnectedServiceDirectory, CredentialVerifier, Vault
from domain.connected_services.service import ConnectionService
from domain.conversation.visitor_access import VisitorAccess
from domain.doctor import Doctor, IntegrityCheck
from domain.events import EventBody, EventLog, LoggedEvent, LogObserver, Retention
from domain.export.ports import Transcripts
from domain.forwarding.ports import ForwardingStore
from domain.guidance.ports import PastConversations
from domain.helpdesk.ticket_sync import HelpdeskTickets, TicketReader
from domain.identity.ports import IdentityKeyDirectory, KeySetClient
from domain.klaviyo.ports import Klaviyo
from domain.knowledge.ports import KnowledgeIndexes
from domain.messaging.ports import MailParser, RemoteFileSource
from domain.metrics.ports import CounterMaintenance, HistoryRetention, Snapshots
from domain.model.connected_services import Service
from domain.model.outbox import Destination
from domain.outbox.ports import OutboxQueues, OutboxReader, OutboxSender
from domain.reactions import reactions
from domain.sign_in.ports import SignInProvider
from domain.signals import Signals
from domain.storage import Storage
from domain.values.clock import Clock, SystemClock
from domain.values.ids import AccountId
from domain.values.record import Record, field
from domain.webhooks.ports import EndpointDirectory, WebhookClients
from integrations.files.clamd import Clamd, NoScanner
from integrations.mongo.activity.activity import MongoActivity
from integrations.mongo.activity.sales_recount import SalesCheck
from integrations.mongo.checks.activity import ActivityCheck
from integrations.mongo.checks.attachments import AttachmentCheck
from integrations.mongo.checks.database import MongoDoctor
from integrations.mongo.checks.records import RecordCheck
from integrations.mongo.checks.search import SearchIndexCheck
from integrations.mongo.client import Driver, MongoDatabase, connect, connect_for_stream
from integrations.mongo.delivery.backlog import MongoBacklogs
from integrations.mongo.delivery.forwarding import MongoForwardings
from integrations.mongo.delivery.outbox_queues import MongoOutboxQueues, MongoOutboxReader
from integrations.mongo.erasure.store import MongoErasureStore
from integrations.mongo.event_log.change_stream import MongoChangeStream
from integrations.mongo.event_log.log import MongoEventLog
from integrations.mongo.event_log.signals import MongoSignals
from integrations.mongo.files import MongoFiles
from integrations.mongo.guidance.past_conversations import MongoPastConversations
from integrations.mongo.knowledge_indexes import MongoKnowledgeIndexes
from integrations.mongo.retention.person import MongoPersonRecords
from integrations.mongo.retention.store import MongoWordStore
from integrations.mongo.stats.history import MongoHistory
from integrations.mongo.stats.maintenance import MongoCounterMaintenance
from integrations.mongo.stats.snapshots import MongoSnapshots
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.key_uses import MongoKeyUses
from integrations.mongo.storage.lookups import (
    MongoConnectedServiceDirectory,
    MongoEndpointDirectory,
    MongoHelpdeskTickets,
    MongoIdentityKeyDirectory,
    MongoOrders,
    MongoShopperOrders,
    MongoWaitingTurns,
)
from integrations.mongo.storage.shopper_visits import MongoShopperVisits
from integrations.mongo.storage.storage import MongoStorage
from integrations.mongo.storage.transcripts import MongoTranscripts
from integrations.ranking.tantivy_ranker import TantivyRanker
from integrations.secrets.fernet import FernetVault

if TYPE_CHECKING:
    from integrations.files.s3 import S3Files


class Helpdesks(Record):
    """The ports by which updates of tickets are read from helpdesks."""

    ticket_readers: Mapping[Service, TicketReader]
    tickets: HelpdeskTickets


class AttachmentPorts(Record):
    """The store of the bytes of attachments, the scanner that they pass, and the source of those that channels name."""

    files: FileStore
    scanner: Scanner
    remote: RemoteFileSource


class ConversationReaders(Record):
    """The ports that read many whole conversations: for exports, and for replays of escalation rules."""

    transcripts: Transcripts
    past: PastConversations


class AgentPorts(Record):
    """The agents that Baton runs itself, the turns that wait for them, and the orders that they may tell of."""

    agents: Callable[[ConnectionService], Agents]  # given the connections, of which one is to a language model
    turns: WaitingTurns
    orders: ShopperOrders
    observe_commits: Callable[[Callable[[AccountId, Sequence[EventBody]], None]], None]  # of this process


class UseStores(Record):
    """The ports that record uses of credentials outside of the commands."""

    keys: KeyUseStore
    visits: VisitStore


class IdentityPorts(Record):
    """The keys by which identity tokens are verified: those that accounts have set, and those at their addresses."""

    keys: IdentityKeyDirectory
    key_sets: KeySetClient


class Ports(Record):
    storage: Storage
    log: EventLog
    retention: Retention
    erasure: MongoErasureStore
    words: MongoWordStore
    persons: MongoPersonRecords
    signals: Signals
    tail: Tail
    observe: Callable[[LogObserver], None]  # adds an observer of the events that `tail` delivers
    doctor: Doctor
    activity: Activity
    snapshots: Snapshots
    history: HistoryRetention
    counters: CounterMaintenance
    readers: ConversationReaders
    integrity_checks: tuple[IntegrityCheck, ...]  # in the order in which they are repaired
    connections: ConnectedServiceDirectory
    knowledge: KnowledgeIndexes
    agent: AgentPorts
    orders: Orders
    vault: Vault
    verifiers: Mapping[Service, CredentialVerifier]
    helpdesks: Helpdesks
    queues: OutboxQueues
    outbox_reader: OutboxReader
    outbox_wake: asyncio.Event  # set when this process has written outbox rows
    senders: Mapping[Destination, OutboxSender]
    endpoints: EndpointDirectory
    forwardings: ForwardingStore
    backlogs: Backlogs
    webhook_clients: WebhookClients
    identity: IdentityPorts
    uses: UseStores
    klaviyo: Klaviyo
    sign_in: SignInProvider
    ping: Callable[[], Awaitable[None]]  # raises Unavailable if the database does not respond
    heartbeat: Callable[[], Awaitable[None]]  # the same, and waits for no other call
    mail_parser: MailParser
    attachments: AttachmentPorts
    disk_free: Callable[[], int | None]  # bytes on the disk of the embedded MongoDB; None with another
    tracing: Tracing
    around_frame: Callable[[LoggedEvent], AbstractContextManager[None]]
    clock: Clock = field(default_factory=SystemClock)


@asynccontextmanager
async def open_ports(
    settings: Settings,
    uri: str,
    clock: Clock | None = None,
    outage: Callable[[], str | None] = lambda: None,
    disk_free: Callable[[], int | None] = lambda: None,
) -> AsyncIterator[Ports]:
    """Connect, and at the end finish pending writes and close. The database was prepared with `prepare`.

    `outage` returns why the database cannot be used at present, if that is known; `disk_free` how many bytes are left
    on its disk.
    """
    clock = clock or SystemClock()
    driver = Driver(settings.mongo_driver)
    tracing = open_tracing(settings)
    database = connect(uri, database=settings.mongodb_database, driver=driver, outage=outage, around=tracing.client)
    stream = connect_for_stream(uri, database=settings.mongodb_database, driver=driver)
    files, s3 = _files(settings, database)
    vendors = Vendors(settings, clock, files)
    parts = _Parts(files=files, disk_free=disk_free, tracing=tracing)
    mongo = _mongo(settings, clock, database, MongoChangeStream(database=stream), parts)
    try:
        yield _ports(settings, mongo, vendors, clock)
    finally:
        await mongo.storage.close()
        await mongo.knowledge.close()
        if s3 is not None:
            await s3.close()
        await vendors.close()
        await stream.close()
        await database.close()
        await tracing.close()


class _Parts(Record):
    """What the ports on MongoDB are given from elsewhere."""

    files: FileStore
    disk_free: Callable[[], int | None]
    tracing: Tracing


class _Mongo(Record):
    """The connections to MongoDB, and what shares state on them."""

    database: MongoDatabase
    log: MongoEventLog
    tail: MongoChangeStream
    storage: MongoStorage
    knowledge: MongoKnowledgeIndexes
    tags: TagCache
    files: FileStore
    disk_free: Callable[[], int | None]
    tracing: Tracing


def _mongo(
    settings: Settings,
    clock: Clock,
    database: MongoDatabase,
    tail: MongoChangeStream,
    parts: _Parts,
) -> _Mongo:
    tags = TagCache()
    access = VisitorAccess(
        writing=timedelta(hours=settings.visitor_writing_hours), reading=timedelta(days=settings.visitor_reading_days)
    )
    knowledge = MongoKnowledgeIndexes(database=database, ranker=TantivyRanker(), lag=tail.lag)
    storage = parts.tracing.storage(
        database=database, clock=clock, reactions=reactions(access), tags=tags, lag=tail.lag, knowledge=knowledge
    )
    tail.observe(storage)
    tail.observe_profiles(storage.event_profiles.on_changed)
    tail.observe_writers(storage.on_written)
    return _Mongo(
        database=database,
        log=MongoEventLog(database=database),
        tail=tail,
        storage=storage,
        knowledge=knowledge,
        tags=tags,
        files=parts.files,
        disk_free=parts.disk_free,
        tracing=parts.tracing,
    )


def _ports(settings: Settings, mongo: _Mongo, vendors: Vendors, clock: Clock) -> Ports:
    database, counters = mongo.database, MongoCounterMaintenance(database=mongo.database, clock=clock, tags=mongo.tags)
    return Ports(
        storage=mongo.storage,
        log=mongo.log,
        retention=mongo.log,
        signals=MongoSignals(database=database),
        tail=mongo.tail,
        observe=mongo.tail.observe,
        doctor=MongoDoctor(database=database, clock=clock),
        activity=MongoActivity(database=database),
        snapshots=MongoSnapshots(database=database, clock=clock, tags=mongo.tags),
        history=MongoHistory(database=database),
        readers=_readers(database),
        counters=counters,
        integrity_checks=_integrity_checks(mongo, counters, clock),
        connections=MongoConnectedServiceDirectory(database=database),
        knowledge=mongo.knowledge,
        agent=_agent(mongo, vendors),
        orders=MongoOrders(database=database),
        vault=FernetVault(lambda: encryption_keys(settings)),
        verifiers=vendors.verifiers,
        helpdesks=_helpdesks(database, vendors),
        queues=MongoOutboxQueues(database=database),
        outbox_reader=MongoOutboxReader(database=database),
        outbox_wake=mongo.storage.outbox_wake,
        senders=vendors.senders,
        endpoints=MongoEndpointDirectory(database=database),
        identity=IdentityPorts(keys=MongoIdentityKeyDirectory(database=database), key_sets=vendors.key_sets),
        uses=UseStores(keys=MongoKeyUses(database=database), visits=MongoShopperVisits(database=database)),
        forwardings=MongoForwardings(database=database),
        webhook_clients=vendors.webhook_clients,
        klaviyo=vendors.klaviyo,
        sign_in=vendors.sign_in,
        **_of_database(mongo),
        mail_parser=vendors.mail_parser,
        attachments=_attachments(settings, mongo.files, vendors),
        disk_free=mongo.disk_free,
        clock=clock,
    )


def _of_database(mongo: _Mongo) -> dict[str, Any]:
    database = mongo.database
    return {
        "erasure": MongoErasureStore(database=database, files=mongo.files),
        "persons": MongoPersonRecords(database=database),
        "words": MongoWordStore(database=database, files=mongo.files),
        "ping": database.ping,
        "heartbeat": database.heartbeat,
        "backlogs": MongoBacklogs(database=database),
        "tracing": mongo.tracing,
        "around_frame": frames_of(mongo.storage),
    }


def _agent(mongo: _Mongo, vendors: Vendors) -> AgentPorts:
    return AgentPorts(
        agents=lambda connections: RunAgents(connections=connections, model_http=vendors.model_http),
        turns=MongoWaitingTurns(database=mongo.database),
        orders=MongoShopperOrders(database=mongo.database),
        observe_commits=mongo.storage.observe_commits,
    )


def _readers(database: MongoDatabase) -> ConversationReaders:
    return ConversationReaders(
        transcripts=MongoTranscripts(database=database), past=MongoPastConversations(database=database)
    )


def _integrity_checks(mongo: _Mongo, counters: MongoCounterMaintenance, clock: Clock) -> tuple[IntegrityCheck, ...]:
    database, storage = mongo.database, mongo.storage
    return (
        RecordCheck(database=database),
        SalesCheck(database=database, storage=storage),
        counters,
        ActivityCheck(database=database),
        SearchIndexCheck(database=database),
        AttachmentCheck(database=database, files=mongo.files, clock=clock),
    )


def _files(settings: Settings, database: MongoDatabase) -> tuple[FileStore, S3Files | None]:
    """Return the store of the bytes of attachments, and again as that of S3 if it is."""
    if settings.s3_bucket is None:
        return MongoFiles(database=database), None
    try:
        from integrations.files.s3 import S3Files, S3Settings
    except ImportError:
        raise OperatorError("BATON_S3_BUCKET takes the extra `s3`: pip install 'baton[s3]'.") from None
    secret = settings.s3_secret_access_key
    s3 = S3Files(
        S3Settings(
            bucket=settings.s3_bucket,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key_id=settings.s3_access_key_id,
            secret_access_key=None if secret is None else secret.get_secret_value(),
        )
    )
    return s3, s3


def _attachments(settings: Settings, files: FileStore, vendors: Vendors) -> AttachmentPorts:
    scanner = NoScanner() if settings.scanner is None else Clamd(settings.scanner)
    return AttachmentPorts(files=files, scanner=scanner, remote=vendors.remote_files)


def _helpdesks(database: MongoDatabase, vendors: Vendors) -> Helpdesks:
    return Helpdesks(
        ticket_readers=vendors.ticket_readers,
        tickets=MongoHelpdeskTickets(database=database),
    )
