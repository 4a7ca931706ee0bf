"""Assembles the web application: ports and services from `bootstrap`, the transports, and the routes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth import Authenticator, RightsCheck
from api.bootstrap.ports import Ports
from api.bootstrap.services import compose
from api.console.page import assets, ide
from api.email_confirmation.endpoints import EmailConfirmationEndpoint
from api.erased_memory import ErasedMemory
from api.export.audit_log import AuditExport
from api.export.conversations import ConversationExport
from api.export.endpoint import Export
from api.export.person.endpoint import ProfileExport, ProfileExportKind
from api.files.routes import file_routes
from api.graphql.cost.budget import Budgets, BudgetSettings, WriteSettings
from api.graphql.documents.store import Documents
from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor
from api.graphql.http import IDE, GraphQLHTTP
from api.graphql.limits import Limits
from api.graphql.open_connections import OpenConnections
from api.graphql.ports import Services as Transports
from api.graphql.ports import unobserved
from api.graphql.result_cache.cache import ResultCache
from api.graphql.result_cache.cacheable import CacheableOperations
from api.graphql.result_cache.revisions import Revisions
from api.graphql.sdl import SchemaEndpoint
from api.graphql.websocket.handshake import GraphQLWebSocket
from api.realtime.cursor import CursorCodec
from api.realtime.hub import Hub, HubSettings
from api.secret_files import signing_secret
from api.server.cors import cors, with_cors
from api.server.health import Health
from api.server.watchdog import Watchdog
from api.settings import Settings
from api.sign_in.demo import DemoSignIn
from api.sign_in.endpoints import SignInEndpoints
from api.sign_in.origins import Origins
from api.watching.log_ids import RequestIds
from api.watching.metrics import PrometheusMetrics
from api.watching.traces import first_part
from api.web.files import web_files
from api.web.pages import DemoPages
from api.webhooks.routes import hooks
from api.workers.key_uses import KeyUseWriter
from api.workers.shopper_visits import ShopperVisitWriter
from api.workers.workers import Workers
from domain.account.visits import ShopperVisits
from domain.erased import ErasureHashes
from domain.imports.service import HistoryService
from domain.retention.person import PERSON_PATH
from domain.values.ids import AccountId
from domain.values.record import Record
from resolvers.context import Context, Services
from resolvers.schema import schema, sdl

GRAPHQL_PATH = "/graphql"


class DemoParts(Record):
    """What the demo account alone has, once it is opened."""

    pages: DemoPages
    sign_in: DemoSignIn


class Baton(Record):
    """The parts of one process. The caller supervises `hub.run`, `workers.run`, `key_uses.run`,
    `visits.run` and `watchdog.run`."""

    settings: Settings
    ports: Ports
    services: Services
    history: HistoryService
    hub: Hub
    watchdog: Watchdog
    workers: Workers
    key_uses: KeyUseWriter
    visits: ShopperVisitWriter
    demo: DemoParts
    connections: OpenConnections
    limits: Limits
    transports: Transports
    metrics: PrometheusMetrics | None  # None: switched off
    app: ASGIApp


def build(settings: Settings, ports: Ports, *, documents: Documents | None = None) -> Baton:
    """`documents`: a store that programs of one process share, instead of one of its own."""
    secret = signing_secret(settings)
    codec = CursorCodec(secret)
    composition = compose(settings, ports, secret=secret, codec=codec)
    services = composition.services
    hub = _hub(ports, codec, services.accounts.visits)
    limits = Limits()
    watchdog = Watchdog(ping=ports.heartbeat)
    metrics = _metrics(settings, ports)
    transports = Transports(
        executor=_executor(ports, limits, documents),
        hub=hub,
        connections=OpenConnections(),
        limits=limits,
        observe=unobserved if metrics is None else metrics.operations.ended,
        **_shared_by_transports(settings, ports, services),
    )
    ports.observe(_erased_memory(services, transports))
    demo = _demo(settings, services, transports)
    probes = [*_health(ports, hub, watchdog).routes(), *_metrics_route(settings, metrics)]
    graphql = GraphQLHTTP(services=transports, ide=_api_page(demo) if settings.ide else None)
    routes = _routes(settings, ports, [Route(GRAPHQL_PATH, graphql), *probes], transports, services, demo)
    return Baton(
        settings=settings,
        ports=ports,
        services=services,
        history=HistoryService(storage=ports.storage, hashes=ErasureHashes(secret)),
        hub=hub,
        watchdog=watchdog,
        workers=composition.workers,
        visits=ShopperVisitWriter(visits=services.accounts.visits, store=ports.uses.visits),
        key_uses=KeyUseWriter(uses=services.accounts.uses, store=ports.uses.keys),
        demo=demo,
        connections=transports.connections,
        limits=limits,
        transports=transports,
        metrics=metrics,
        app=_entrance(settings, ports, _Entrance(routes, graphql, transports, metrics)),
    )


def _shared_by_transports(settings: Settings, ports: Ports, services: Services) -> dict[str, Any]:
    return {
        "authenticate": Authenticator(accounts=services.accounts),
        "is_current": RightsCheck(services.accounts.stored_rights),
        "make_context": lambda principal: Context(services=services, principal=principal),
        "clock": ports.clock,
        "budgets": Budgets(_budgets(settings)),
        "results": _results(ports),
        "allowed_origins": settings.allowed_origins,
    }


def _metrics(settings: Settings, ports: Ports) -> PrometheusMetrics | None:
    token = settings.metrics_token
    if token is None and settings.metrics_address is None:
        return None
    return PrometheusMetrics(
        backlogs=ports.backlogs, clock=ports.clock, token=None if token is None else token.get_secret_value()
    )


def _metrics_route(settings: Settings, metrics: PrometheusMetrics | None) -> list[BaseRoute]:
    """Return the route beside GraphQL, if the metrics have no address of their own."""
    return metrics.routes() if metrics is not None and settings.metrics_address is None else []


def _executor(ports: Ports, limits: Limits, documents: Documents | None) -> GraphQLExecutor:
    errors = ErrorFormatter()
    make = ports.tracing.executor
    return make(schema=schema, limits=limits, errors=errors, trusted=ports.storage, documents=documents)


def _erased_memory(services: Services, transports: Transports) -> ErasedMemory:
    def forget(account_id: AccountId) -> None:
        services.typing.forget(account_id)
        services.snapshots.forget(account_id)
        if transports.results is not None:
            transports.results.forget(account_id)

    executor, results = transports.executor, transports.results
    sweeping = [executor.documents.forget_literals, executor.runs.forget]
    return ErasedMemory([forget], [*sweeping, *([] if results is None else [results.forget_literals])])


def _hub(ports: Ports, codec: CursorCodec, visits: ShopperVisits) -> Hub:
    return Hub(
        log=ports.log,
        tail=ports.tail,
        cursors=codec,
        settings=HubSettings(),
        note_visit=visits.note,
        around_frame=ports.around_frame,
    )


def _health(ports: Ports, hub: Hub, watchdog: Watchdog) -> Health:
    return Health(ping=ports.ping, hub=hub, watchdog=watchdog, disk_free=ports.disk_free)


def _entrance(settings: Settings, ports: Ports, entrance: _Entrance) -> ASGIApp:
    app: ASGIApp = entrance
    if ports.tracing.entrance is not None:
        app = ports.tracing.entrance(app, entrance.places)
    return RequestIds(app) if settings.log_format == "json" else app


class _Entrance:
    """GraphQL at its path, before all routes. Starlette's routing and error pages do nothing for it, and their frames
    would take 5 KB of memory for as long as a WebSocket is open, and a tenth of the time of a small query."""

    def __init__(
        self, routes: Starlette, graphql: GraphQLHTTP, services: Transports, metrics: PrometheusMetrics | None
    ) -> None:
        self._routes: ASGIApp = routes if metrics is None else metrics.beside.counted(routes)
        self._http = with_cors(graphql, services.allowed_origins)
        self._socket = GraphQLWebSocket(services=services)
        self.places = {first_part(route.path) for route in routes.routes if isinstance(route, Route)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] != GRAPHQL_PATH:
            await self._routes(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._http(scope, receive, send)


def _results(ports: Ports) -> ResultCache:
    revisions = Revisions(log=ports.log)
    ports.observe(revisions)
    operations = CacheableOperations(schema=schema._schema)
    return ResultCache(revisions=revisions, operations=operations, clock=ports.clock)


def _budgets(settings: Settings) -> BudgetSettings:
    return BudgetSettings(
        key_rate=settings.cost_per_second,
        address_rate=settings.address_cost_per_second,
        writes=WriteSettings(
            browser_starts=settings.browser_starts_per_minute,
            address_starts=settings.address_starts_per_minute,
            account_starts=settings.account_starts_per_minute,
            browser_messages=settings.browser_messages_per_minute,
            address_messages=settings.address_messages_per_minute,
            account_messages=settings.account_messages_per_minute,
            browser_uploads=settings.browser_uploads_per_minute,
            address_uploads=settings.address_uploads_per_minute,
            account_uploads=settings.account_uploads_per_minute,
        ),
    )


def _exports(ports: Ports, transports: Transports, services: Services) -> list[Route]:
    running: Counter[AccountId] = Counter()
    conversations = ConversationExport(budgets=transports.budgets, transcripts=ports.readers.transcripts)
    audit = AuditExport(budgets=transports.budgets)
    person = ProfileExport(
        services=transports,
        kind=ProfileExportKind(budgets=transports.budgets, files=ports.attachments.files, records=ports.persons),
        running=running,
        links=services.person_links,
        accounts=services.accounts,
    )
    return [
        Route("/export", Export(services=transports, kind=conversations, running=running)),
        Route("/export/audit", Export(services=transports, kind=audit, running=running)),
        Route(f"{PERSON_PATH}{{token}}", person),
    ]


def _routes(
    settings: Settings,
    ports: Ports,
    first: list[BaseRoute],
    transports: Transports,
    services: Services,
    demo: DemoParts,
) -> Starlette:
    return Starlette(
        routes=[
            *first,
            Route("/schema.graphql", SchemaEndpoint(sdl)),
            *_exports(ports, transports, services),
            *demo.sign_in.routes(),  # before `/sign-in/{account}`
            *_sign_in(settings, services, transports).routes(),
            *EmailConfirmationEndpoint(confirmations=services.email_confirmations, budgets=transports.budgets).routes(),
            *file_routes(services.attachments, transports.bodies),
            *hooks(services, ports.mail_parser, transports.bodies),
            *([assets()] if settings.ide else []),
            *demo.pages.routes(),
            *web_files(),
        ],
        middleware=[cors(settings.allowed_origins)],
    )


def _api_page(demo: DemoParts) -> IDE:
    return lambda request: ide(request, with_pages=demo.pages.are_open)


def _demo(settings: Settings, services: Services, transports: Transports) -> DemoParts:
    sign_in = DemoSignIn(
        sign_in=services.sign_in, budgets=transports.budgets, bodies=transports.bodies, origins=_origins(settings)
    )
    return DemoParts(pages=DemoPages(public_address=settings.public_address), sign_in=sign_in)


def _sign_in(settings: Settings, services: Services, transports: Transports) -> SignInEndpoints:
    return SignInEndpoints(sign_in=services.sign_in, budgets=transports.budgets, origins=_origins(settings))


def _origins(settings: Settings) -> Origins:
    return Origins(public_address=settings.public_address, listed=settings.sign_in_origins)
