"""The operations of one socket: several at once, each a task of the connection that can be cancelled."""

from __future__ import annotations

import asyncio
from time import perf_counter

from api.graphql.cost.budget import OverBudget
from api.graphql.errors import ErrorEntry
from api.graphql.executor import LiveState, LiveSubscription, OperationResult
from api.graphql.ports import OPENED, Services
from api.graphql.websocket import protocol
from api.graphql.websocket.close_codes import UNAVAILABLE_NOW
from api.graphql.websocket.session import QueuedSink, Session
from domain.values.errors import Unavailable

TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"


class Operations:
    def __init__(self, *, services: Services, session: Session, tasks: asyncio.TaskGroup) -> None:
        self._services = services
        self._session = session
        self._tasks = tasks
        self._running: dict[str, asyncio.Task[None]] = {}

    async def start(self, message: protocol.Subscribe) -> None:
        if message.id in self._running:
            raise protocol.already_subscribed(message.id)
        most = self._services.socket_limits.operations
        if len(self._running) >= most:
            self._services.budgets.refused["operations"] += 1
            text = f"A socket may have {most} operations at once."
            entry: ErrorEntry = {"message": text, "extensions": {"code": TOO_MANY_OPERATIONS}}
            await self._session.queue.put(protocol.error(message.id, [entry]))
            return
        self._running[message.id] = self._tasks.create_task(self._run(message))

    async def complete(self, operation_id: str) -> None:
        """End an operation for its client. After the return nothing more is queued for it, and its id is free."""
        if task := self._running.get(operation_id):
            task.cancel()
            await asyncio.wait([task])

    def cancel(self) -> None:
        for task in self._running.values():
            task.cancel()

    async def _run(self, message: protocol.Subscribe) -> None:
        queue, operation_id, serving = self._session.queue, message.id, self._serve(message)
        del message  # its text is of no use while the operation runs
        try:
            await queue.put(await serving)
        except Unavailable:
            # An `error` message would end the subscription; after a close the client reconnects and resumes.
            self._session.closing.request(UNAVAILABLE_NOW)
        except Exception as error:  # noqa: BLE001 - the boundary of an operation
            entry = self._services.executor.errors.raised(error)
            await queue.put(protocol.error(operation_id, [entry]))
        finally:
            self._running.pop(operation_id, None)
            self._session.positions.pop(operation_id, None)

    async def _serve(self, message: protocol.Subscribe) -> str:
        """Run the operation to its end, and return its last frame."""
        budgets, principal, operation_id = self._services.budgets, self._session.principal, message.id
        try:
            begun = await self._begin(message)
            if isinstance(begun, str):
                return begun
            with budgets.subscription(principal, report=isinstance(begun, LiveState)):
                sink = QueuedSink(
                    operation_id=operation_id, session=self._session, head=protocol.next_head(operation_id)
                )
                following = begun.follow(self._services.hub, sink)
                del begun, message  # the hub has one that is the same, and thousands of subscriptions may wait here
                await following
        except OverBudget as over:
            return protocol.error(operation_id, [over.entry])
        return protocol.complete(operation_id)

    async def _begin(self, message: protocol.Subscribe) -> LiveSubscription | LiveState | str:
        """Run the operation and return its last frame, or the subscription to follow. Raises `OverBudget` and
        `Unavailable`."""
        executor, session, observe = self._services.executor, self._session, self._services.observe
        began = perf_counter()
        operation = await executor.prepare(message.request, session.principal)
        if isinstance(operation, OperationResult):
            observe(None, session.principal, began, operation)
            if operation.unavailable:
                raise Unavailable("Try again later.")
            return protocol.error(message.id, operation.errors)
        self._services.budgets.charge(session.principal, session.address, operation.cost.cost, operation.writes)
        if operation.is_subscription:
            pace = self._services.budgets.live_pace(session.principal, session.address, operation.cost.cost)
            async with executor.beginning(session.principal):
                live = await executor.subscribe(operation, self._services.make_context(session.principal), pace)
            if not isinstance(live, OperationResult):
                observe(operation, session.principal, began, OPENED)
                return live
            observe(operation, session.principal, began, live)
            if live.unavailable:
                raise Unavailable("Try again later.")
            return protocol.error(message.id, live.errors)
        result = await executor.execute(operation, self._services.make_context(session.principal))
        observe(operation, session.principal, began, result)
        if not result.executed:
            return protocol.error(message.id, result.errors)
        await session.queue.put(f"{protocol.next_head(message.id)}{result.encode().decode()}}}")
        return protocol.complete(message.id)
