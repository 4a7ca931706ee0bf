"""The least that a server can do: a fixed response to each request. It shows what the load generator can ask for."""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

_BODY = b'{"data":{}}'
_RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


class Empty(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the methods, and is no subclass

    def data_received(self, data: bytes) -> None:
        self._transport.write(_RESPONSE)


async def serving(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Empty, "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serving(int(sys.argv[1])))


if __name__ == "__main__":
    main()
