"""Ariadne as its documentation shows it: SDL, resolver functions on dicts with snake_case, a DataLoader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import uvicorn
from ariadne import MutationType, ObjectType, QueryType, ScalarType, load_schema_from_path, make_executable_schema
from ariadne.asgi import GraphQL
from ariadne.asgi.handlers import GraphQLHTTPHandler
from strawberry.dataloader import DataLoader

from benchmarks.peers.servers.store import Config, Row, Store, iso

SDL = Path(__file__).parents[1] / "schema.graphql"

query, mutation = QueryType(), MutationType()
conversation, metrics = ObjectType("Conversation"), ObjectType("Metrics")
instants = ScalarType("DateTime", serializer=iso)


@query.field("conversations")
async def resolve_conversations(_: None, info: Any, first: int = 50, after: str | None = None) -> Row:
    rows, more = await info.context["store"].page(first, after)
    return {"nodes": rows, "page_info": {"has_next_page": more}}


@query.field("conversation")
async def resolve_conversation(_: None, info: Any, id: str) -> Row | None:
    found: Row | None = await info.context["store"].conversation(id)
    return found


@query.field("metrics")
async def resolve_metrics(_: None, info: Any, range: Row) -> Row:
    report: Row = await info.context["store"].report(**range["between"])
    return report


@conversation.field("profile")
async def resolve_profile(row: Row, info: Any) -> Row | None:
    found: Row | None = await info.context["profiles"].load(row["profile_id"])
    return found


@conversation.field("messages")
async def resolve_messages(row: Row, info: Any, first: int = 50) -> Row:
    rows, more = await info.context["store"].messages(row["_id"], first)
    return {"nodes": rows, "page_info": {"has_next_page": more}}


@conversation.field("tags")
@conversation.field("handoffs")
def resolve_list(row: Row, info: Any) -> list[Any]:
    found: list[Any] = row.get(info.field_name, [])
    return found


@mutation.field("sendMessage")
async def resolve_send(_: None, info: Any, input: Row) -> Row:
    return {"message": await info.context["store"].send(input["conversation_id"], input["text"]), "errors": []}


def _stored_id(row: Row, _: Any) -> str:
    stored: str = row.get("_id") or row["id"]
    return stored


def main() -> None:
    port, config = Config.of_command_line()
    entities = [ObjectType(name) for name in ("Profile", "Message", "Handoff")]
    for each in (conversation, *entities):
        each.set_field("id", _stored_id)
    for name in ("totalVolume", "open", "resolvedByAi", "notResolvedByAi", "closed"):
        metrics.set_alias(name, name)
    schema = make_executable_schema(
        load_schema_from_path(str(SDL)),
        [query, mutation, conversation, metrics, instants, *entities],
        convert_names_case=True,
    )
    store: list[Store] = []  # made in the loop of the server

    def context(request: Any, _: Any = None) -> Row:
        if not store:
            store.append(Store(config))
        return {"request": request, "store": store[0], "profiles": DataLoader(load_fn=store[0].profiles_in_order)}

    app = GraphQL(schema, context_value=context, http_handler=GraphQLHTTPHandler())
    uvicorn.run(app, port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
