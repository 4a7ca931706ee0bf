"""The parts of the program that the transports need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from api.auth import Authenticate
from api.body import BodyBudget
from api.graphql.cost.budget import Budgets, BudgetSettings
from api.graphql.executor import GraphQLExecutor, Operation, OperationResult
from api.graphql.limits import Limits, SocketLimits
from api.graphql.open_connections import OpenConnections
from api.graphql.result_cache.cache import ResultCache
from api.graphql.runs import OperationContext
from api.realtime.credential_watch import AccessEnd
from api.realtime.sink import EventSink, LiveOperation, StateOperation
from domain.principal import Principal
from domain.values.clock import Clock
from domain.values.ids import AccountId
from domain.values.record import Record, field


class SocketHub(Protocol):
    async def stream(self, operation: LiveOperation, sink: EventSink) -> None:
        """Send the missed items and then the live ones, until cancelled. Raises `Invalid` for a text that is not a
        cursor, and the errors of the operation."""

    async def stream_query(self, operation: StateOperation, sink: EventSink) -> None:
        """Send the result of a live query, now and after each change, until cancelled. Raises `Unavailable`."""

    def watch(
        self,
        principal: Principal,
        ended: Callable[[AccessEnd], None],
        expires: Callable[[datetime], None] | None = None,
    ) -> AbstractContextManager[None]:
        """For the duration of the block, call `ended` when the principal's credential may not be used any more or its
        rights change, and `expires` when a visitor token gets its end."""

    def erasures(self, account_id: AccountId, erased: Callable[[], None]) -> AbstractContextManager[None]:
        """For the duration of the block, call `erased` whenever a shopper of the account is erased."""

    async def opened(self, principal: Principal) -> None:
        """Wait until no notice for `watch` is missed any more. Call it within the block of `watch`."""

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        """Return the cursor of a connection, for its pings; None while none of its operations follows the log."""


class OperationObserver(Protocol):
    def __call__(
        self, operation: Operation | None, principal: Principal, began: float, result: OperationResult
    ) -> None:
        """Take note of an operation that has its result, or of a subscription that has begun. `operation` is None for a
        request that was refused before it was one; `began` is of `time.perf_counter`. Raises nothing."""


def unobserved(operation: Operation | None, principal: Principal, began: float, result: OperationResult) -> None:
    """Take no note."""


OPENED = OperationResult(errors=[])  # of a subscription that has begun

IsCurrent = Callable[[Principal], Awaitable[bool]]
"""Whether a principal still has the rights that it was authenticated with. Raises `Unavailable`."""

MakeContext = Callable[[Principal], OperationContext]


class Services(Record):
    executor: GraphQLExecutor
    authenticate: Authenticate
    is_current: IsCurrent
    make_context: MakeContext
    hub: SocketHub
    clock: Clock
    connections: OpenConnections = field(default_factory=OpenConnections)
    budgets: Budgets = field(default_factory=lambda: Budgets(BudgetSettings()))
    results: ResultCache | None = None  # None: every operation is executed
    bodies: BodyBudget = field(default_factory=BodyBudget)  # shared with the other endpoints of the process
    limits: Limits = field(default_factory=Limits)
    socket_limits: SocketLimits = field(default_factory=SocketLimits)
    allowed_origins: tuple[str, ...] = ()
    observe: OperationObserver = unobserved
