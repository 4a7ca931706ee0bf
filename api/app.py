"""The program put together: the ports from outside, the domain's services on them, and the routes on those."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from api.auth import Authenticator
from api.bootstrap.conversation_link import Link, conversation_link
from api.bootstrap.ports import Ports
from api.console.page import assets, ide
from api.export.endpoint import Export
from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor
from api.graphql.http import GraphQLHTTP
from api.graphql.limits import Limits
from api.graphql.open_connections import OpenConnections
from api.graphql.ports import Services as Transports
from api.graphql.websocket.handshake import GraphQLWebSocket
from api.realtime.cursor import CursorCodec, Position, UnknownCursor
from api.realtime.hub import Hub, HubSettings
from api.settings import Settings, signing_secret
from api.webhooks.routes import hooks
from api.workers.event_forwarding import EventForwarding, ForwardingLoop, build_event_forwarding
from api.workers.outbox_delivery import OutboxDelivery
from api.workers.outbox_dispatcher import DispatchLimits, OutboxDispatcher
from api.workers.timers import Handle, TimerWorker
from domain.account.service import AccountService
from domain.agent.service import AgentService
from domain.commerce.service import CommerceService
from domain.commerce.shops import ShopService
from domain.connected_services.service import ConnectionService
from domain.conversation.service import ConversationService
from domain.conversation.typing import TypingService
from domain.handoff import helpdesk_delivery
from domain.handoff.service import HandoffService
from domain.helpdesk.service import HelpdeskService
from domain.helpdesk.ticket_sync import TicketSync
from domain.imports.service import HistoryService
from domain.inbox.alarms import TicketAlarms
from domain.inbox.replies import ReplyService
from domain.inbox.service import InboxService
from domain.messaging.incoming import IncomingService
from domain.messaging.mail import MailTokens
from domain.messaging.message_receipts import DeliveryService, after_attempt
from domain.model.credentials import VisitorTokens
from domain.model.outbox import OutgoingKind
from domain.outbox.ports import Timeouts
from domain.outbox.service import OutboxService
from domain.principal import Principal
from domain.storage import TimerKind
from domain.values.errors import Invalid, Unavailable
from domain.values.ids import AccountId
from domain.values.record import Record
from resolvers.context import Context, Services, StreamCursors
from resolvers.page_cursors import PageCursors
from resolvers.schema import schema


class Baton(Record):
    """What a process of Baton consists of. `hub.run` and `worker.run` are for whoever runs it to supervise."""

    settings: Settings
    ports: Ports
    services: Services
    history: HistoryService
    hub: Hub
    worker: TimerWorker
    dispatcher: OutboxDispatcher
    forwarding: ForwardingLoop
    connections: OpenConnections
    limits: Limits
    app: Starlette


class _StreamCursors:
    def __init__(self, codec: CursorCodec) -> None:
        self._codec = codec

    def encode(self, account_id: AccountId, epoch: str, seq: int) -> str:
        return self._codec.encode(account_id, Position(epoch=epoch, seq=seq))

    def decode(self, account_id: AccountId, cursor: str, *, path: tuple[str, ...]) -> tuple[str, int]:
        try:
            position = self._codec.decode(cursor, account_id, path=path)
        except UnknownCursor:
            raise Invalid("This is no cursor of the account's log: take one from an event.", path=path) from None
        return position.epoch, position.seq


def build(settings: Settings, ports: Ports) -> Baton:
    secret = signing_secret(settings)
    codec = CursorCodec(secret)
    cursors, held = _StreamCursors(codec), _connections(settings, ports)
    forwarding = build_event_forwarding(settings, ports, held, cursors)
    services = _services(ports, secret, cursors, held, forwarding, conversation_link(settings))
    hub = Hub(log=ports.log, tail=ports.tail, cursors=codec, settings=HubSettings())
    limits = Limits()
    connections = OpenConnections()

    def make_context(principal: Principal) -> Context:
        return Context(services=services, principal=principal)

    transports = Transports(
        executor=GraphQLExecutor(schema=schema, limits=limits, errors=ErrorFormatter()),
        authenticate=Authenticator(accounts=services.accounts),
        make_context=make_context,
        hub=hub,
        clock=ports.clock,
        connections=connections,
        limits=limits,
        allowed_origins=settings.allowed_origins,
    )
    return Baton(
        settings=settings,
        ports=ports,
        services=services,
        history=HistoryService(storage=ports.storage),
        hub=hub,
        worker=_worker(settings, ports, services),
        dispatcher=_dispatcher(settings, ports, services),
        forwarding=forwarding.loop,
        connections=connections,
        limits=limits,
        app=_routes(settings, ports, hub, transports, services),
    )


def _connections(settings: Settings, ports: Ports) -> ConnectionService:
    return ConnectionService(
        storage=ports.storage,
        connections=ports.connections,
        vault=ports.vault,
        provers=ports.provers,
        public_url=settings.public_address,
    )


def _services(
    ports: Ports,
    secret: bytes,
    cursors: StreamCursors,
    connections: ConnectionService,
    forwarding: EventForwarding,
    link_to: Link,
) -> Services:
    storage = ports.storage
    effects = {OutgoingKind.TICKET: helpdesk_delivery.followed, OutgoingKind.MESSAGE: after_attempt}
    outbox = OutboxService(storage=storage, rows=ports.outgoing, effects=effects, link_to=link_to)
    helpdesk = HelpdeskService(storage=storage)
    return Services(
        storage=storage,
        moments=ports.moments,
        log=ports.log,
        clock=ports.clock,
        conversations=ConversationService(storage=storage, visitor_tokens=VisitorTokens(secret)),
        agent=AgentService(storage=storage),
        handoffs=HandoffService(storage=storage),
        inbox=InboxService(storage=storage, outbox=outbox),
        replies=ReplyService(storage=storage),
        typing=TypingService(storage=storage, signals=ports.signals, clock=ports.clock),
        commerce=CommerceService(storage=storage),
        shops=ShopService(storage=storage, orders=ports.orders),
        accounts=AccountService(storage=storage, clock=ports.clock),
        helpdesk=helpdesk,
        rereading=_rereading(ports, connections, helpdesk),
        activity=ports.activity,
        outbox=outbox,
        incoming=IncomingService(storage=storage, tokens=MailTokens(secret)),
        message_deliveries=DeliveryService(storage=storage),
        connections=connections,
        webhooks=forwarding.webhooks,
        klaviyo=forwarding.klaviyo,
        forwardings=forwarding.forwardings,
        dead_letters=ports.forwardings,
        stream_cursors=cursors,
        page_cursors=PageCursors(secret),
    )


def _rereading(ports: Ports, connections: ConnectionService, helpdesk: HelpdeskService) -> TicketSync:
    return TicketSync(
        storage=ports.storage,
        connections=connections,
        tickets=ports.helpdesks.tickets,
        readers=ports.helpdesks.ticket_readers,
        helpdesk=helpdesk,
    )


def _worker(settings: Settings, ports: Ports, services: Services) -> TimerWorker:
    errands = {TimerKind.HELPDESK_NEWS: services.rereading.read_again}
    return TimerWorker(ports=ports, handlers=_timers(services), errands=errands, log_days=settings.log_days)


def _dispatcher(settings: Settings, ports: Ports, services: Services) -> OutboxDispatcher:
    limits = DispatchLimits(patience=Timeouts(call=timedelta(seconds=settings.call_seconds)))
    handover = OutboxDelivery(
        outbox=services.outbox,
        queues=ports.queues,
        couriers=ports.couriers,
        connections=services.connections,
        clock=ports.clock,
        patience=limits.patience,
    )
    return OutboxDispatcher(
        queues=ports.queues, news=ports.outgoing_news, clock=ports.clock, handover=handover, limits=limits
    )


def _timers(services: Services) -> Mapping[TimerKind, Handle]:
    alarms = TicketAlarms(storage=services.storage)
    return {
        TimerKind.AUTO_CLOSE: services.conversations.auto_close,
        TimerKind.AGENT_SILENCE: services.handoffs.agent_silence,
        TimerKind.SNOOZE: alarms.wake,
        TimerKind.STRANDED: alarms.look_after,
    }


def _routes(settings: Settings, ports: Ports, hub: Hub, transports: Transports, services: Services) -> Starlette:
    async def healthy(_: Request) -> JSONResponse:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> JSONResponse:
        """It may be given traffic: the database answers, and live events arrive."""
        try:
            await ports.ping()
        except Unavailable as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
        if not hub.healthy():
            return JSONResponse({"status": "unavailable", "reason": "Live events are late."}, status_code=503)
        return JSONResponse({"status": "ok", "lagSeconds": round(hub.lag(), 3)})

    return Starlette(
        routes=[
            WebSocketRoute("/graphql", GraphQLWebSocket(services=transports)),
            Route("/graphql", GraphQLHTTP(services=transports, ide=ide if settings.ide else None)),
            Route("/export", Export(services=transports, transcripts=ports.transcripts)),
            Route("/healthz", healthy),
            Route("/readyz", ready),
            *hooks(services),
            *([assets()] if settings.ide else []),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=list(settings.allowed_origins),
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "last-event-id"],
                expose_headers=["content-disposition", "retry-after", "www-authenticate"],
                max_age=86_400,
            )
        ],
    )
