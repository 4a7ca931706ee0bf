"""No GraphQL: Starlette, PyMongo's asyncio API and orjson return the JSON that the operation's name asks for."""

from __future__ import annotations

from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.servers.store import Config, Row, Store, iso


class Bare:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, request: Request) -> Response:
        body = orjson.loads(await request.body())
        run = getattr(self, "_" + body["operationName"].lower())
        return Response(orjson.dumps({"data": await run(body["variables"])}), media_type="application/json")

    async def _page(self, variables: Row) -> Row:
        rows, more = await self._store.page(variables["first"], variables.get("after"))
        profiles = await self._store.profiles(list({row["profile_id"] for row in rows}))
        nodes = [_conversation(row, profiles.get(row["profile_id"])) for row in rows]
        return {"conversations": {"nodes": nodes, "pageInfo": {"hasNextPage": more}}}

    async def _single(self, variables: Row) -> Row:
        row = await self._store.conversation(variables["id"])
        if row is None:
            return {"conversation": None}
        profiles = await self._store.profiles([row["profile_id"]])
        messages, more = await self._store.messages(row["_id"], 20)
        return {
            "conversation": {
                "id": row["_id"],
                "status": row["status"],
                "displayName": row["display_name"],
                "startedAt": iso(row["started_at"]),
                "lastMessageAt": iso(row["last_message_at"]),
                "messageCount": row["message_count"],
                "profile": _profile(profiles.get(row["profile_id"])),
                "messages": {"nodes": [_message(each) for each in messages], "pageInfo": {"hasNextPage": more}},
            }
        }

    async def _report(self, variables: Row) -> Row:
        report = await self._store.report(**variables["range"]["between"])
        return {"metrics": {**report, "totalVolume": {"count": report["totalVolume"]["count"]}}}

    async def _send(self, variables: Row) -> Row:
        given = variables["input"]
        message = await self._store.send(given["conversationId"], given["text"])
        sent = {"id": message["_id"], "sequence": message["sequence"]}
        return {"sendMessage": {"message": sent, "errors": []}}


def _conversation(row: Row, profile: Row | None) -> Row:
    return {
        "id": row["_id"],
        "channel": row["channel"],
        "status": row["status"],
        "displayName": row["display_name"],
        "firstQuestion": row["first_question"],
        "startedAt": iso(row["started_at"]),
        "lastMessageAt": iso(row["last_message_at"]),
        "closedAt": iso(row.get("closed_at")),
        "messageCount": row["message_count"],
        "initialSkill": row.get("initial_skill"),
        "finalSkill": row.get("final_skill"),
        "identityVerified": row["identity_verified"],
        "version": row["version"],
        "tags": row.get("tags", []),
        "profile": _profile(profile),
        "handoffs": [
            {"id": each["id"], "state": each["state"], "requestedAt": iso(each["requested_at"])}
            for each in row.get("handoffs", ())
        ],
    }


def _profile(row: Row | None) -> Row | None:
    if row is None:
        return None
    return {
        "id": row["_id"],
        "displayName": row["display_name"],
        "name": row.get("name"),
        "email": row.get("email"),
        "phone": row.get("phone"),
    }


def _message(row: Row) -> dict[str, Any]:
    return {
        "id": row["_id"],
        "sequence": row["sequence"],
        "kind": row["kind"],
        "text": row["text"],
        "sentAt": iso(row["sent_at"]),
        "author": row["author"],
    }


def main() -> None:
    port, config = Config.of_command_line()
    app = Starlette(routes=[Route("/graphql", Bare(Store(config)).answer, methods=["POST"])])
    uvicorn.run(app, port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
