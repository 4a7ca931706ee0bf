"""Ends typing indicators that nobody ended, such as that of a shopper who closed the window, when their signals expire.

Each process does this for its own listeners, by the duration that the signal carries, so that the clocks of two
processes need not agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from domain.signals import Typing

_MAX_TIMERS = 10_000  # per account; clients hide a typing indicator beyond that by themselves, at `until`


class TypingExpiry:
    def __init__(self, *, notify: Callable[[Typing], None]) -> None:
        self._notify = notify
        self._timers: dict[str, asyncio.TimerHandle] = {}  # by the signal's key

    def start(self, signal: Typing) -> None:
        """Replace the timer of the signal's key; no new one starts if the signal says that typing has stopped."""
        self.cancel(signal.key)
        if signal.typing and len(self._timers) < _MAX_TIMERS:
            seconds = (signal.until - signal.at).total_seconds()
            self._timers[signal.key] = asyncio.get_running_loop().call_later(seconds, self._expire, signal)

    def cancel(self, key: str) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        for key in list(self._timers):
            self.cancel(key)

    def _expire(self, signal: Typing) -> None:
        del self._timers[signal.key]
        self._notify(signal.end(signal.until))
