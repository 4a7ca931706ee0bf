"""The transports on a real uvicorn server at a free port, and clients for them."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.graphql.cost.budget import Budgets, BudgetSettings
from api.graphql.documents.trusted import TrustedDocumentStore
from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor
from api.graphql.http import GraphQLHTTP
from api.graphql.limits import Limits, SocketLimits
from api.graphql.ports import IsCurrent, Services
from api.graphql.websocket.handshake import GraphQLWebSocket
from api.server.connection_limits import Gate, http_protocol, websocket_protocol
from api.server.cors import cors
from dev.fakes.prompt_server import PromptServer
from domain.principal import ANONYMOUS, DocumentPolicy, Principal, PrincipalKind, StaffRole
from domain.values.clock import SystemClock
from domain.values.errors import CredentialEnded, Unauthenticated, Unavailable
from domain.values.ids import AccountId, CredentialId
from domain.values.record import replace
from tests.api.graphql.hub import ListHub
from tests.api.graphql.schema import Context, World, schema

STAFF = Principal(
    kind=PrincipalKind.STAFF, role=StaffRole.OWNER, account_id=AccountId("acc"), credential_id=CredentialId("cred")
)
GUEST = Principal(kind=PrincipalKind.WIDGET, account_id=AccountId("acc"), credential_id=CredentialId("guest"))
VISITOR = Principal(kind=PrincipalKind.SHOPPER, account_id=AccountId("acc"), credential_id=CredentialId("visitor"))
AS_GUEST = {"authorization": "Bearer guest"}  # of every request and socket, unless a test says otherwise
DEADLINE = 60.0  # seconds for any state that a test waits for; on an idle machine it comes in milliseconds


async def still_current(_: Principal) -> bool:
    return True


async def authenticate(authorization: str | None, *, address: str) -> Principal:
    match authorization:
        case None:
            return ANONYMOUS
        case "Bearer good":
            return STAFF
        case "Bearer guest":
            return GUEST
        case "Bearer visitor":
            return VISITOR
        case "Bearer OFF" | "Bearer AUTO" | "Bearer ONLY":
            return replace(GUEST, documents=DocumentPolicy(authorization.removeprefix("Bearer ")))
        case "Bearer short":
            return Principal(
                kind=PrincipalKind.WIDGET,
                account_id=AccountId("acc"),
                credential_id=CredentialId("short"),
                expires_at=SystemClock().now() + timedelta(milliseconds=300),
            )
        case "Bearer ended":
            raise CredentialEnded("The credential was revoked.")
        case "Bearer down":
            raise Unavailable("The database cannot be reached.")
        case "Bearer hang":
            await asyncio.Event().wait()
    raise Unauthenticated("The credential is unknown.")


def ide(_: Request) -> Response:
    return HTMLResponse("<title>IDE</title>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    url: str
    services: Services
    hub: ListHub
    world: World
    http: httpx.AsyncClient
    transports: set[Any]  # of uvicorn, as long as they are open

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 0

    @asynccontextmanager
    async def socket(
        self, init: dict[str, Any] | None = None, *, ack: bool = True, **options: Any
    ) -> AsyncIterator[Socket]:
        """A graphql-transport-ws connection, acknowledged unless `ack` is False."""
        options = {"additional_headers": AS_GUEST, **options}
        async with socket_to(self.url, init, ack=ack, **options) as client:
            yield client

    async def query(self, document: str, **options: Any) -> httpx.Response:
        body = {"query": document, "variables": options.pop("variables", None)}
        headers = {"accept": "application/graphql-response+json", **options.pop("headers", {})}
        return await self.http.post(self.url, json=body, headers=headers, **options)


class Socket:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: object) -> None:
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def subscribe(self, document: str, operation_id: str = "1", **payload: object) -> None:
        await self.send({"id": operation_id, "type": "subscribe", "payload": {"query": document, **payload}})

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE):
            message = await self.connection.recv()
        assert isinstance(message, str)  # the protocol is text
        answer: dict[str, Any] = json.loads(message)
        return answer

    async def next(self) -> dict[str, Any]:
        message = await self.receive()
        assert message["type"] == "next", message
        payload: dict[str, Any] = message["payload"]
        return payload

    async def closed(self) -> tuple[int, str]:
        """Read until the server closes. Returns close code and reason."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(DEADLINE):
                while True:
                    await self.connection.recv()
        code, reason = self.connection.close_code, self.connection.close_reason
        assert code is not None
        assert reason is not None
        return code, reason


