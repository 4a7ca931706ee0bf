"""The send queue of a connection: a bounded queue of frames for one reader, and beside it a lane for signals.

Overflow policy: whoever puts a frame waits for room, so that the reader sets the pace; a reader that takes nothing for
too long is closed with 1013 by its connection, and resumes from its cursor. No frame is ever dropped.

Signals are different: a signal leaves when no frame waits, a later one with the same key replaces it, and signals are
dropped first when room gets scarce. They neither delay a frame nor end a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from sys import getsizeof

from api.graphql.limits import SocketLimits
from domain.values.record import Record

SignalKey = tuple[str, str]  # the operation's id, and the signal's own key


class WaitingSignal(Record):
    size: int
    frame: Callable[[], str]  # called when it leaves, because frames that overtook it have moved the cursor


class FrameQueue:
    """Bounded by the number of frames and by their memory. An empty queue takes a frame of any size."""

    def __init__(self, limits: SocketLimits) -> None:
        self._max_bytes = limits.queue_bytes
        self._max_frames = limits.queue_frames
        # Lists, since an empty deque takes 600 bytes; of 512 elements the first is removed in 50 ns.
        self._frames: list[str] = []
        self._signals: dict[SignalKey, WaitingSignal] = {}  # oldest first
        self._bytes = 0
        self._reader: asyncio.Future[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and the reader is done with everything that it took, so that a frame may overtake the
        queue."""
        return not self._frames and not self._signals and self._reader is not None and not self._reader.done()

    def try_put(self, frame: str) -> bool:
        """Add the frame if there is room, dropping signals for it. Returns whether it was added."""
        size = getsizeof(frame)
        if self._signals and not self._has_room(size):
            for key in list(self._signals):
                self.drop_signal(key)
        if self._frames and not self._has_room(size):
            return False
        self._frames.append(frame)
        self._bytes += size
        self._wake_reader()
        return True

    def put_signal(self, key: SignalKey, signal: WaitingSignal) -> None:
        """Replace the signal with this key; drop the new one too if the queue is more than half full."""
        self.drop_signal(key)
        if self._has_room(signal.size, share=0.5):
            self._signals[key] = signal
            self._bytes += signal.size
            self._wake_reader()

    def drop_signal(self, key: SignalKey) -> None:
        signal = self._signals.pop(key, None)
        if signal is not None:
            self._bytes -= signal.size

    def drop_signals(self, operation_id: str) -> None:
        for key in [key for key in self._signals if key[0] == operation_id]:
            self.drop_signal(key)

    async def put(self, frame: str) -> None:
        """Add the frame. Waits while there is no room."""
        while not self.try_put(frame):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                self._waiting = [other for other in self._waiting if other is not turn]
                self._wake_next()  # this turn may have come already; pass it on
                raise
        self._wake_next()

    async def take(self) -> str:
        """Remove and return the next frame, or a signal if no frame waits. There is one reader at most."""
        while not self._frames and not self._signals:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
            self._reader = None
        if self._frames:
            frame = self._frames.pop(0)
            self._bytes -= getsizeof(frame)
            self._wake_next()
            return frame
        key, signal = next(iter(self._signals.items()))
        self.drop_signal(key)
        return signal.frame()

    def _has_room(self, size: int, share: float = 1) -> bool:
        taken = len(self._frames) + len(self._signals)
        return taken < self._max_frames * share and self._bytes + size <= self._max_bytes * share

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _wake_next(self) -> None:
        if self._waiting and len(self._frames) < self._max_frames and self._bytes < self._max_bytes:
            turn = self._waiting.pop(0)
            if not turn.done():
                turn.set_result(None)
