"""What the transports need from the rest of the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from api.auth import Authenticate
from api.graphql.executor import GraphQLExecutor, OperationContext
from api.graphql.limits import Limits, SocketLimits
from api.graphql.open_connections import OpenConnections
from api.realtime.sink import EventSink, LiveOperation, StateOperation
from domain.principal import Principal
from domain.values.clock import Clock
from domain.values.record import Record, field


class SocketHub(Protocol):
    async def stream(self, operation: LiveOperation, outlet: EventSink) -> None:
        """Replay, then live; until cancelled, or the feed is over."""

    async def show(self, operation: StateOperation, outlet: EventSink) -> None:
        """How it stands, now and whenever that has changed; until cancelled."""

    def watch(self, principal: Principal, revoked: Callable[[], None]) -> AbstractContextManager[None]:
        """Calls `revoked` when the credential is revoked."""

    def cursor(self, principal: Principal, positions: Mapping[str, int]) -> str | None:
        """Where a connection stands, for its pings."""


MakeContext = Callable[[Principal], OperationContext]


class Services(Record):
    executor: GraphQLExecutor
    authenticate: Authenticate
    make_context: MakeContext
    hub: SocketHub
    clock: Clock
    connections: OpenConnections = field(default_factory=OpenConnections)
    limits: Limits = field(default_factory=Limits)
    socket_limits: SocketLimits = field(default_factory=SocketLimits)
    allowed_origins: tuple[str, ...] = ()
