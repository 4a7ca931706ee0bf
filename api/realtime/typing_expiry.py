"""The end of typing that nobody ended: who closed the window is seen to type until its time is over, and no longer.

Every process looks after that for those who listen here, by the time that the signal was to hold: its own clock and
another process's need not agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from domain.signals import Typing

_MOST = 10_000  # an account; who types beyond that is hidden by the client, at `until`


class TypingExpiry:
    def __init__(self, *, tell: Callable[[Typing], None]) -> None:
        self._tell = tell
        self._timers: dict[str, asyncio.TimerHandle] = {}  # by the signal's key

    def said(self, signal: Typing) -> None:
        self.over(signal.key)
        if signal.typing and len(self._timers) < _MOST:
            holds = (signal.until - signal.at).total_seconds()
            self._timers[signal.key] = asyncio.get_running_loop().call_later(holds, self._lapse, signal)

    def over(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        for key in list(self._timers):
            self.over(key)

    def _lapse(self, signal: Typing) -> None:
        del self._timers[signal.key]
        self._tell(signal.end(signal.until))
