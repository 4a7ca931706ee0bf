"""Frames that several subscriptions send: each is executed and encoded once, and kept for those who come to it later.

    frame = await cache.get(key, render)      # the frame that is kept, or that somebody makes now, or a new one

Frames are kept by the bytes that they take, in the whole process; the oldest are dropped first. A frame that is gone
is made again: the log has its event. So is one that was made some time ago, because the addresses of files in it end.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from domain.events import LoggedEvent
from domain.values.record import Record

_MOST_BYTES = 64 << 20  # of frames, in the process
_FRESH_SECONDS = 900.0  # the addresses of files in a new frame work for an hour at least
_MOST_OF_GROUP = 16  # frames; more save little, and the first ones wait for the last
_BYTES_OF_GROUP = 64 << 10  # from which on a group takes no more: as much as a connection buffers before it is slow
_OVERHEAD = 400  # bytes of a frame beside its text: three objects, and two entries of dictionaries


class Frame(Record, kw_only=False):
    """An ExecutionResult as JSON, parted where the cursor of the connection is to stand."""

    before: bytes
    after: bytes
    cursor: str  # the plain one, of the item

    @classmethod
    def parted(cls, payload: str, slot: str, cursor: str) -> Frame:
        """Return the frame of a payload with a placeholder in `extensions`, which come last."""
        before, found, after = payload.rpartition(slot)
        assert found, "a payload has the extensions that it was given"
        return cls(before.encode(), after.encode(), cursor)

    def payload(self, cursor: str) -> str:
        """Return the payload with this cursor of the connection."""
        return f"{self.before.decode()}{cursor}{self.after.decode()}"


class FrameGroup:
    """Frames of events that follow one another, for followers that are sent all of them by one write: under load, the
    write takes most of the time that a frame takes."""

    __slots__ = ("_joined", "_key", "frames", "size")

    def __init__(self) -> None:
        self.frames: list[tuple[LoggedEvent, Frame]] = []  # each with its event, in the order of the log
        self.size = 0
        self._key: tuple[bytes, str] | None = None
        self._joined = b""

    def add(self, event: LoggedEvent, frame: Frame) -> None:
        self.frames.append((event, frame))
        self.size += len(frame.before) + len(frame.after)

    @property
    def first(self) -> int:
        """The number of the first event."""
        return self.frames[0][0].seq

    @property
    def last(self) -> int:
        return self.frames[-1][0].seq

    @property
    def is_full(self) -> bool:
        return len(self.frames) >= _MOST_OF_GROUP or self.size >= _BYTES_OF_GROUP

    def joined(self, head: bytes, prefix: str, join: Callable[[FrameGroup, bytes], bytes]) -> bytes:
        """Return what `join` makes of the group and the prefix; `head` is what it depends on beside. The last result is
        kept: clients that number their operations begin with the same one."""
        if self._key != (head, prefix):
            self._joined = join(self, prefix.encode())
            self._key = head, prefix
        return self._joined


class FrameMemory:
    """The frames that are kept in the process, in the order in which they were made."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._sizes: OrderedDict[tuple[FrameCache, Hashable], int] = OrderedDict()

    def add(self, frames: FrameCache, key: Hashable, frame: Frame) -> None:
        size = len(frame.before) + len(frame.after) + _OVERHEAD
        self._sizes[frames, key] = size
        self._bytes += size
        while self._bytes > self._most:
            (owner, oldest), taken = self._sizes.popitem(last=False)
            self._bytes -= taken
            owner.kept.pop(oldest)
            owner.made.pop(oldest)

    def drop(self, frames: FrameCache, key: Hashable) -> None:
        """Forget a frame, if it is kept."""
        if frames.kept.pop(key, None) is not None:
            frames.made.pop(key)
            self._bytes -= self._sizes.pop((frames, key))

    def remove(self, frames: FrameCache) -> None:
        """Forget all frames of this collection."""
        for key in frames.kept:
            self._bytes -= self._sizes.pop((frames, key))
        frames.kept.clear()
        frames.made.clear()


class FrameCache:
    """The frames of one shared execution."""

    def __init__(self, memory: FrameMemory) -> None:
        self.kept: dict[Hashable, Frame] = {}
        self.made: dict[Hashable, float] = {}
        self._memory = memory
        self._making: dict[Hashable, asyncio.Future[Frame]] = {}
        self._clearings = 0

    def fresh(self, key: Hashable) -> Frame | None:
        """Return the frame of the key, if one is kept that may still be sent."""
        frame = self.kept.get(key)
        return frame if frame is not None and time.monotonic() < self.made[key] + _FRESH_SECONDS else None

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Frame]]) -> Frame:
        """Return the frame of the key. Raises what `make` raises, to all who wait for the same attempt."""
        clearings = self._clearings
        while True:
            if clearings != self._clearings:
                return await make()  # of what was read before: for this caller alone, who may not send it
            frame = self.fresh(key)
            if frame is not None:
                return frame
            making = self._making.get(key)
            if making is None:
                return await self._make(key, make)
            await asyncio.wait([making])
            if not making.cancelled():
                return making.result()

    def is_making(self, key: Hashable) -> bool:
        return key in self._making

    def keep(self, key: Hashable, frame: Frame) -> None:
        """Keep a frame that was made."""
        self._memory.drop(self, key)
        self.kept[key] = frame
        self.made[key] = time.monotonic()
        self._memory.add(self, key, frame)

    def clear(self) -> None:
        """Forget all frames; those that are being made now are not kept either."""
        self._memory.remove(self)
        self._making.clear()
        self._clearings += 1

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Frame]]) -> Frame:
        making = self._making[key] = asyncio.get_running_loop().create_future()
        try:
            frame = await make()
        except asyncio.CancelledError:
            making.cancel()  # one of those who wait makes the frame
            raise
        except Exception as error:
            making.set_exception(error)
            making.exception()  # perhaps nobody else waits for it
            raise
        finally:
            is_current = self._making.get(key) is making
            if is_current:
                del self._making[key]
        making.set_result(frame)
        if is_current:
            self.keep(key, frame)
        return frame
