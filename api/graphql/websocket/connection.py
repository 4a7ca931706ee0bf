"""One WebSocket, from connection_init to its end: a reader, a writer, a heartbeat, and the operations that run on it.

Anybody who wants the connection to end requests it of `closing`. The connection then stops its tasks and sends the
close frame; if that cannot be sent either, it drops the transport.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager

from starlette.types import Message, Receive, Scope, Send

from api.graphql.cost.budget import OverBudget
from api.graphql.open_connections import Closing
from api.graphql.ports import Services
from api.graphql.websocket import close_codes, protocol
from api.graphql.websocket.close_codes import Close, CloseCode
from api.graphql.websocket.operations import Operations
from api.graphql.websocket.rate_limit import MessageRateLimit
from api.graphql.websocket.send_queue import FrameQueue
from api.graphql.websocket.session import Session, guarded, recheck
from api.server.abort import abort, frame_writer
from api.server.client_address import client_address
from domain.principal import Principal
from domain.values.errors import CredentialEnded, Forbidden, Unauthenticated, Unavailable
from domain.values.record import Record
from domain.values.retry import jittered

# uvicorn raises OSError if the connection is lost, and RuntimeError if it is closing it already.
_GONE_ERRORS = (OSError, RuntimeError)


class _Opening(Record, kw_only=False):
    """The objects with which connection_init prepares the connection for operations."""

    tasks: asyncio.TaskGroup
    guards: _Guards
    init_timer: asyncio.TimerHandle


class _Guards:
    """A `contextlib.ExitStack` of a tenth of the memory, for contexts that suppress no exception."""

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        self._entered: list[AbstractContextManager[object]] = []

    def enter(self, guard: AbstractContextManager[object]) -> None:
        guard.__enter__()
        self._entered.append(guard)

    def leave(self) -> None:
        while self._entered:
            self._entered.pop().__exit__(None, None, None)


class WebSocketConnection:
    def __init__(self, *, services: Services, scope: Scope, receive: Receive, send: Send) -> None:
        self.closing = Closing()
        self._services = services
        self._limits = services.socket_limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._queue = FrameQueue(self._limits)
        self._rate_limit = MessageRateLimit(rate=self._limits.messages_per_second, burst=self._limits.messages_burst)
        self._session: Session | None = None  # None until connection_init, like `_operations`
        self._operations: Operations | None = None
        self._rechecking: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._last_heard = self._loop.time()
        self._sending_since: float | None = None
        self._next_ping = self._last_heard + jittered(self._limits.ping_seconds, self._limits.jitter)
        self._next_beat: asyncio.TimerHandle

    async def run(self) -> None:
        guards = _Guards()
        init_timer = self._loop.call_later(self._limits.init_seconds, self.closing.request, close_codes.INIT_TIMEOUT)
        self._beat()
        try:
            guards.enter(self._services.connections.registered(self.closing))
            async with asyncio.TaskGroup() as tasks:
                reader = tasks.create_task(self._read(_Opening(tasks, guards, init_timer)))
                writer = tasks.create_task(self._write())
                reason = await self.closing.requested()
                reader.cancel()
                writer.cancel()
                if self._rechecking is not None:
                    self._rechecking.cancel()
                if self._operations is not None:
                    self._operations.cancel()
                await asyncio.wait([writer])
                await self.close(reason)  # before the operations have stopped: the client need not wait for that
        finally:
            guards.leave()
            init_timer.cancel()
            self._next_beat.cancel()

    # Inbound

    async def _read(self, opening: _Opening) -> None:
        try:
            while True:
                event = await self._receive()
                if event["type"] == "websocket.disconnect":
                    self.closing.request(close_codes.GONE)
                    return
                self._last_heard = self._loop.time()
                await self._rate_limit.admit()
                await self._handle(protocol.read_message(self._text(event)), opening)
        except protocol.ProtocolError as error:
            self.closing.request(error.close)

    def _text(self, event: Message) -> str:
        text = event.get("text")
        if not isinstance(text, str):
            raise protocol.ProtocolError(close_codes.BINARY)
        most = self._limits.frame_bytes
        if len(text) > most or len(text.encode()) > most:
            raise protocol.ProtocolError(close_codes.TOO_BIG)
        return text

    async def _handle(self, message: protocol.Message, opening: _Opening) -> None:
        match message:
            case protocol.Ping(payload=payload):
                await self._queue.put(protocol.pong(payload))
            case protocol.Pong():
                pass
            case protocol.ConnectionInit():
                await self._initialise(message, opening)
            case protocol.Subscribe():
                if self._operations is None:
                    raise protocol.ProtocolError(close_codes.NOT_INITIALISED)
                await self._operations.start(message)
            case protocol.Complete(id=operation_id):
                if self._operations is not None:
                    await self._operations.complete(operation_id)

    async def _initialise(self, message: protocol.ConnectionInit, opening: _Opening) -> None:
        if self._operations is not None:
            raise protocol.ProtocolError(close_codes.TOO_MANY_INITS)
        opening.init_timer.cancel()
        principal = await self._authenticated(message)
        try:
            opening.guards.enter(self._services.budgets.socket(principal))
        except OverBudget:
            raise protocol.ProtocolError(close_codes.TOO_MANY_SOCKETS) from None
        self._session = Session(
            principal=principal,
            address=client_address(self._scope),
            resume=message.resume,
            queue=self._queue,
            closing=self.closing,
            write_frames=frame_writer(self._scope),
        )
        opening.guards.enter(guarded(self._session, self._services))
        self._rechecking = opening.tasks.create_task(recheck(principal, self.closing, self._services))
        self._operations = Operations(services=self._services, session=self._session, tasks=opening.tasks)
        self._scope["headers"] = []  # a kilobyte, which nobody reads any more
        server_time = self._services.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        await self._queue.put(protocol.connection_ack(server_time))

    async def _authenticated(self, message: protocol.ConnectionInit) -> Principal:
        authorization = message.authorization or _header(self._scope, b"authorization")
        try:
            async with asyncio.timeout(self._services.limits.seconds):
                return await self._services.authenticate(authorization, address=client_address(self._scope))
        except CredentialEnded:
            raise protocol.ProtocolError(close_codes.CREDENTIAL_ENDED) from None
        except Forbidden:
            raise protocol.ProtocolError(close_codes.WRONG_NETWORK) from None
        except Unauthenticated:
            raise protocol.ProtocolError(close_codes.UNKNOWN_CREDENTIAL) from None
        except (Unavailable, TimeoutError):
            raise protocol.ProtocolError(close_codes.UNAVAILABLE_NOW) from None

    # Outbound

    async def _write(self) -> None:
        while True:
            frame = await self._queue.take()
            self._sending_since = self._loop.time()
            try:
                await self._send({"type": "websocket.send", "text": frame})
            except _GONE_ERRORS:
                self.closing.request(close_codes.GONE)
                return
            self._sending_since = None

    def _beat(self) -> None:
        """Send pings, and notice a silent client and a blocked write.

        Blocked writes are noticed here, because a timer for each frame would cost half as much as the frame itself.
        The next beat is a timer, since a task that sleeps takes ten times the memory.
        """
        limits = self._limits
        now = self._loop.time()
        if self._sending_since is not None and now - self._sending_since >= limits.send_seconds:
            self.closing.request(close_codes.SLOW_CONSUMER)
        if now - self._last_heard >= limits.idle_seconds:
            self.closing.request(close_codes.SILENT)
        if now >= self._next_ping:
            self._next_ping = now + jittered(limits.ping_seconds, limits.jitter)
            try:
                self._ping()
            except Exception as error:  # noqa: BLE001 - the boundary of a timer
                self._services.executor.errors.failure(error)
                self.closing.request(close_codes.UNAVAILABLE_NOW)
        self._next_beat = self._loop.call_later(min(limits.send_seconds / 2, self._next_ping - now), self._beat)

    def _ping(self) -> None:
        if self._session is not None:
            cursor = self._services.hub.cursor(self._session.principal, self._session.positions)
            # If there is no room, the ping is not needed: the waiting frames carry the cursor.
            self._queue.try_put(protocol.ping(cursor))

    async def close(self, reason: Close) -> None:
        if reason.code is CloseCode.NONE:
            return
        try:
            async with asyncio.timeout(self._limits.close_seconds):
                await self._send({"type": "websocket.close", "code": int(reason.code), "reason": reason.reason})
        except TimeoutError:
            abort(self._scope)
        except _GONE_ERRORS:
            return


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
