"""Strawberry as its documentation shows it: typed classes, a DataLoader in the context, and its ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from benchmarks.peers.servers.channels import Channels
from benchmarks.peers.servers.store import Config, Row, Store

# Strawberry evaluates the annotations of these classes when it builds the schema.
PORT, CONFIG = Config.of_command_line()


class State:
    store: Store
    channels: Channels


STATE = State()


@strawberry.type
class Profile:
    id: strawberry.ID
    display_name: str
    name: str | None
    email: str | None
    phone: str | None


@strawberry.type
class Handoff:
    id: strawberry.ID
    state: str
    requested_at: datetime


@strawberry.type
class Author:
    kind: str
    name: str


@strawberry.type
class Message:
    id: strawberry.ID
    sequence: int
    kind: str
    text: str
    sent_at: datetime
    author: Author


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class MessageConnection:
    nodes: list[Message]
    page_info: PageInfo


@strawberry.type
class Conversation:
    id: strawberry.ID
    channel: str
    status: str
    display_name: str
    first_question: str
    started_at: datetime
    last_message_at: datetime
    closed_at: datetime | None
    message_count: int
    initial_skill: str | None
    final_skill: str | None
    identity_verified: bool
    version: int
    tags: list[str]
    handoffs: list[Handoff]
    profile_id: strawberry.Private[str]
    known_profile: strawberry.Private[Row | None] = None  # where the event has it

    @strawberry.field
    async def profile(self, info: strawberry.Info) -> Profile | None:
        row = self.known_profile or await info.context["profiles"].load(self.profile_id)
        return None if row is None else _profile(row)

    @strawberry.field
    async def messages(self, first: int | None = None) -> MessageConnection:
        rows, more = await STATE.store.messages(self.id, first or 50)
        return MessageConnection(nodes=[_message(row) for row in rows], page_info=PageInfo(has_next_page=more))


@strawberry.type
class ConversationConnection:
    nodes: list[Conversation]
    page_info: PageInfo


@strawberry.type
class Outcome:
    count: int
    rate: float | None


@strawberry.type
class Metrics:
    total_volume: Outcome
    open: Outcome
    resolved_by_ai: Outcome
    not_resolved_by_ai: Outcome
    closed: Outcome


@strawberry.input
class DayRangeInput:
    start: str
    end: str


@strawberry.input
class DateRangeInput:
    between: DayRangeInput | None = None


@strawberry.input
class SendMessageInput:
    conversation_id: strawberry.ID
    text: str


@strawberry.type
class UserError:
    message: str


@strawberry.type
class SendMessagePayload:
    message: Message | None
    errors: list[UserError]


@strawberry.type
class InboxItem:
    message: Message
    conversation: Conversation


@strawberry.type
class Query:
    @strawberry.field
    async def conversations(self, first: int | None = None, after: str | None = None) -> ConversationConnection:
        rows, more = await STATE.store.page(first or 50, after)
        return ConversationConnection(
            nodes=[_conversation(row) for row in rows], page_info=PageInfo(has_next_page=more)
        )

    @strawberry.field
    async def conversation(self, id: strawberry.ID) -> Conversation | None:
        row = await STATE.store.conversation(id)
        return None if row is None else _conversation(row)

    @strawberry.field
    async def metrics(self, range: DateRangeInput) -> Metrics:
        assert range.between is not None
        report = await STATE.store.report(range.between.start, range.between.end)
        names = ("open", "resolvedByAi", "notResolvedByAi", "closed")
        volume, *rest = [Outcome(**report[name]) for name in ("totalVolume", *names)]
        return Metrics(
            total_volume=volume, open=rest[0], resolved_by_ai=rest[1], not_resolved_by_ai=rest[2], closed=rest[3]
        )


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def send_message(self, input: SendMessageInput) -> SendMessagePayload:
        return SendMessagePayload(
            message=_message(await STATE.store.send(input.conversation_id, input.text)), errors=[]
        )


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def inbox(self, account: strawberry.ID) -> AsyncGenerator[InboxItem, None]:
        with STATE.channels.listening(account) as queue:
            while True:
                event = await queue.get()
                yield InboxItem(
                    message=_message(event["message"]),
                    conversation=_conversation(event["conversation"], event["profile"]),
                )


def _conversation(row: Row, profile: Row | None = None) -> Conversation:
    return Conversation(
        id=row["_id"],
        channel=row["channel"],
        status=row["status"],
        display_name=row["display_name"],
        first_question=row["first_question"],
        started_at=row["started_at"],
        last_message_at=row["last_message_at"],
        closed_at=row.get("closed_at"),
        message_count=row["message_count"],
        initial_skill=row.get("initial_skill"),
        final_skill=row.get("final_skill"),
        identity_verified=row["identity_verified"],
        version=row["version"],
        tags=row.get("tags", []),
        handoffs=[
            Handoff(id=each["id"], state=each["state"], requested_at=each["requested_at"])
            for each in row.get("handoffs", ())
        ],
        profile_id=row["profile_id"],
        known_profile=profile,
    )


def _profile(row: Row) -> Profile:
    return Profile(
        id=row["_id"],
        display_name=row["display_name"],
        name=row.get("name"),
        email=row.get("email"),
        phone=row.get("phone"),
    )


def _message(row: Row) -> Message:
    author = Author(kind=row["author"]["kind"], name=row["author"]["name"])
    return Message(
        id=row["_id"],
        sequence=row["sequence"],
        kind=row["kind"],
        text=row["text"],
        sent_at=row["sent_at"],
        author=author,
    )


class StockGraphQL(GraphQL[dict[str, Any], None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"request": request, "profiles": DataLoader(load_fn=STATE.store.profiles_in_order)}


@asynccontextmanager
async def life(_: Starlette) -> Any:
    STATE.store = Store(CONFIG)
    STATE.channels = Channels()
    delivering = asyncio.create_task(STATE.channels.deliver(STATE.store.feed()))
    yield
    delivering.cancel()


def main() -> None:
    schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
    served = StockGraphQL(schema)
    app = Starlette(routes=[Route("/graphql", served), WebSocketRoute("/graphql", served)], lifespan=life)
    uvicorn.run(app, port=PORT, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
