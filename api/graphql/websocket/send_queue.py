"""Frames on their way to one reader: a bounded queue, and beside it a lane for signals.

Overflow policy: a replay waits for room (the reader sets the pace); a live frame that finds no room ends the
connection with 1013, and the client resumes from its cursor. No frame is ever left out.

A signal is no such frame: it leaves when nothing else waits, a later one of its key takes its place, and it is the
first to go when room gets scarce. It neither delays a frame nor ends a connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from sys import getsizeof

from api.graphql.limits import SocketLimits
from domain.values.record import Record

SignalKey = tuple[str, str]  # the operation, and the signal's own


class WaitingSignal(Record):
    size: int
    frame: Callable[[], str]  # made when it leaves: frames that overtook it have moved the cursor


class FrameQueue:
    """Bounded by frames and by the memory they take. One frame always fits into an empty queue."""

    def __init__(self, limits: SocketLimits) -> None:
        self._max_bytes = limits.queue_bytes
        self._max_frames = limits.queue_frames
        self._frames: deque[str] = deque()
        self._signals: dict[SignalKey, WaitingSignal] = {}  # the oldest first
        self._bytes = 0
        self._reader: asyncio.Future[None] | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def offer(self, frame: str) -> bool:
        """Take the frame in, unless there is no room."""
        size = getsizeof(frame)
        if self._signals and not self._has_room(size):
            for key in list(self._signals):
                self.withdraw(key)
        if self._frames and not self._has_room(size):
            return False
        self._frames.append(frame)
        self._bytes += size
        self._wake_reader()
        return True

    def offer_signal(self, key: SignalKey, signal: WaitingSignal) -> None:
        """Take the signal in, in place of an older one; leave it out where half of the room is taken."""
        self.withdraw(key)
        if self._has_room(signal.size, share=0.5):
            self._signals[key] = signal
            self._bytes += signal.size
            self._wake_reader()

    def withdraw(self, key: SignalKey) -> None:
        signal = self._signals.pop(key, None)
        if signal is not None:
            self._bytes -= signal.size

    def withdraw_all(self, operation_id: str) -> None:
        for key in [key for key in self._signals if key[0] == operation_id]:
            self.withdraw(key)

    async def put(self, frame: str) -> None:
        """Take the frame in; wait for room where there is none."""
        while not self.offer(frame):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._waiting = deque(other for other in self._waiting if other is not turn)
                self._wake_next()  # the turn may have been this one's already
                raise
        self._wake_next()

    async def take(self) -> str:
        """The next frame, for the one reader."""
        while not self._frames and not self._signals:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if self._frames:
            frame = self._frames.popleft()
            self._bytes -= getsizeof(frame)
            self._wake_next()
            return frame
        key, signal = next(iter(self._signals.items()))
        self.withdraw(key)
        return signal.frame()

    def _has_room(self, size: int, share: float = 1) -> bool:
        taken = len(self._frames) + len(self._signals)
        return taken < self._max_frames * share and self._bytes + size <= self._max_bytes * share

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _wake_next(self) -> None:
        if self._waiting and len(self._frames) < self._max_frames and self._bytes < self._max_bytes:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
