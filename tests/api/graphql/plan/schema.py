"""A schema with every combination of types that a plan has to complete. Its resolvers are replaced in tests."""

from __future__ import annotations

from collections.abc import AsyncIterable
from datetime import datetime
from enum import Enum
from typing import Annotated, Union

import strawberry

from resolvers.scalars import SCALARS
from resolvers.selection import ATTRIBUTE


@strawberry.enum
class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark blue"


@strawberry.input
class Size:
    width: int
    height: int | None = None
    colours: list[Colour] = strawberry.field(default_factory=list)


@strawberry.interface
class Named:
    name: str
    nickname: str | None

    @strawberry.field
    def full_name(self) -> str:
        raise NotImplementedError


@strawberry.type
class Leaf(Named):
    colour: Colour
    number: int | None


@strawberry.type
class Stone:
    weight: float
    hard: bool | None
    at: datetime | None


@strawberry.type
class Thing(Named):
    text: str
    maybe: str | None
    number: int
    ratio: float | None
    flag: bool
    colours: list[Colour | None]
    words: list[str] | None
    matrix: list[list[int | None]] | None
    identity: strawberry.ID | None
    known: strawberry.Private[str | None]
    known_stone: strawberry.Private[Stone | None]
    stone: Stone | None
    solid: Stone
    stones: list[Stone]
    holes: list[Stone | None] | None
    child: Thing | None
    nested: list[list[Leaf]] | None
    either: Annotated[Union[Leaf, Stone], strawberry.union("Either")] | None  # noqa: UP007 - Strawberry's form
    named: Named

    @strawberry.field(metadata={ATTRIBUTE: "known"})
    def cached(self) -> str:
        raise NotImplementedError

    @strawberry.field(metadata={ATTRIBUTE: "known_stone"})
    def cached_stone(self) -> Stone | None:
        raise NotImplementedError

    @strawberry.field
    def things(self, first: int = 3, size: Size | None = None) -> list[Thing]:
        raise NotImplementedError

    @strawberry.field
    def maybe_things(self, size: Size) -> list[Thing | None] | None:
        raise NotImplementedError

    @strawberry.field
    def all_named(self) -> list[Named]:
        raise NotImplementedError

    @strawberry.field
    def eithers(self) -> list[Annotated[Union[Leaf, Stone], strawberry.union("Either")] | None] | None:  # noqa: UP007
        raise NotImplementedError

    @strawberry.field
    def parent(self) -> Thing:
        raise NotImplementedError

    @strawberry.field
    def label(self, texts: list[str] | None = None, colour: Colour = Colour.RED) -> str | None:
        raise NotImplementedError


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing | None:
        raise NotImplementedError

    @strawberry.field
    def needed(self) -> Thing:
        raise NotImplementedError

    @strawberry.field
    def things(self, size: Size | None = None) -> list[Thing | None]:
        raise NotImplementedError

    @strawberry.field
    def many(self) -> list[Thing] | None:
        raise NotImplementedError

    @strawberry.field
    def named(self) -> list[Named]:
        raise NotImplementedError


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, size: Size) -> Thing | None:
        raise NotImplementedError

    @strawberry.mutation
    def add(self) -> list[Thing]:
        raise NotImplementedError


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def things(self) -> AsyncIterable[Thing]:
        yield NotImplemented


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Leaf, Stone],
    config=strawberry.schema.config.StrawberryConfig(scalar_map=SCALARS),
)
