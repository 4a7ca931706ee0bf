"""What shops' programs are: callers that ask again until they are answered, and followers that never lose their place.

Both do what the documentation tells integrators to do, and no more: idempotency keys, and cursors handed back.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

from tests.e2e.processes import PATIENCE, Json, until

_PAUSE = 0.1  # seconds before the next attempt
_ATTEMPT = 30.0  # seconds for one attempt: a server must have answered before
_FORBIDDEN = 4403
_RETRYABLE = {1005, 1006, 1012, 1013, _FORBIDDEN}  # after these the stock clients come back

_ERRORS = "errors { __typename code message path }"
START = f"""mutation($input: StartConversationInput!) {{ startConversation(input: $input) {{
  conversation {{ id streamCursor }} message {{ id sequence text }} visitorToken {_ERRORS} }} }}"""
SEND = f"""mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
  message {{ id sequence text }} {_ERRORS} }} }}"""
POST = f"""mutation($input: PostAgentMessageInput!) {{ postAgentMessage(input: $input) {{
  message {{ id sequence text }} {_ERRORS} }} }}"""
CLOSE = f"""mutation($input: CloseConversationInput!) {{ closeConversation(input: $input) {{
  conversation {{ id status closedAt }} {_ERRORS} }} }}"""
MESSAGES = """query($id: ID!, $after: String) { conversation(id: $id) { streamCursor status closedAt
  messages(first: 100, after: $after) { nodes { id sequence text } pageInfo { hasNextPage endCursor } } } }"""
FOLLOW = """subscription($id: ID!, $after: Cursor) { conversation(id: $id, after: $after) { __typename
  ... on StreamItem { cursor }
  ... on StreamReady { resumed }
  ... on MessageAdded { message { id sequence text } }
  ... on ConversationChanged { conversation { id status closedAt version } } } }"""
EVENTS = """subscription($after: Cursor) { events(after: $after) { __typename
  ... on StreamItem { cursor }
  ... on StreamReady { resumed }
  ... on EventHappened { event { id type conversation { id } } } } }"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation as its shopper has it."""

    id: str
    token: str
    cursor: str


class Caller:
    """Asks over HTTP, of any of the servers, and again under the same idempotency key until it is answered."""

    def __init__(self, urls: Sequence[str], rng: random.Random | None = None) -> None:
        self._urls = urls
        self._rng = rng or random.Random(0)
        self._http = httpx.AsyncClient(timeout=_ATTEMPT)

    async def close(self) -> None:
        await self._http.aclose()

    async def once(self, key: str | None, document: str, variables: Json) -> httpx.Response:
        headers = {"accept": "application/graphql-response+json"}
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        body = {"query": document, "variables": variables}
        return await self._http.post(self._rng.choice(self._urls), json=body, headers=headers)

    async def ask(self, key: str | None, document: str, **variables: Any) -> Json:
        repeats = Counter[str]()
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    data = await self._attempt(key, document, variables, repeats)
                    if data is not None:
                        return data
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise AssertionError(f"no answer within {PATIENCE} s; {repeats}: {variables}") from None

    async def _attempt(self, key: str | None, document: str, variables: Json, repeats: Counter[str]) -> Json | None:
        try:
            response = await self.once(key, document, variables)
        except httpx.TransportError as error:
            repeats[type(error).__name__] += 1
            return None
        answer: Json = response.json()
        if response.status_code == 200:
            assert "errors" not in answer, answer
            data: Json = answer["data"]
            return data
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert response.status_code == 503, answer
        assert set(codes) <= {"UNAVAILABLE", "TIMEOUT"}, answer
        assert response.headers["retry-after"] == "1"
        repeats.update(error["message"] for error in answer["errors"])
        return None

    async def command(self, key: str, document: str, **given: Any) -> Json:
        """A mutation's payload, without errors."""
        data = await self.ask(key, document, input={**given, "idempotencyKey": str(uuid4())})
        (payload,) = data.values()
        assert payload["errors"] == [], payload
        answer: Json = payload
        return answer

    async def start(self, widget: str, text: str = "Hello") -> Talk:
        visitor = {"anonymousId": str(uuid4())}
        payload = await self.command(widget, START, channel="WEB_CHAT", text=text, visitor=visitor)
        conversation = payload["conversation"]
        return Talk(id=conversation["id"], token=payload["visitorToken"], cursor=conversation["streamCursor"])

    async def say(self, talk: Talk, text: str) -> Json:
        message: Json = (await self.command(talk.token, SEND, conversationId=talk.id, text=text))["message"]
        return message

    async def reply(self, agent: str, talk: Talk, text: str) -> Json:
        payload = await self.command(agent, POST, conversationId=talk.id, epoch=1, text=text)
        message: Json = payload["message"]
        return message

    async def messages(self, key: str, conversation_id: str) -> list[Json]:
        """All of them, as the database has them."""
        found: list[Json] = []
        after = None
        while True:
            page = (await self.ask(key, MESSAGES, id=conversation_id, after=after))["conversation"]["messages"]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@asynccontextmanager
async def calling(*urls: str, rng: random.Random | None = None) -> AsyncIterator[Caller]:
    caller = Caller(urls, rng)
    try:
        yield caller
    finally:
        await caller.close()


@dataclass(slots=True, kw_only=True)
class Stream:
    """One subscription, and everything it ever brought."""

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
        """Waits until so many messages have come."""
        try:
            await until(lambda: len(self.messages) >= count)
        except TimeoutError:
            raise AssertionError(f"{len(self.messages)} of {count} messages arrived") from None

    def take(self, payload: Json) -> str:
        """Keeps the item; answers its own cursor."""
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
    """Subscribes over `graphql-transport-ws`, and again after every loss of the connection, at the next server.

    `stock`: as unmodified libraries do it, the same payloads again and the connection's latest cursor as `resume`.
    Otherwise each operation is asked again with `after:` the last item that it brought.
    """

    def __init__(
        self, urls: Sequence[str], key: str, streams: Sequence[Stream], *, stock: bool, narrow: bool = False
    ) -> None:
        self.streams = list(streams)
        self.closed = Counter[int]()
        self.connected = asyncio.Event()
        self.over = False  # its credential is none any more
        self._urls = urls
        self._key = key
        self._stock = stock
        self._narrow = narrow  # the kernel takes in little for it
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
            await asyncio.sleep(_PAUSE / 2)

    def move(self) -> None:
        """Leave, as a phone does that changes networks."""
        if self._socket is not None:
            self._socket.transport.abort()

    def pause(self) -> None:
        """Read nothing more from the socket."""
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
            str(url.copy_with(scheme="ws")), subprotocols=[Subprotocol("graphql-transport-ws")], **options
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
                own = stream.take(payload)
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


async def _narrow_socket(host: str, port: int | None) -> socket.socket:
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    await asyncio.get_running_loop().sock_connect(narrow, (host, port))
    return narrow


@asynccontextmanager
async def following(*followers: Follower) -> AsyncIterator[None]:
    """They follow meanwhile; what one of them meets that must not be fails the test."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(follower.run()) for follower in followers]
        yield
        for task in running:
            task.cancel()
