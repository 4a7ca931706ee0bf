"""One GraphQL operation as an event stream: the `graphql-sse` protocol in distinct connections mode.

`next` carries a result and, for subscriptions, its cursor as the event's id, which clients send back as
`Last-Event-ID`. `complete` is sent only when the operation has ended: a client resumes a stream that ends without it.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

import orjson
from starlette.types import Receive, Scope, Send

from api.graphql.cost.budget import OverBudget
from api.graphql.executor import LiveState, Operation, OperationResult
from api.graphql.open_connections import Closing
from api.graphql.ports import OPENED, Services
from api.graphql.websocket.close_codes import GONE, SLOW_CONSUMER, UNAVAILABLE_NOW, Close, CloseCode
from api.graphql.websocket.send_queue import FrameQueue
from api.graphql.websocket.session import QueuedSink, Session, guarded, recheck
from api.server.abort import abort
from domain.principal import Principal
from domain.values.errors import Unavailable

_OPERATION_ID = "sse"  # a response has one operation; the id is part of its cursors, and so the same after a reconnect
_COMPLETE = "event: complete\ndata:\n\n"  # EventSource ignores an event without data
_HEARTBEAT = ":\n\n"
_COMPLETED = Close(CloseCode.NONE, "")

_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
        (b"x-accel-buffering", b"no"),  # otherwise nginx buffers the events
    ],
}


class EventStream:
    """The response, as an ASGI application. Errors of a refused operation are sent in the stream, because EventSource
    drops the body of an error status."""

    def __init__(
        self, *, services: Services, operation: Operation | OperationResult, principal: Principal, resume: str | None
    ) -> None:
        self.closing = Closing()
        self._services = services
        self._operation = operation
        self._limits = services.socket_limits
        self._session = Session(
            principal=principal,
            address=principal.address or "",
            resume=resume or None,
            queue=FrameQueue(self._limits),
            closing=self.closing,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._services.connections.registered(self.closing), guarded(self._session, self._services):
            await send(_START)
            async with asyncio.TaskGroup() as tasks:
                running = [
                    tasks.create_task(work)
                    for work in (
                        self._produce(),
                        self._write(send),
                        self._notice_disconnect(receive),
                        recheck(self._session.principal, self.closing, self._services),
                    )
                ]
                reason = await self.closing.requested()
                for task in running:
                    task.cancel()
            await self._end(reason, scope, receive, send)

    async def _produce(self) -> None:
        queue = self._session.queue
        try:
            await self._run()
        except Unavailable:
            self.closing.request(UNAVAILABLE_NOW)
            return
        except OverBudget as over:
            await queue.put(_next(orjson.dumps({"errors": [over.entry]}).decode()))
        except Exception as error:  # noqa: BLE001 - the boundary of an operation
            entry = self._services.executor.errors.raised(error)
            await queue.put(_next(orjson.dumps({"errors": [entry]}).decode()))
        await queue.put(_COMPLETE)

    async def _run(self) -> None:
        operation, executor, observe = self._operation, self._services.executor, self._services.observe
        if isinstance(operation, Operation):
            began, principal = perf_counter(), self._session.principal
            context = self._services.make_context(principal)
            if operation.is_subscription:
                budgets, session = self._services.budgets, self._session
                pace = budgets.live_pace(session.principal, session.address, operation.cost.cost)
                live = await executor.subscribe(operation, context, pace)
                observe(operation, principal, began, live if isinstance(live, OperationResult) else OPENED)
                if not isinstance(live, OperationResult):
                    sink = QueuedSink(operation_id=_OPERATION_ID, session=self._session, encode=_next)
                    with budgets.subscription(session.principal, report=isinstance(live, LiveState)):
                        await live.follow(self._services.hub, sink)
                    return
                if live.unavailable:
                    raise Unavailable("Try again later.")
                operation = live
            else:
                result = await executor.execute(operation, context)
                observe(operation, principal, began, result)
                operation = result
        await self._session.queue.put(_next(operation.encode().decode()))

    async def _write(self, send: Send) -> None:
        frame = ""
        while frame != _COMPLETE:
            try:
                async with asyncio.timeout(self._limits.heartbeat_seconds):
                    frame = await self._session.queue.take()
            except TimeoutError:
                frame = _HEARTBEAT
            try:
                async with asyncio.timeout(self._limits.send_seconds):
                    await send({"type": "http.response.body", "body": frame.encode(), "more_body": True})
            except TimeoutError:
                self.closing.request(SLOW_CONSUMER)
                return
        self.closing.request(_COMPLETED)

    async def _notice_disconnect(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.closing.request(GONE)

    async def _end(self, reason: Close, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._limits.close_seconds):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            abort(scope)
            async with asyncio.timeout(self._limits.close_seconds):
                await receive()  # until the server has noticed


def _next(payload: str, cursor: str = "") -> str:
    identity = f"id: {cursor}\n" if cursor else ""
    return f"event: next\n{identity}data: {payload}\n\n"
