"""Upgrades of connections to WebSockets, in turns, so that requests do not wait behind a storm of reconnects.

After a restart thousands of clients connect within milliseconds. What is ready in the event loop runs before anything
new is read, so that the handshakes of all of them, and their next steps, would hold up everybody's next step for
seconds. Upgrades therefore wait in a queue, first in, first out, and every second round of the event loop makes one, so
that what follows from them is spread over the rounds as well. A client that waits has its connection, and no response
yet.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class Handshakes:
    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._runs = False

    def call(self, upgrade: Callable[[], None]) -> None:
        """Call `upgrade` in one of the next rounds."""
        self._waiting.append(upgrade)
        if not self._runs:
            self._runs = True
            asyncio.get_running_loop().call_soon(self._round)

    def _round(self) -> None:
        try:
            self._waiting.popleft()()
        finally:
            self._runs = bool(self._waiting)
            if self._runs:
                asyncio.get_running_loop().call_soon(self._rest)

    def _rest(self) -> None:
        asyncio.get_running_loop().call_soon(self._round)
