"""Request bodies, read within a bounded size, a bounded time, and a bounded sum over all requests of the process, and
piece by piece in turn."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from api.refusal import RequestRefused
from api.time_limit import within

_BUDGET_BYTES = 128 << 20
_RESERVE_BYTES = 16 << 20  # of the budget: for small bodies only, so that large uploads do not stop ordinary requests
_SMALL_BYTES = 64 << 10


class BodyBudget:
    """The sum of bytes that the bodies of unfinished requests may have, in one process.

    Bytes count as they arrive: an announced length takes nothing. A body of more than 64 KiB cannot use the reserve.
    """

    def __init__(self, limit: int = _BUDGET_BYTES, *, reserve: int = _RESERVE_BYTES) -> None:
        self._limit = limit
        self._reserve = reserve
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turn_is_over = True
        self.held = 0

    @contextmanager
    def share(self) -> Iterator[BodyShare]:
        """Return the share of one request, which is given back at the end of the block."""
        share = BodyShare(self)
        try:
            yield share
        finally:
            share.release()

    def has_room(self, count: int, *, small: bool) -> bool:
        """Return whether a body may grow by `count` bytes."""
        return self.held + count <= self._limit - (0 if small else self._reserve)

    async def turn(self) -> None:
        """Wait for the turn to read the next piece of a large body: one in each round of the event loop, over all
        requests. A piece of 256 KiB takes a millisecond or more, since its memory is new, and 40 at once would hold up
        everybody."""
        if self._turn_is_over:
            self._turn_is_over = False
            asyncio.get_running_loop().call_soon(self._next_turn)
            return
        granted = asyncio.get_running_loop().create_future()
        self._waiting.append(granted)
        await granted

    def _next_turn(self) -> None:
        while self._waiting:
            granted = self._waiting.popleft()
            if not granted.done():
                granted.set_result(None)
                asyncio.get_running_loop().call_soon(self._next_turn)
                return
        self._turn_is_over = True


class BodyShare:
    """The bytes of the budget that one request holds."""

    def __init__(self, budget: BodyBudget) -> None:
        self._budget = budget
        self._held = 0

    def take(self, count: int) -> None:
        """Count bytes that arrived. Raises `RequestRefused` with 503 if the budget has no room for them."""
        if not self._budget.has_room(count, small=self._held + count <= _SMALL_BYTES):
            raise RequestRefused(
                503,
                "The server is receiving too much at once: send it again in a moment.",
                code="UNAVAILABLE",
                headers={"Retry-After": "5", "Connection": "close"},
            )
        self._budget.held += count
        self._held += count

    async def turn(self) -> None:
        """Wait for the turn to read on, if the body is large."""
        if self._held > _SMALL_BYTES:
            await self._budget.turn()

    def release(self) -> None:
        """Give everything back. Calling it again does nothing."""
        self._budget.held -= self._held
        self._held = 0


async def read_limited(request: Request, share: BodyShare, *, max_bytes: int, seconds: float) -> bytes:
    """Return the body.

    The bytes are counted as they arrive, because `Content-Length` may be missing or wrong. Raises `RequestRefused` with
    413 if there are more than `max_bytes`, with 408 if they take longer than `seconds`, and with 503 if the budget of
    the process is used up; and starlette's `ClientDisconnect`.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    try:
        return await within(seconds, _read(request, share, max_bytes))
    except TimeoutError:
        raise RequestRefused(408, "The body did not arrive in time: send it again.", code="REQUEST_TIMEOUT") from None


async def _read(request: Request, share: BodyShare, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > max_bytes:
            raise _too_large(max_bytes)
        share.take(len(chunk))
        body += chunk
        await share.turn()
    return bytes(body)


def _too_large(max_bytes: int) -> RequestRefused:
    return RequestRefused(413, f"The body is larger than {max_bytes:,} bytes.", code="PAYLOAD_TOO_LARGE")
