"""Clients that follow a stream and resume from their last cursor."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from tests.e2e.processes import Json, until

_PAUSE = 0.05  # seconds before the next attempt
_FORBIDDEN = 4403
_SCHEMES = {"http": "ws", "https": "wss"}
_RETRYABLE = {1005, 1006, 1012, 1013, _FORBIDDEN}  # stock clients reconnect after these close codes

FOLLOW = """subscription($id: ID!, $after: Cursor) { conversation(id: $id, after: $after) { __typename
  ... on StreamItem { cursor }
  ... on StreamReady { resumed }
  ... on MessageAdded { message { id sequence text } }
  ... on ConversationChanged { conversation { id status closedAt version } } } }"""
EVENTS = """subscription($after: Cursor) { events(after: $after) { __typename
  ... on StreamItem { cursor }
  ... on StreamReady { resumed }
  ... on EventHappened { event { id type conversation { id } } } } }"""


@dataclass(slots=True, kw_only=True)
class Stream:
    """One subscription, with all received items."""

    document: str
    variables: Json
    items: list[Json] = field(default_factory=list)
    resumed: int = 0
    caught_up: int = 0

    @classmethod
    def of(cls, conversation_id: str, after: str | None) -> Stream:
        return cls(document=FOLLOW, variables={"id": conversation_id, "after": after})

    @property
    def messages(self) -> list[Json]:
        return [item["message"] for item in self.items if item["__typename"] == "MessageAdded"]

    @property
    def events(self) -> list[Json]:
        return [item["event"] for item in self.items if item["__typename"] == "EventHappened"]

    async def has(self, count: int) -> None:
        """Wait until this many messages were received."""
        try:
            await until(lambda: len(self.messages) >= count)
        except TimeoutError:
            raise AssertionError(f"{len(self.messages)} of {count} messages arrived") from None

    def take(self, payload: Json) -> str:
        """Store the item, and return its cursor."""
        assert "errors" not in payload, payload
        (item,) = payload["data"].values()
        kind = item["__typename"]
        assert kind != "StreamReset", item
        self.resumed += kind == "StreamReady" and item["resumed"]
        self.caught_up += kind == "StreamCaughtUp"
        if kind not in ("StreamReady", "StreamCaughtUp"):
            self.items.append(item)
        cursor: str = item["cursor"]
        return cursor


class Follower:
    """Subscribes over `graphql-transport-ws`, and reconnects to the next server after every loss of the connection.

    `stock`: like unmodified libraries, with the same payloads and the connection's latest cursor as `resume`.
    Otherwise, each operation subscribes again with `after:` its last item.
    """

    def __init__(
        self, urls: Sequence[str], key: str, streams: Sequence[Stream], *, stock: bool, narrow: bool = False
    ) -> None:
        self.streams = list(streams)
        self.closed = Counter[int]()
        self.connected = asyncio.Event()
        self._caught_up: set[str] = set()  # operations of this connection
        self.over = False  # the credential is no longer valid
        self._urls = urls
        self._key = key
        self._stock = stock
        self._narrow = narrow  # a small receive buffer
        self._resume: str | None = None
        self._attempts = 0
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        while not self.over:
            try:
                await self._connect()
            except (OSError, InvalidHandshake, InvalidMessage, TimeoutError):
                pass
            finally:
                self.connected.clear()
                self._caught_up.clear()
            await asyncio.sleep(_PAUSE)

    @property
    def is_live(self) -> bool:
        """Whether all streams have caught up on the present connection."""
        return len(self._caught_up) == len(self.streams)

    def move(self) -> None:
        """Disconnect, as a phone does when it changes networks."""
        if self._socket is not None:
            self._socket.transport.abort()

    def pause(self) -> None:
        """Stop reading from the socket."""
        assert self._socket is not None
        self._socket.transport.pause_reading()

    def resume(self) -> None:
        assert self._socket is not None
        self._socket.transport.resume_reading()

    async def _connect(self) -> None:
        url = httpx.URL(self._urls[self._attempts % len(self._urls)])
        self._attempts += 1
        options: Json = {"ping_interval": None, "compression": None, "open_timeout": 10, "close_timeout": 1}
        if self._narrow:
            options["sock"] = await _narrow_socket(url.host, url.port)
        async with connect(
            str(url.copy_with(scheme=_SCHEMES[url.scheme])),
            subprotocols=[Subprotocol("graphql-transport-ws")],
            **options,
        ) as self._socket:
            try:
                await self._open(self._socket)
                async for text in self._socket:
                    await self._take(json.loads(text))
            except ConnectionClosed:
                pass
        code = self._socket.close_code or 1006
        self.closed[code] += 1
        assert code in _RETRYABLE, (code, self._socket.close_reason)
        self.over = code == _FORBIDDEN and not self.connected.is_set()

    async def _open(self, socket: ClientConnection) -> None:
        init = {"authorization": f"Bearer {self._key}", **({"resume": self._resume} if self._resume else {})}
        await socket.send(json.dumps({"type": "connection_init", "payload": init}))
        message = json.loads(await socket.recv())
        assert message["type"] == "connection_ack", message
        for number, stream in enumerate(self.streams):
            payload = {"query": stream.document, "variables": stream.variables}
            await socket.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
        self.connected.set()

    async def _take(self, message: Json) -> None:
        match message["type"]:
            case "next":
                payload = message["payload"]
                stream = self.streams[int(message["id"])]
                caught_up, own = stream.caught_up, stream.take(payload)
                if stream.caught_up > caught_up:
                    self._caught_up.add(message["id"])
                if self._stock:
                    self._resume = payload["extensions"]["stream"]["cursor"]
                else:
                    stream.variables = {**stream.variables, "after": own}
            case "ping":
                if self._stock and message.get("payload"):
                    self._resume = message["payload"]["cursor"]
                assert self._socket is not None
                await self._socket.send(json.dumps({"type": "pong"}))
            case other:
                raise AssertionError(f"{other}: {message}")


class EventSource:
    """Server-sent events. It reconnects as browsers do: the same request again, with the last id."""

    def __init__(self, url: str, key: str, stream: Stream) -> None:
        self.stream = stream
        self._url = url
        self._key = key
        self._last: str | None = None

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=httpx.Timeout(5, read=30)) as http:
            while True:
                with suppress(httpx.TransportError):
                    await self._listen(http)
                await asyncio.sleep(_PAUSE)

    async def _listen(self, http: httpx.AsyncClient) -> None:
        headers = {"authorization": f"Bearer {self._key}", "accept": "text/event-stream"}
        if self._last:
            headers["last-event-id"] = self._last
        body = {"query": self.stream.document, "variables": self.stream.variables}
        async with http.stream("POST", self._url, json=body, headers=headers) as response:
            if response.status_code == 502:
                raise httpx.RemoteProtocolError("the proxy reaches no server")
            assert response.status_code == 200
            async for event, identity, payload in _events(response):
                assert event == "next"
                self.stream.take(payload)
                self._last = identity


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, str, Json]]:
    """Yield an event when the empty line after it has arrived."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        if line:
            fields[name] = value.removeprefix(" ")
        elif "event" in fields:
            yield fields["event"], fields["id"], json.loads(fields["data"])
            fields = {}


async def _narrow_socket(host: str, port: int | None) -> socket.socket:
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, (host, port))
    return narrow


@asynccontextmanager
async def following(*followers: Follower | EventSource) -> AsyncIterator[None]:
    """Run the followers. An unexpected error of one fails the test."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(follower.run()) for follower in followers]
        yield
        for task in running:
            task.cancel()
