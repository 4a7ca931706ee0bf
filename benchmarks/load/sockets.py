"""Subscribers on epoll: thousands of WebSockets in one process, of which a frame costs about a microsecond to read.

A `Reactor` calls back what became readable. A `Subscriber` goes through the handshake of graphql-transport-ws and then
counts the frames that hold a message; a `Crowd` is many of them on one server.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

_READ = 1 << 16
_ITEM = b'"sequence"'  # once in each item of an inbox
_NUMBER = re.compile(rb'"text": ?"m(\d+);')
_CURSOR = re.compile(rb'"cursor": ?"([^"]+)"')
_SHORT = 60  # bytes: a ping of the protocol is shorter, and an item is longer
_UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: YmVuY2htYXJrYmVuY2htYQ==\r\n"
    b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)
_TEXT = 0x81  # the first byte of a whole frame of text
_PATIENCE = 120.0  # seconds
_TOGETHER = 50  # handshakes at once, unless a storm is asked for


class Reactor:
    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._calls: dict[int, Callable[[], None]] = {}

    def add(self, number: int, call: Callable[[], None]) -> None:
        self._epoll.register(number, select.EPOLLIN)
        self._calls[number] = call

    def remove(self, number: int) -> None:
        self._epoll.unregister(number)
        del self._calls[number]

    def turn(self, seconds: float) -> None:
        """Call back everything that is readable now, or within so many seconds."""
        for number, _ in self._epoll.poll(seconds):
            if (call := self._calls.get(number)) is not None:
                call()

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Turn until it is done. Raises `RuntimeError` if that takes too long."""
        ends = time.perf_counter() + _PATIENCE
        while not done():
            if time.perf_counter() > ends:
                raise RuntimeError(f"Waited too long for {what}.")
            self.turn(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How to subscribe at a server."""

    port: int
    init: Mapping[str, object]  # the payload of `connection_init`
    query: str
    variables: Mapping[str, object]
    ready: bytes | None  # what the frame holds after which events come; `None`: the server does not say


@dataclass(slots=True)
class Tally:
    """Counts the frames that the sockets of a crowd received."""

    items: int = 0
    arrivals: list[tuple[int, float]] | None = None  # (number of the event, when), if somebody wants them


class Subscriber:
    def __init__(self, reactor: Reactor, how: Subscription, tally: Tally) -> None:
        self._reactor = reactor
        self._how = how
        self._tally = tally
        self._rest = b""
        self._upgraded = False
        self.ready = False
        self.cursor: str | None = None
        self._socket = socket.create_connection(("127.0.0.1", how.port), timeout=_PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reactor.add(self._socket.fileno(), self._readable)
        self._socket.sendall(_UPGRADE)

    def close(self) -> None:
        self._reactor.remove(self._socket.fileno())
        self._socket.close()

    def _send(self, message: Mapping[str, object]) -> None:
        self._socket.sendall(_masked(1, orjson.dumps(message)))

    def _readable(self) -> None:
        got = self._socket.recv(_READ)
        if not got:
            raise RuntimeError("The server closed a socket.")
        data = self._rest + got if self._rest else got
        at, end = 0, len(data)
        if not self._upgraded:
            at = self._upgrade(data)
        while end - at >= 2:
            length, begin = data[at + 1] & 127, at + 2
            if length == 126:  # two bytes of length; a longer frame does not occur
                length, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if begin + length > end:
                break
            if self.ready and length > _SHORT and data[at] == _TEXT:
                if data.find(_ITEM, begin, begin + length) > 0:
                    self._tally.items += 1
                    if self._tally.arrivals is not None:
                        self._arrived(self._tally.arrivals, data[begin : begin + length])
            else:
                self._other(data[at], data[begin : begin + length])
            at = begin + length
        self._rest = data[at:]

    def _upgrade(self, data: bytes) -> int:
        """Read the response to the upgrade. Returns where the frames begin."""
        at = data.find(b"\r\n\r\n") + 4
        if at < 4:
            raise RuntimeError("The response to an upgrade came in pieces.")  # it has some 200 bytes
        if b" 101 " not in data[:32]:
            raise RuntimeError(f"The server refused a socket: {data[:200]!r}")
        self._upgraded = True
        self._send({"type": "connection_init", "payload": self._how.init})
        return at

    def _arrived(self, arrivals: list[tuple[int, float]], frame: bytes) -> None:
        if found := _NUMBER.search(frame):
            arrivals.append((int(found[1]), time.perf_counter()))

    def _other(self, first: int, frame: bytes) -> None:
        """Handshake and keep-alive."""
        kind = first & 15
        if kind == 9:
            self._socket.sendall(_masked(10, frame))
        elif kind == 8:
            raise RuntimeError(f"The server closed a socket: {frame!r}")
        elif b'"connection_ack"' in frame:
            payload = {"query": self._how.query, "variables": self._how.variables}
            self._send({"id": "1", "type": "subscribe", "payload": payload})
            self.ready = self._how.ready is None
        elif b'"ping"' in frame and len(frame) < _SHORT:
            self._send({"type": "pong"})
        elif self._how.ready is not None and self._how.ready in frame:
            self.ready = True
            found = _CURSOR.search(frame)
            self.cursor = found[1].decode() if found else None
        elif _ITEM in frame:  # an event from before it caught up
            self._tally.items += 1
        elif b'"error' in frame:
            raise RuntimeError(f"The server refused a subscription: {frame!r}")


class Crowd:
    """The subscribers of one server."""

    def __init__(self, reactor: Reactor) -> None:
        self.reactor = reactor
        self.members: list[Subscriber] = []
        self.tally = Tally()

    def join(self, subscriptions: Sequence[Subscription], *, together: int = _TOGETHER) -> None:
        """Open sockets, so many handshakes at once, and wait until all are subscribed."""
        for at in range(0, len(subscriptions), together):
            new = [Subscriber(self.reactor, each, self.tally) for each in subscriptions[at : at + together]]
            self.members += new
            self.reactor.until(lambda new=new: all(each.ready for each in new), "the handshakes")  # type: ignore[misc]

    def leave(self) -> None:
        for member in self.members:
            member.close()
        self.members = []


def _masked(kind: int, payload: bytes) -> bytes:
    """Return a frame of a client. The mask is zero, which leaves the payload as it is."""
    length = len(payload)
    size = bytes([128 | length]) if length < 126 else bytes([254]) + length.to_bytes(2, "big")
    return bytes([128 | kind]) + size + b"\0\0\0\0" + payload
