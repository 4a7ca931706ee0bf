"""No GraphQL: `broadcast` of the package `websockets` sends one frame to all sockets of an account."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

import orjson
import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.typing import Subprotocol

from benchmarks.peers.servers.store import Config, Row, Store, iso


async def serving(port: int, config: Config) -> None:
    sockets: dict[str, set[ServerConnection]] = defaultdict(set)

    async def socket(connection: ServerConnection) -> None:
        async for received in connection:
            said = orjson.loads(received)
            if said["type"] == "connection_init":
                await connection.send('{"type":"connection_ack"}')
            elif said["type"] == "subscribe":
                sockets[said["payload"]["variables"]["account"]].add(connection)
        for members in sockets.values():
            members.discard(connection)

    protocol = [Subprotocol("graphql-transport-ws")]
    async with serve(socket, "127.0.0.1", port, compression=None, subprotocols=protocol, backlog=2048):
        async for event in Store(config).feed():
            item = {"message": _message(event["message"]), "conversation": _conversation(event)}
            frame = orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"inbox": item}}})
            broadcast(sockets[event["account"]], frame.decode())


def _message(row: Row) -> dict[str, Any]:
    return {
        "id": row["_id"],
        "sequence": row["sequence"],
        "kind": row["kind"],
        "text": row["text"],
        "sentAt": iso(row["sent_at"]),
        "author": row["author"],
    }


def _conversation(event: Row) -> dict[str, Any]:
    row, profile = event["conversation"], event["profile"]
    return {
        "id": row["_id"],
        "status": row["status"],
        "displayName": row["display_name"],
        "lastMessageAt": iso(row["last_message_at"]),
        "messageCount": row["message_count"],
        "profile": {
            "id": profile["_id"],
            "displayName": profile["display_name"],
            "email": profile.get("email"),
            "phone": profile.get("phone"),
        },
    }


def main() -> None:
    port, config = Config.of_command_line()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serving(port, config))


if __name__ == "__main__":
    main()
