"""A connection to Baton: operations over HTTP, repeated where that is safe, and subscriptions that resume.

Each call of `subscribe` has a WebSocket of its own. The server sends the position of the connection with every frame
and ping; after an interruption, the next connection names the last one, and the stream goes on without a gap or a
repetition.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar, cast
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

Token = str | Callable[[], Awaitable[str]]
Input = TypeVar("Input", bound=Mapping[str, Any])

_SECONDS = 15.0  # for one request, and for a handshake; the server itself takes 10 at most
_FRAME_BYTES = 16 << 20  # of one item, as of a report with many series
_PASSING = {"NETWORK", "UNAVAILABLE", "TIMEOUT", "REQUEST_TIMEOUT", "RATE_LIMITED"}
_NOT_RUN = {"RATE_LIMITED"}  # the operation did not begin
_OF_PROXIES = {408: "REQUEST_TIMEOUT", 429: "RATE_LIMITED"}  # statuses of a proxy that asks for patience
_LONGEST = 300.0  # seconds for which a stream waits because the server, or a proxy, says so
_FATAL = {1009, 4400, 4401, 4406, 4409, 4429}  # close codes after which another attempt would fail, too
_REFUSED = 4403  # the credential expired or was revoked


class BatonError(Exception):
    """An operation that was refused, or a stream that cannot go on. `code` is one of docs/reference/errors.md, NETWORK,
    or `CLOSED_` with the close code of a WebSocket."""

    def __init__(self, code: str, message: str, *, retry_after: float = 0, may_have_run: bool = True) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.retry_after = retry_after  # seconds after which the server wants to be asked again
        self.may_have_run = may_have_run

    @classmethod
    def of(cls, errors: list[dict[str, Any]], retry_after: float = 0) -> BatonError:
        extensions = errors[0].get("extensions", {})
        code, message = str(extensions.get("code", "INTERNAL")), str(errors[0].get("message"))
        wait = retry_after or float(extensions.get("retryAfter", 0))  # a WebSocket has no headers
        return cls(code, message, retry_after=wait, may_have_run=code not in _NOT_RUN)

    @classmethod
    def of_proxy(cls, status: int, retry_after: float) -> BatonError:
        """The error of a proxy's response. With 429, its limit of requests, nothing came to Baton."""
        code = "UNAVAILABLE" if status >= 500 else _OF_PROXIES.get(status, "BAD_REQUEST")
        return cls(code, f"HTTP {status}", retry_after=retry_after, may_have_run=code not in _NOT_RUN)


def with_key(given: Input) -> Input:
    """The input with an idempotency key, by which it can be repeated: one that it has stays."""
    return cast("Input", {"idempotencyKey": str(uuid4()), **given})


