"""A small schema for the tests of the transports, with a field for each kind of result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self, cast

import strawberry
from strawberry.relay import GlobalID
from strawberry.types import Info

from domain.events import ConversationsImported, LoggedEvent
from domain.principal import Permission, Principal
from domain.values.errors import Conflict, Unavailable
from resolvers.subscriptions import EventSubscription


@dataclass(slots=True)
class World:
    """State that resolvers use, which tests inspect and control."""

    recorded: list[str] = field(default_factory=list)
    waiting: int = 0  # number of `wait` fields being resolved
    stopped: int = 0  # number of those that were cancelled
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    contexts: int = 0
    down: bool = False


@dataclass(slots=True, kw_only=True)
class Context:
    principal: Principal
    world: World

    def __post_init__(self) -> None:
        self.world.contexts += 1

    def fresh(self, seq: int | None = None) -> Self:
        return type(self)(principal=self.principal, world=self.world)

    def for_audience(self) -> Self:
        return type(self)(principal=self.principal.as_audience(), world=self.world)


def world(info: Info) -> World:
    return cast(Context, info.context).world


async def wait_for_sign(info: Info) -> str:
    seen = world(info)
    seen.waiting += 1
    try:
        await seen.go_on.wait()
    except asyncio.CancelledError:
        seen.stopped += 1
        raise
    finally:
        seen.waiting -= 1
    return "done"


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "world"

    @strawberry.field
    def echo(self, text: str) -> str:
        return text

    @strawberry.field
    def on(self, day: date) -> str:
        return day.isoformat()

    @strawberry.field
    def me(self, info: Info) -> str:
        cast(Context, info.context).principal.require(Permission.READ_ACCOUNT)
        return "staff"

    @strawberry.field
    async def wait(self, info: Info) -> str | None:
        return await wait_for_sign(info)

    @strawberry.field
    def boom(self) -> str | None:
        raise RuntimeError("the password is swordfish")

    @strawberry.field
    def number(self) -> int | None:
        return cast(int, "swordfish")

    @strawberry.field
    def conflict(self) -> str | None:
        raise Conflict("Somebody was faster.", field=("input", "version"))

    @strawberry.field
    def stored(self, info: Info) -> str | None:
        if world(info).down:
            raise Unavailable("The database cannot be reached.")
        return "kept"

    @strawberry.field
    def node(self, id: GlobalID) -> str | None:
        return id.node_id

    @strawberry.field
    def nested(self) -> Query:
        return Query()


@strawberry.type
class Mutation:
    @strawberry.mutation
    def record(self, info: Info, value: str) -> str:
        world(info).recorded.append(value)
        return value

    @strawberry.mutation
    async def wait(self, info: Info) -> str | None:
        return await wait_for_sign(info)


@strawberry.type
class Tick:
    text: str
    number: int
    cursor: str

    @strawberry.field
    def boom(self) -> str | None:
        raise RuntimeError("the password is swordfish")

    @strawberry.field
    def stored(self, info: Info) -> str | None:
        if world(info).down:
            raise Unavailable("The database cannot be reached.")
        return "kept"


def tick(event: LoggedEvent, cursor: str) -> Tick | None:
    assert isinstance(event.body, ConversationsImported)
    return Tick(text=event.body.source, number=event.body.count, cursor=cursor)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, info: Info, topic: str = "a", after: str | None = None) -> AsyncIterable[Tick]:
        return EventSubscription(topics=frozenset({topic}), after=after, item=tick)

    @strawberry.subscription
    async def mine(self, info: Info) -> AsyncIterable[Tick]:
        cast(Context, info.context).principal.require(Permission.READ_ACCOUNT)
        return EventSubscription(topics=frozenset({"a"}), after=None, item=tick)

    @strawberry.subscription
    async def down(self) -> AsyncIterable[Tick]:
        raise Unavailable("The database cannot be reached.")

    @strawberry.subscription
    async def broken(self) -> AsyncIterable[Tick]:
        raise RuntimeError("the password is swordfish")

    @strawberry.subscription
    async def unfollowable(self) -> AsyncIterable[Tick]:
        yield Tick(text="", number=0, cursor="")


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
