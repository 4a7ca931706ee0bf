"""uvicorn's WebSocket protocol with 6 KB less for each socket: a process holds thousands that do nothing.

    asyncio.Queue, asyncio.Event    have four deques of 0.7 KB each, which are nearly always empty
    the parser of `websockets`      is a generator that keeps the request of the handshake while it parses frames

Without this class a socket works all the same (`benchmarks/RESULTS.md` has the KB a socket).
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import Protocol


class LeanWebSocket(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = cast(Any, MessageQueue())
        self.writable = cast(Any, Flag())
        self.writable.set()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent and not self.conn.reader.buffer:
            self.conn.parser = Protocol.parse(self.conn)  # from here on, as the parser of the handshake would go on
            next(self.conn.parser)


class MessageQueue:
    """The part of `asyncio.Queue` that uvicorn uses, for one reader."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        return not self._messages

    async def get(self) -> Any:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        self._reader = None
        return self._messages.pop(0)


class Flag:
    """The part of `asyncio.Event` that uvicorn uses."""

    __slots__ = ("_set", "_waiting")

    def __init__(self) -> None:
        self._set = False
        self._waiting: list[asyncio.Future[None]] | None = None

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        waiting, self._waiting = self._waiting, None
        for each in waiting or ():
            if not each.done():
                each.set_result(None)

    def clear(self) -> None:
        self._set = False

    async def wait(self) -> None:
        while not self._set:
            woken = asyncio.get_running_loop().create_future()
            self._waiting = [*(each for each in self._waiting or () if not each.done()), woken]
            await woken