class Connection:
    def __init__(self, url: str, token: Token, *, patience: float = 60, http: httpx.AsyncClient | None = None) -> None:
        """`url` is that of /graphql. `token` may be a function, which is asked before each request and connection.

        `patience`: the seconds for which an operation is repeated; subscriptions are resumed until they are closed.
        """
        self._url = url
        self._token = token
        self._patience = patience
        self._http = http or httpx.AsyncClient(timeout=_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def execute(self, document: str, variables: Mapping[str, Any]) -> Any:
        """Return the value of the operation's only field. Raises BatonError.

        Queries, and mutations whose input has an idempotency key, are repeated while the server cannot be reached or
        has no time; other mutations only if they did not begin.
        """
        given = {name: value for name, value in variables.items() if value is not None}
        repeatable = document.lstrip().startswith("query") or "idempotencyKey" in given.get("input", ())
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        failures = 0
        while True:
            try:
                return await self._once({"query": document, "variables": given})
            except BatonError as error:
                wait = max(_back_off(failures), error.retry_after)
                safe = error.code in _PASSING and (repeatable or not error.may_have_run)
                if not safe or loop.time() + wait > deadline:
                    raise
            failures += 1
            await asyncio.sleep(wait)

    async def subscribe(self, document: str, variables: Mapping[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the value of the subscription's only field as it arrives, over interruptions. Raises BatonError."""
        given = {name: value for name, value in variables.items() if value is not None}
        stream = _Stream({"query": document, "variables": given})
        failures = 0
        while True:
            stream.token = await self._current_token()
            wait = 0.0
            try:
                async with connect(
                    self._url.replace("http", "ws", 1),
                    subprotocols=[Subprotocol("graphql-transport-ws")],
                    open_timeout=_SECONDS,
                    close_timeout=1,
                    max_size=_FRAME_BYTES,
                ) as socket:
                    await stream.open(socket)
                    async for text in socket:
                        values = await stream.take(socket, json.loads(text))
                        failures = 0
                        for value in values:
                            yield value
                        if stream.completed:
                            return
            except BatonError as error:
                if error.may_have_run:
                    raise
                wait = error.retry_after
            except InvalidStatus as error:
                stream.check_status(error.response.status_code)
                wait = _seconds(error.response.headers.get("retry-after"))
            except ConnectionClosed as error:
                stream.check_close(error)
            except (OSError, TimeoutError, InvalidHandshake, InvalidMessage):
                pass  # the server is away
            await asyncio.sleep(max(_back_off(failures), min(wait, _LONGEST)))
            failures += 1

    async def _current_token(self) -> str:
        return self._token if isinstance(self._token, str) else await self._token()

    async def _once(self, body: Mapping[str, Any]) -> Any:
        headers = {
            "authorization": f"Bearer {await self._current_token()}",
            "accept": "application/graphql-response+json, application/json",
        }
        try:
            response = await self._http.post(self._url, json=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise BatonError("NETWORK", str(error), may_have_run=False) from error
        except httpx.TransportError as error:
            raise BatonError("NETWORK", str(error)) from error
        retry_after = _seconds(response.headers.get("retry-after"))
        try:
            reply = response.json()
        except ValueError:
            reply = None
        if not isinstance(reply, dict) or not (reply.get("errors") or reply.get("data")):  # of a proxy
            raise BatonError.of_proxy(response.status_code, retry_after)
        if reply.get("errors"):
            raise BatonError.of(reply["errors"], retry_after)
        [value] = reply["data"].values()
        return value


class _Stream:
    """One subscription over its connections."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self.token = ""
        self.completed = False
        self._payload = payload
        self._resume: str | None = None
        self._acknowledged = False
        self._refused: str | None = None  # the credential of the connection before, if it was refused

    async def open(self, socket: ClientConnection) -> None:
        self._acknowledged = False
        init = {"authorization": f"Bearer {self.token}", **({"resume": self._resume} if self._resume else {})}
        async with asyncio.timeout(_SECONDS):
            await socket.send(json.dumps({"type": "connection_init", "payload": init}))
            while json.loads(await socket.recv())["type"] != "connection_ack":
                pass
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": self._payload}))
        self._acknowledged, self._refused = True, None

    async def take(self, socket: ClientConnection, message: dict[str, Any]) -> list[Any]:
        """Return the values of a message. Raises BatonError."""
        payload = message.get("payload") or {}
        match message["type"]:
            case "next":
                self._resume = payload.get("extensions", {}).get("stream", {}).get("cursor", self._resume)
                if payload.get("errors"):
                    raise BatonError.of(payload["errors"])
                return list(payload["data"].values())
            case "ping":
                self._resume = payload.get("cursor", self._resume)
                await socket.send(json.dumps({"type": "pong"}))
            case "error":
                raise BatonError.of(message["payload"])
            case "complete":
                self.completed = True
        return []

    def check_status(self, status: int) -> None:
        """Raise BatonError for a handshake that would be refused again."""
        if status < 500 and status != 429:
            raise BatonError("BAD_REQUEST", f"The WebSocket was refused with HTTP {status}.")

    def check_close(self, closed: ConnectionClosed) -> None:
        """Raise BatonError for a close after which another connection would fail, too."""
        code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
        if code in _FATAL:
            raise BatonError(f"CLOSED_{code}", reason)
        if code == _REFUSED and not self._acknowledged:  # with the same credential twice, it will not get better
            if self.token == self._refused:
                raise BatonError("UNAUTHENTICATED", reason)
            self._refused = self.token


def _seconds(retry_after: str | None) -> float:
    """Return the seconds of the header; 0 without it, or if it is a date."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else 0.0


def _back_off(failures: int) -> float:
    """Exponential back-off with jitter: about 0.5, 1, 2 … seconds, 30 at most."""
    return min(0.5 * 2.0 ** min(failures, 10), 30.0) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
