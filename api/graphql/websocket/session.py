"""The state of one open connection, and its ends from outside: its credential, its age, the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from sys import getsizeof

from api.graphql.open_connections import Closing
from api.graphql.ports import Services
from api.graphql.websocket.close_codes import ACCESS_ENDS, EXPIRED, LIFETIME_OVER, REVOKED, UNAVAILABLE_NOW
from api.graphql.websocket.send_queue import FrameQueue, WaitingSignal
from api.realtime.frame_cache import Frame, FrameGroup
from api.server.abort import WriteFrames, text_frame
from domain.principal import Principal, PrincipalKind
from domain.values.errors import Unavailable
from domain.values.record import Record, field
from domain.values.retry import jittered


class Session(Record):
    principal: Principal
    address: str  # of the client, as the server sees it
    resume: str | None  # the cursor that the client sent in connection_init
    queue: FrameQueue
    closing: Closing
    write_frames: WriteFrames | None = None  # writes frames at once; None: every frame goes through the queue
    positions: dict[str, int] = field(default_factory=dict)  # see EventSink


class QueuedSink:
    """An EventSink (api/realtime/sink.py) that puts the frames of one operation into its connection's queue.

    `head` is the text before the payload in the message of a WebSocket, which then ends with a brace: a frame of a
    shared stream is written at once if the queue is idle. Other transports give `encode`.
    """

    def __init__(
        self,
        *,
        operation_id: str,
        session: Session,
        encode: Callable[[str, str], str] | None = None,
        head: str = "",
    ) -> None:
        self.operation_id = operation_id
        self.resume = session.resume
        self.positions = session.positions
        self._queue = session.queue
        self._closing = session.closing
        self._given_encode = encode
        self._head = head.encode()
        self._write_frames = session.write_frames if encode is None else None

    def try_send(self, frame: Frame, cursor: str) -> bool:
        if self._closing.is_requested:
            return False
        if (
            self._write_frames is not None
            and self._queue.is_idle
            and self._write_frames(text_frame(self._head, frame.before, cursor.encode(), frame.after, b"}"))
        ):
            return True
        return self._queue.try_put(self._encode(frame.payload(cursor), cursor))

    def try_send_group(self, group: FrameGroup, prefix: str) -> bool:
        if self._write_frames is None or self._closing.is_requested or not self._queue.is_idle:
            return False
        return self._write_frames(group.joined(self._head, prefix, self._joined))

    def _joined(self, group: FrameGroup, prefix: bytes) -> bytes:
        head = self._head
        return b"".join(
            text_frame(head, frame.before, prefix, frame.cursor.encode(), frame.after, b"}")
            for _, frame in group.frames
        )

    async def send(self, payload: str, cursor: str) -> None:
        await self._queue.put(self._encode(payload, cursor))

    def send_signal(self, key: str, payload: str, finish: Callable[[str], tuple[str, str]]) -> None:
        signal = WaitingSignal(size=getsizeof(payload), frame=lambda: self._encode(*finish(payload)))
        self._queue.put_signal((self.operation_id, key), signal)

    def _encode(self, payload: str, cursor: str) -> str:
        # No closure for each operation: thousands of them wait here.
        if self._given_encode is not None:
            return self._given_encode(payload, cursor)
        return f"{self._head.decode()}{payload}}}"

    def drop_signal(self, key: str) -> None:
        self._queue.drop_signal((self.operation_id, key))

    def drop_signals(self) -> None:
        self._queue.drop_signals(self.operation_id)


async def recheck(principal: Principal, closing: Closing, services: Services) -> None:
    """End the connection if its credential ended or changed after its authentication and before `guarded` watched it:
    no notice tells of that."""
    if principal.kind is PrincipalKind.ANONYMOUS:
        return
    await services.hub.opened(principal)
    try:
        is_current = await services.is_current(principal)
    except Unavailable:
        closing.request(UNAVAILABLE_NOW)
        return
    if not is_current:
        closing.request(REVOKED)


def expiry_timer(until: datetime, closing: Closing, services: Services) -> asyncio.TimerHandle:
    """Start a timer that ends the connection when its credential expires."""
    left = (until - services.clock.now()).total_seconds()
    return asyncio.get_running_loop().call_later(max(0.0, left), closing.request, EXPIRED)


@contextmanager
def guarded(session: Session, services: Services) -> Iterator[None]:
    """End the connection when its credential expires, is revoked or has other rights, or when it reaches its maximum
    age."""
    loop = asyncio.get_running_loop()
    principal, request_end = session.principal, session.closing.request
    limits = services.socket_limits
    timers = [loop.call_later(jittered(limits.lifetime_seconds, limits.jitter), request_end, LIFETIME_OVER)]

    def expire_at(until: datetime) -> None:
        timers.append(expiry_timer(until, session.closing, services))

    if principal.expires_at is not None:
        expire_at(principal.expires_at)
    try:
        if principal.kind is PrincipalKind.ANONYMOUS:
            yield
        else:
            with services.hub.watch(principal, lambda end: request_end(ACCESS_ENDS[end]), expire_at):
                yield
    finally:
        for timer in timers:
            timer.cancel()
