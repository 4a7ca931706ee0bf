"""Limits on connections, before a request is one: heads in bytes and time, connections in number, and control frames.

httptools, which parses for uvicorn, has no limit of its own: without these a peer fills the memory with one header, and
takes every file descriptor with connections that say nothing.

    HEAD_BYTES        request line and headers of one request         → 414 or 431, and the connection is closed
    HEAD_SECONDS      from the first byte, or from the connection     → 408, and the connection is closed
    IDLE_SECONDS      of a public address between two requests        → the connection is closed
    connections       of the process, and of one public address       → 503 with Retry-After, and it is closed
    LINGER_SECONDS    for a peer to read what was written at the end  → the connection is dropped
    LINGER_BYTES      that a peer sends after a refusal or a close    → the connection is dropped
    pipelined         requests are read no further while some of them wait for the response to an earlier one
    control frames    a WebSocket whose peer does not read its pongs is not read further until it does
    PIECE_BYTES       of frames are parsed at once, and no more until the application has taken their messages:
                      256 KB of empty frames would hold the event loop for 0.3 s
    CLOSING_BYTES     after the server's close frame, in which the peer's is looked for; the rest is discarded
    FRAGMENTS         of one message                              → the connection is dropped

Pass `http_protocol(gate)` and `websocket_protocol(gate)` to `uvicorn.Config(http=…, ws=…)`.
"""

from __future__ import annotations

import asyncio
import logging
import resource
from asyncio.transports import BaseTransport
from collections import Counter
from collections.abc import Callable, Sized
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from websockets.frames import Frame

from api.server.abort import AbortableHTTP, AbortableWebSocket
from api.server.client_address import is_public, limited_network
from api.server.errors import OperatorError
from api.server.handshakes import Handshakes

HEAD_BYTES = 64 << 10  # browsers and proxies send less than 16 KB
HEAD_SECONDS = 10.0
IDLE_SECONDS = 10  # a browser reconnects in a moment; a proxy, whose address is private, has uvicorn's longer time
LINGER_SECONDS = 5.0
LINGER_BYTES = 4 << 20
PIECE_BYTES = 4 << 10  # 700 empty frames take 5 ms
CLOSING_BYTES = 64 << 10
FRAGMENTS = 1_000  # browsers and libraries send a message whole; the largest allowed has 64 KB
RESERVED_DESCRIPTORS = 256  # for MongoDB, files, outgoing calls
_LEAST_CONNECTIONS = 64  # with fewer, a server looks ready and refuses its clients
_MOST_DESCRIPTORS = 1 << 17  # of a process; more is never used here, and some systems name no limit at all
_RETRY_AFTER = 5  # seconds

_logger = logging.getLogger("baton.server")


class Gate:
    """Counts the connections of the process and of each address. When it is full, the next one is refused.

    The addresses of one IPv6 /64 network count together. Private and loopback addresses have no limit of their own: a
    proxy in front has one, and stands for everybody.
    """

    def __init__(self, *, connections: int, per_address: int) -> None:
        self._most = connections
        self._per_address = per_address
        self._networks: Counter[str] = Counter()  # of addresses, by `limited_network`
        self._open = 0
        self._warned = False
        self.refused = 0  # connections, for the operator
        self.handshakes = Handshakes()

    @property
    def open(self) -> int:
        return self._open

    def enter(self, address: str) -> bool:
        """Whether there is room; then the connection counts until `leave`."""
        network = limited_network(address)
        if self._open >= self._most or (self._networks[network] >= self._per_address and is_public(address)):
            self.refused += 1
            if not self._warned:
                self._warned = True  # once until there is room: a flood must not fill the log
                _logger.warning("Connections are refused: %d are open, %d of one address", self._open, self._busiest())
            return False
        self._open += 1
        self._networks[network] += 1
        return True

    def leave(self, address: str) -> None:
        self._open -= 1
        network = limited_network(address)
        self._networks[network] -= 1
        if not self._networks[network]:
            del self._networks[network]
        if self._open < self._most * 0.9:
            self._warned = False

    def _busiest(self) -> int:
        return max(self._networks.values(), default=0)


class _PipelineFlow(FlowControl):
    """Keeps reading paused while requests wait in the pipeline. uvicorn resumes it with each response, so that a peer
    that does not read the responses could fill the memory with requests."""

    def __init__(self, transport: asyncio.Transport, pipeline: Sized) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        if not self._pipeline:
            super().resume_reading()