@asynccontextmanager
async def socket_to(
    url: str, init: dict[str, Any] | None = None, *, ack: bool = True, **options: Any
) -> AsyncIterator[Socket]:
    options = {"subprotocols": ["graphql-transport-ws"], "ping_interval": None, **options}
    async with asyncio.timeout(DEADLINE):
        connection = await connect(url.replace("http", "ws"), **options)
    try:
        client = Socket(connection)
        if ack:
            await client.send({"type": "connection_init", "payload": init})
            assert (await client.receive())["type"] == "connection_ack"
        yield client
    finally:
        await connection.close()


@asynccontextmanager
async def serving(
    *,
    limits: Limits | None = None,
    socket_limits: SocketLimits | None = None,
    allowed_origins: tuple[str, ...] = (),
    page: Callable[[Request], Response] | None = ide,
    hub: ListHub | None = None,
    anonymous: bool = False,
    budgets: BudgetSettings | None = None,
    is_current: IsCurrent = still_current,
    trusted: TrustedDocumentStore | None = None,
) -> AsyncIterator[Server]:
    """Serve. Requests have the credential of a guest, unless the callers are to be `anonymous`."""
    credential = {} if anonymous else AS_GUEST
    world, hub = World(), hub or ListHub()
    limits = limits or Limits()
    services = Services(
        executor=GraphQLExecutor(schema=schema, limits=limits, errors=ErrorFormatter(), trusted=trusted),
        authenticate=authenticate,
        is_current=is_current,
        make_context=lambda principal: Context(principal=principal, world=world),
        hub=hub,
        clock=SystemClock(),
        budgets=Budgets(budgets or BudgetSettings()),
        limits=limits,
        socket_limits=socket_limits or SocketLimits(),
        allowed_origins=allowed_origins,
    )
    app = Starlette(
        routes=[
            Route("/graphql", GraphQLHTTP(services=services, ide=page)),
            WebSocketRoute("/graphql", GraphQLWebSocket(services=services)),
        ],
        middleware=[cors(allowed_origins)] if allowed_origins else [],
    )
    client = httpx.AsyncClient(timeout=DEADLINE, verify=False, headers=credential)
    async with listening(app) as (port, transports), client as http:
        yield Server(
            url=f"http://127.0.0.1:{port}/graphql",
            services=services,
            hub=hub,
            world=world,
            http=http,
            transports=transports,
        )


@asynccontextmanager
async def listening(app: Starlette, *, connections: int = 10_000) -> AsyncIterator[tuple[int, set[Any]]]:
    gate = Gate(connections=connections, per_address=connections)
    config = uvicorn.Config(
        app,
        http=http_protocol(gate),
        ws=websocket_protocol(gate),
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    config.load()
    server = PromptServer(config)
    server.lifespan = config.lifespan_class(config)  # as `serve` does, without signal handlers and ticks
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # asyncio sets TCP_NODELAY on sockets declared as TCP
        listener.bind(("127.0.0.1", 0))
        await server.startup(sockets=[listener])
        try:
            yield listener.getsockname()[1], server.server_state.connections
        finally:
            await server.shutdown(sockets=[listener])


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that another task fulfils."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the condition has no event
            await asyncio.sleep(0.005)


def error_code(response: httpx.Response) -> str:
    body = response.json()
    assert list(body) == ["errors"]
    assert len(body["errors"]) == 1
    code: str = body["errors"][0]["extensions"]["code"]
    return code
