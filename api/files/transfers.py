"""Limits of the transfers of files: how many at once, and how slow each may be.

A transfer holds a connection and some pieces of memory for as long as its peer likes. Therefore their number is limited
in the process and for each public address, and a peer that neither sends nor reads for a while is dropped.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from api.refusal import RequestRefused
from api.server.client_address import is_public, limited_network
from domain.values.errors import ErrorCode

T = TypeVar("T")

AT_ONCE = 128  # transfers in the process, in each direction
PER_ADDRESS = 16  # of one public address, in each direction: an office; a browser loads 6 images at once
STALL_SECONDS = 30.0  # for the next bytes to come, or to be taken
UPLOAD_SECONDS = 540.0  # of a whole upload


class Transfers:
    """Counts the transfers of one direction."""

    def __init__(self, *, at_once: int = AT_ONCE, per_address: int = PER_ADDRESS) -> None:
        self._at_once = at_once
        self._per_address = per_address
        self._networks: Counter[str] = Counter()

    @contextmanager
    def slot(self, address: str) -> Iterator[None]:
        """Count a transfer for the duration of the block. Raises `RequestRefused` with 429 if the address has too many,
        with 503 if the process has."""
        network = limited_network(address)
        if self._networks.total() >= self._at_once:
            raise _busy(503, "UNAVAILABLE")
        if is_public(address) and self._networks[network] >= self._per_address:
            raise _busy(429, ErrorCode.RATE_LIMITED)
        self._networks[network] += 1
        try:
            yield
        finally:
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]


def _busy(status: int, code: str) -> RequestRefused:
    message = "Too many files are being sent at once: try again in a moment."
    return RequestRefused(status, message, code=code, headers={"Retry-After": "5", "Connection": "close"})


async def in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks of a body. Raises `RequestRefused` with 408 if the next one does not come in time."""
    source = aiter(chunks)
    deadline = asyncio.get_running_loop().time() + UPLOAD_SECONDS
    while True:
        left = deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(STALL_SECONDS, left)):
                chunk = await anext(source)
        except StopAsyncIteration:
            return
        except TimeoutError:
            message = "The file did not arrive in time: send it again."
            raise RequestRefused(408, message, code="REQUEST_TIMEOUT", headers={"Connection": "close"}) from None
        yield chunk


async def taken_in_time(sending: Awaitable[T]) -> T:
    """Return what a send returns. Raises `TimeoutError` if its peer does not read."""
    async with asyncio.timeout(STALL_SECONDS):
        return await sending
