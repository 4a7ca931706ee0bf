"""HTTP clients on epoll, without an event loop: some 10 µs of a processor for a request.

The requests are bytes that were made beforehand. A response is complete by its content-length or its last chunk, and is
searched for errors, so that a refusal is never counted as work done.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_READ = 1 << 18
_PATIENCE = 60.0  # seconds without any response


def request(body: bytes, *, key: str | None = None) -> bytes:
    """Return a POST of the body to /graphql."""
    lines = [
        b"POST /graphql HTTP/1.1",
        b"host: 127.0.0.1",
        b"content-type: application/json",
        b"content-length: %d" % len(body),
    ]
    if key is not None:
        lines.append(b"authorization: Bearer " + key.encode())
    return b"\r\n".join([*lines, b"", body])


class HttpConnection:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._parts: list[bytes] = []
        self._missing = 0
        self._chunked = False
        self.began = 0.0

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self.began = time.perf_counter()
        self._socket.sendall(data)

    def received(self) -> bytes | None:
        """Read what has come. Return the response with its head once it is complete, otherwise `None`."""
        data = self._socket.recv(_READ)
        if not data:
            raise RuntimeError("The server closed a connection under load.")
        if not self._parts:
            self._missing = self._begin(data)
        else:
            self._missing -= len(data)
        self._parts.append(data)
        if self._chunked:
            if not data.endswith(b"0\r\n\r\n"):
                return None
        elif self._missing > 0:
            return None
        response = b"".join(self._parts)
        self._parts.clear()
        return response

    def ask(self, data: bytes) -> bytes:
        """Send a request, and return the body of its response."""
        self.send(data)
        while (response := self.received()) is None:
            pass
        check(response)
        return response.partition(b"\r\n\r\n")[2]

    def _begin(self, data: bytes) -> int:
        end = data.find(b"\r\n\r\n")
        while end < 0:
            data += self._socket.recv(_READ)
            end = data.find(b"\r\n\r\n")
        head = data[:end].lower()
        at = head.find(b"content-length:")
        self._chunked = at < 0
        if self._chunked:
            return 0
        stop = head.find(b"\r\n", at)
        return int(head[at + 15 : stop if stop > 0 else None]) + end + 4 - len(data)


def check(response: bytes) -> None:
    """Raise if the response is a refusal."""
    if not response.startswith(b"HTTP/1.1 200") or b'"errors":[{' in response:
        raise RuntimeError(f"The server refused: {response[:2000].decode(errors='replace')}")


@dataclass(slots=True)
class Load:
    """Latencies and processor time, as measured by the clients."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    client_seconds: float = 0.0  # processor time of this process

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


def drive(connections: Sequence[HttpConnection], requests: Sequence[Iterator[bytes]], seconds: float) -> Load:
    """Let each connection send its requests, one after the other, for so long."""
    poll, by_number = select.epoll(), {each.fileno(): each for each in connections}
    following = {each.fileno(): its for each, its in zip(connections, requests, strict=True)}
    load, cpu = Load(), time.process_time()
    began = time.perf_counter()
    ends = began + seconds
    for number, each in by_number.items():
        poll.register(number, select.EPOLLIN)
        each.send(next(following[number]))
    busy = len(connections)
    try:
        while busy:
            ready = poll.poll(_PATIENCE)
            if not ready:
                raise RuntimeError("The server sends no response.")
            for number, _ in ready:
                connection = by_number[number]
                response = connection.received()
                if response is None:
                    continue
                now = time.perf_counter()
                load.latencies.append(now - connection.began)
                check(response)
                if now < ends:
                    connection.send(next(following[number]))
                else:
                    busy -= 1
    finally:
        poll.close()
    load.seconds = time.perf_counter() - began
    load.client_seconds = time.process_time() - cpu
    return load
