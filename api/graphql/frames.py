"""Frames on their way to one reader: a bounded queue.

Overflow policy: a replay waits for room (the reader sets the pace); a live frame that finds no room ends the
connection with 1013, and the client resumes from its cursor. No frame is ever left out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from sys import getsizeof

from api.graphql.limits import SocketLimits


class FrameQueue:
    """Bounded by frames and by the memory they take. One frame always fits into an empty queue."""

    def __init__(self, limits: SocketLimits) -> None:
        self._max_bytes = limits.queue_bytes
        self._max_frames = limits.queue_frames
        self._frames: deque[str] = deque()
        self._bytes = 0
        self._reader: asyncio.Future[None] | None = None
        self._waiting: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def offer(self, frame: str) -> bool:
        """Take the frame in, unless there is no room."""
        size = getsizeof(frame)
        if self._frames and (len(self._frames) >= self._max_frames or self._bytes + size > self._max_bytes):
            return False
        self._frames.append(frame)
        self._bytes += size
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
        return True

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
        while not self._frames:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        frame = self._frames.popleft()
        self._bytes -= getsizeof(frame)
        self._wake_next()
        return frame

    def _wake_next(self) -> None:
        if self._waiting and len(self._frames) < self._max_frames and self._bytes < self._max_bytes:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
