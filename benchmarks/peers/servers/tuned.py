"""Servers with other settings than Baton's own.

    tuned collector THRESHOLD FREEZE    Baton, with the garbage collector's first threshold, and freezing or not
    tuned uvicorn PORT HTTP WS          the least ASGI application on uvicorn, with these protocols

The application returns a fixed response to each request. `{"events": n}` sends n frames to each of its sockets first.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

import orjson
import uvicorn

from api.cli import main as baton
from api.server import uvicorn_server

_FIXED = b'{"data":{}}'
_HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(_FIXED))]}
_BODY = {"type": "http.response.body", "body": _FIXED}
_PADDING = "x" * 200


class Broadcast:
    def __init__(self) -> None:
        self._sends: set[Any] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            message = await receive()
            count = orjson.loads(message["body"]).get("events", 0) if message["body"] else 0
            for number in range(count):
                await self._publish(number)
            await send(_HEAD)
            await send(_BODY)
        elif scope["type"] == "websocket":
            await self._follow(receive, send)

    async def _follow(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        while (message := await receive())["type"] == "websocket.receive":
            if "connection_init" in message["text"]:
                await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
            elif "subscribe" in message["text"]:
                self._sends.add(send)
                await send({"type": "websocket.send", "text": '{"id":"1","type":"next","payload":"ready"}'})
        self._sends.discard(send)

    async def _publish(self, number: int) -> None:
        frame = f'{{"id":"1","type":"next","payload":{{"sequence":{number},"text":"{_PADDING}"}}}}'
        for send in list(self._sends):
            await send({"type": "websocket.send", "text": frame})


def _collector(thresholds: str, freezes: str) -> None:
    first, second, third = map(int, thresholds.split(","))
    uvicorn_server._THRESHOLDS = (first, second, third)
    if freezes != "freeze":
        gc.freeze = lambda: None
    sys.argv = ["baton", "serve"]
    baton()


def _uvicorn(port: str, http: Any, ws: Any) -> None:
    uvicorn.run(
        Broadcast(),
        port=int(port),
        http=http,
        ws=ws,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
    )


if __name__ == "__main__":
    if sys.argv[1] == "collector":
        _collector(*sys.argv[2:])
    else:
        _uvicorn(*sys.argv[2:])
