"""The attackers' tools: requests, conversations to act on, and WebSockets that do as they like."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.attack.stage import Target
from tests.e2e.clients import POST, SEND, START
from tests.e2e.processes import Json

_PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def http(*, connections: int = 100) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        yield client


def outcome_of(response: httpx.Response) -> str:
    """Return the code of the first error, at the top or of a refused mutation, or the status."""
    try:
        body = response.json()
    except ValueError:
        return str(response.status_code)
    errors = body.get("errors") if isinstance(body, dict) else None
    if errors:
        code: str = errors[0].get("extensions", {}).get("code", "")
        return code or str(response.status_code)
    for payload in ((body.get("data") or {}) if isinstance(body, dict) else {}).values():
        if isinstance(payload, dict) and payload.get("errors"):
            return str(payload["errors"][0]["code"])
    return str(response.status_code)


async def post(client: httpx.AsyncClient, at: Target, key: str | None, document: str, **variables: Any) -> str:
    """Send a document, and return the outcome: a status or an error's code, or the name of a network error."""
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    try:
        return outcome_of(await client.post(at.url, json={"query": document, "variables": variables}, headers=headers))
    except httpx.TransportError as error:
        return type(error).__name__


async def data(client: httpx.AsyncClient, at: Target, key: str, document: str, **variables: Any) -> Json:
    """Send a document that prepares an attack, and return its data. It waits where it is told to."""
    while True:
        response = await client.post(
            at.url, json={"query": document, "variables": variables}, headers={"authorization": f"Bearer {key}"}
        )
        if outcome_of(response) not in ("RATE_LIMITED", "UNAVAILABLE"):
            answer: Json = response.json()
            assert not answer.get("errors"), answer
            found: Json = answer["data"]
            return found
        await asyncio.sleep(float(response.headers.get("retry-after", "1")))


async def conversation(
    client: httpx.AsyncClient, at: Target, *, browser: str = "attacker-of-the-shop", **given: Any
) -> tuple[str, str]:
    """Start a conversation, and return its id and its visitor token."""
    wanted = {"channel": "WEB_CHAT", "text": "Hello", "visitor": {"anonymousId": browser}, **given}
    started = (await data(client, at, at.publishable, START, input=wanted))["startConversation"]
    assert not started["errors"], started
    return started["conversation"]["id"], started["visitorToken"]


async def fill(client: httpx.AsyncClient, at: Target, conversation_id: str, count: int) -> None:
    """Let the agent post so many messages."""
    for number in range(count):
        given = {"conversationId": conversation_id, "epoch": 1, "text": f"Message {number}"}
        await data(client, at, at.agent, POST, input=given)


async def send(client: httpx.AsyncClient, at: Target, token: str, conversation_id: str, text: str = "Now") -> str:
    return await post(client, at, token, SEND, input={"conversationId": conversation_id, "text": text})


@asynccontextmanager
async def socket(at: Target, key: str, *, reads: bool = True) -> AsyncIterator[ClientConnection]:
    """Open a WebSocket as far as the acknowledgement."""
    async with connect(
        at.websocket, subprotocols=[_PROTOCOL], compression=None, max_size=None, ping_interval=None, open_timeout=60,
        close_timeout=1,
    ) as opened:  # fmt: skip
        await opened.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}))
        await opened.recv()
        yield opened


async def follow(opened: ClientConnection, outcomes: Counter[str]) -> None:
    """Count what a socket receives, by its type and error code, until it is closed."""
    try:
        async for frame in opened:
            message = json.loads(frame)
            kind = message["type"]
            if kind == "error":
                kind = message["payload"][0].get("extensions", {}).get("code", "error")
            outcomes[kind] += 1
    except WebSocketException as error:
        outcomes[type(error).__name__] += 1


async def repeated(
    act: Callable[[], Awaitable[str]], *, callers: int, seconds: float, outcomes: Counter[str] | None = None
) -> Counter[str]:
    """Let so many callers act again and again, each as soon as it has its response."""
    outcomes = Counter[str]() if outcomes is None else outcomes
    until = time.monotonic() + seconds

    async def caller() -> None:
        while time.monotonic() < until:
            outcomes[await act()] += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return outcomes
