"""Builds what is outside, and hands it on as one frozen `Ports`.

async with opened(settings, uri) as ports:
    ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from api.bootstrap.vendors import Vendors
from api.realtime.hub import Tail
from api.settings import Settings, encryption_keys
from domain.activity.ports import Activity
from domain.clock import Clock, SystemClock
from domain.commerce.ports import Orders
from domain.connection.model import Service
from domain.connection.ports import Connections, Prover, Vault
from domain.doctor import Derived, Doctor
from domain.events import EventLog, Retention
from domain.export.ports import Transcripts
from domain.forwarding.ports import ForwardingStore
from domain.helpdesk.rereading import HelpdeskTickets, TicketReader
from domain.klaviyo.ports import Klaviyo
from domain.metrics.ports import CounterCare, Moments, Past
from domain.outbox.model import Destination
from domain.outbox.ports import Courier, OutgoingRows, Queues
from domain.record import Record, field
from domain.signals import Signals
from domain.storage import Storage
from domain.webhooks.ports import Endpoints, Lines
from integrations.mongo.activity import MongoActivity
from integrations.mongo.client import Driver, MongoDatabase, connect, connect_for_stream
from integrations.mongo.connections import MongoConnections
from integrations.mongo.counter_care import MongoCounterCare
from integrations.mongo.doctor import MongoDoctor
from integrations.mongo.doctor_activity import DerivedActivity
from integrations.mongo.doctor_terms import DerivedTerms
from integrations.mongo.endpoints import MongoEndpoints
from integrations.mongo.forwarding import MongoForwardings
from integrations.mongo.helpdesk_tickets import MongoHelpdeskTickets
from integrations.mongo.labels import KnownLabels
from integrations.mongo.log import MongoEventLog
from integrations.mongo.moments import MongoMoments
from integrations.mongo.orders import MongoOrders
from integrations.mongo.outbox import MongoOutgoingRows, MongoQueues
from integrations.mongo.past import MongoPast
from integrations.mongo.recount_sales import DerivedSales
from integrations.mongo.signals import MongoSignals
from integrations.mongo.storage import MongoStorage
from integrations.mongo.tail import MongoEventTail
from integrations.mongo.transcripts import MongoTranscripts
from integrations.vault.fernet import FernetVault


class Helpdesks(Record):
    """For what comes back from them."""

    ticket_readers: Mapping[Service, TicketReader]
    tickets: HelpdeskTickets


class Ports(Record):
    storage: Storage
    log: EventLog
    retention: Retention
    signals: Signals
    tail: Tail
    doctor: Doctor
    activity: Activity
    moments: Moments
    past: Past
    counters: CounterCare
    transcripts: Transcripts
    derived: tuple[Derived, ...]  # in the order in which they are repaired
    connections: Connections
    orders: Orders
    vault: Vault
    provers: Mapping[Service, Prover]
    helpdesks: Helpdesks
    queues: Queues
    outgoing: OutgoingRows
    outgoing_news: asyncio.Event  # set where this process wrote something that is to leave
    couriers: Mapping[Destination, Courier]
    endpoints: Endpoints
    forwardings: ForwardingStore
    lines: Lines
    klaviyo: Klaviyo
    ping: Callable[[], Awaitable[None]]  # raises Unavailable where the database does not answer
    clock: Clock = field(default_factory=SystemClock)


@asynccontextmanager
async def opened(settings: Settings, uri: str, clock: Clock | None = None) -> AsyncIterator[Ports]:
    """Connect, and in the end finish what is under way. The database is one that `prepare` has seen to."""
    clock = clock or SystemClock()
    driver = Driver(settings.mongo_driver)
    database = connect(uri, database=settings.mongodb_database, driver=driver)
    stream = connect_for_stream(uri, database=settings.mongodb_database, driver=driver)
    labels = KnownLabels()
    storage = MongoStorage(database=database, clock=clock, known_labels=labels)
    vendors = Vendors(settings)
    try:
        yield _ports(settings, database, stream, storage, labels, vendors, clock)
    finally:
        await storage.close()
        await vendors.close()
        await stream.close()
        await database.close()


def _ports(
    settings: Settings,
    database: MongoDatabase,
    stream: MongoDatabase,
    storage: MongoStorage,
    labels: KnownLabels,
    vendors: Vendors,
    clock: Clock,
) -> Ports:
    log = MongoEventLog(database=database)
    counters = MongoCounterCare(database=database, clock=clock, known=labels)
    return Ports(
        storage=storage,
        log=log,
        retention=log,
        signals=MongoSignals(database=database),
        tail=MongoEventTail(database=stream),
        doctor=MongoDoctor(database=database, clock=clock),
        activity=MongoActivity(database=database),
        moments=MongoMoments(database=database, clock=clock, known=labels),
        past=MongoPast(database=database),
        transcripts=MongoTranscripts(database=database),
        counters=counters,
        derived=_derived(database, storage, counters),
        connections=MongoConnections(database=database),
        orders=MongoOrders(database=database),
        vault=FernetVault(lambda: encryption_keys(settings)),
        provers=vendors.provers,
        helpdesks=_helpdesks(database, vendors),
        queues=MongoQueues(database=database),
        outgoing=MongoOutgoingRows(database=database),
        outgoing_news=storage.outgoing_news,
        couriers=vendors.couriers,
        endpoints=MongoEndpoints(database=database),
        forwardings=MongoForwardings(database=database),
        lines=vendors.lines,
        klaviyo=vendors.klaviyo,
        ping=database.ping,
        clock=clock,
    )


def _derived(database: MongoDatabase, storage: MongoStorage, counters: MongoCounterCare) -> tuple[Derived, ...]:
    return (
        DerivedSales(database=database, storage=storage),
        counters,
        DerivedActivity(database=database),
        DerivedTerms(database=database),
    )


def _helpdesks(database: MongoDatabase, vendors: Vendors) -> Helpdesks:
    return Helpdesks(
        ticket_readers=vendors.ticket_readers,
        tickets=MongoHelpdeskTickets(database=database),
    )