class LimitedHTTP(AbortableHTTP):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate
        self._address: str | None = None  # set while the connection counts
        self._head_bytes = 0
        self._in_head = True  # a connection is to begin with a head
        self._head_begun = False
        self._upgraded = False
        self._refused = False
        self._discarded = 0  # bytes that came after a refusal
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self.flow = _PipelineFlow(self.transport, self.pipeline)
        address = self.client[0] if self.client else ""
        if not self._gate.enter(address):
            self._refuse(503, "Too many connections: try again later.", f"retry-after: {_RETRY_AFTER}\r\n".encode())
            return
        self._address = address
        if is_public(address):
            self.timeout_keep_alive = min(self.timeout_keep_alive, IDLE_SECONDS)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse in pieces that end where the limit of a head does: if the head has not ended there, it is too large."""
        begin = 0
        while begin < len(data) and not self._upgraded and not self.transport.is_closing():
            if self._refused:
                self._discard(len(data) - begin)
                return
            room = HEAD_BYTES - self._head_bytes if self._in_head else HEAD_BYTES
            if room <= 0:
                self._refuse_head()
                return
            self._parse(data[begin : begin + room])
            begin += room

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_begun = True

    def on_headers_complete(self) -> None:
        self._in_head, self._head_begun, self._head_bytes = False, False, 0
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True  # of the next request, whose time begins with its first byte

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_head and self._head_bytes and self._head_timer is None and not self.transport.is_closing():
            self._expect_head()  # its first bytes came during the response

    def handle_websocket_upgrade(self) -> None:
        """Upgrade when it is this connection's turn. Until then nothing more is read of it."""
        self._upgraded = True
        self.transport.pause_reading()
        self._gate.handshakes.call(self._upgrade)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _upgrade(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            self._leave()  # it counts as a WebSocket from now on
            super().handle_websocket_upgrade()

    def _parse(self, piece: bytes) -> None:
        counts = self._in_head and not self._is_blank(piece)
        if counts:
            self._head_bytes += len(piece)
            if self._head_timer is None and not self._is_responding():
                self._expect_head()
        super().data_received(piece)
        if self._in_head and self._head_begun and not counts:
            # The parser does not say where in the piece this head began: count what it has passed on.
            self._head_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _is_responding(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's annotation leaves out the None
        return cycle is not None and not cycle.response_complete

    def _is_blank(self, data: bytes) -> bool:
        """Some clients send an empty line after a body; it belongs to no request (RFC 9112, section 2.2)."""
        return self._is_responding() and not self._head_bytes and not data.strip(b"\r\n")

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_is_late)

    def _head_is_late(self) -> None:
        if not self.transport.is_closing():
            self._refuse(408, f"The request line and the headers must come within {HEAD_SECONDS:g} seconds.")

    def _refuse_head(self) -> None:
        most = f"The request line and the headers may have {HEAD_BYTES:,} bytes together"
        if len(self.url) > HEAD_BYTES // 2:
            self._refuse(414, f"{most}; the address alone has more than half of them.")
        else:
            self._refuse(431, f"{most}.")

    def _refuse(self, status: int, message: str, header: bytes = b"") -> None:
        """Respond and close. A peer that may still be sending gets time to read this: closing at once resets the
        connection, and the response is lost."""
        responding = self._is_responding()
        if not responding:  # else these bytes would be inside the other response
            body = message.encode()
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            length = f"content-length: {len(body)}\r\n".encode()
            self.transport.write(b"".join([STATUS_LINE[status], head, length, header, b"\r\n", body]))
        self._stop_timer()
        self._refused = True
        if responding or self._address is None or not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _discard(self, count: int) -> None:
        self._discarded += count
        if self._discarded > LINGER_BYTES:
            self.transport.abort()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _leave(self) -> None:
        if self._address is not None:
            self._gate.leave(self._address)
            self._address = None


class LimitedWebSocket(AbortableWebSocket):
    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate
        self._address: str | None = None
        self._waits_for_reader = False
        self._unparsed = bytearray()
        self._parses = False  # whether a piece is about to be parsed
        self._after_close = 0  # bytes that came after the server's close frame

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._gate.enter(address):  # the HTTP connection that it was has just left
            self._address = address

    def connection_lost(self, exc: Exception | None) -> None:
        if self._address is not None:
            self._gate.leave(self._address)
            self._address = None
        self._unparsed.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.close_sent:
            self._after_close += len(data)
            if self._after_close > LINGER_BYTES:
                self.transport.abort()
        if self._after_close > CLOSING_BYTES:
            self._unparsed.clear()
        elif self._unparsed or len(data) > PIECE_BYTES:
            self._unparsed += data
            self._read_on()
        else:
            super().data_received(data)

    def _read_on(self) -> None:
        """Parse the next piece, or read when all is parsed; neither while earlier messages or pongs wait."""
        if self._unparsed or self.read_paused or self._waits_for_reader:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()
        if self._unparsed and not (self.read_paused or self._waits_for_reader or self._parses):
            self._parses = True
            self.loop.call_soon(self._parse_piece)

    def _parse_piece(self) -> None:
        self._parses = False
        piece = bytes(self._unparsed[:PIECE_BYTES])
        del self._unparsed[:PIECE_BYTES]
        if not piece or self.transport.is_closing():
            self._unparsed.clear()
            return
        super().data_received(piece)
        self._read_on()

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= FRAGMENTS:
            self.transport.abort()
        elif not self.transport.is_closing():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Pong; and read no further while the peer leaves the pongs unread, which would pile up here."""
        super().handle_ping()
        if not self.writable.is_set() and not self._waits_for_reader:
            self._waits_for_reader = True
            self._read_on()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._waits_for_reader:
            self._waits_for_reader = False
            self._read_on()

    async def receive(self) -> Any:
        if self.handshake_complete:  # the heads take some kilobytes, and the socket may be open for hours
            vars(self).pop("request", None)
            vars(self).pop("response", None)
        message = await super().receive()
        if self._waits_for_reader or self._unparsed:  # uvicorn may have resumed reading
            self._read_on()
        return message

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self._waits_for_reader or self._unparsed:  # as above, after a close
            self._read_on()


def http_protocol(gate: Gate) -> Callable[..., LimitedHTTP]:
    return partial(LimitedHTTP, gate=gate)


def websocket_protocol(gate: Gate) -> Callable[..., LimitedWebSocket]:
    return partial(LimitedWebSocket, gate=gate)


def most_connections(descriptors: int) -> int:
    """Return how many connections fit into a limit on open files. Raises `OperatorError` if these are too few."""
    if descriptors < RESERVED_DESCRIPTORS + _LEAST_CONNECTIONS:
        raise OperatorError(
            f"This process may open only {descriptors} files, and needs at least "
            f"{RESERVED_DESCRIPTORS + _LEAST_CONNECTIONS}. Raise the hard limit: `ulimit -n 65536`, or LimitNOFILE."
        )
    return descriptors - RESERVED_DESCRIPTORS


def raise_descriptor_limit() -> int:
    """Raise this process's limit on open files as far as the system lets it, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return _MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
