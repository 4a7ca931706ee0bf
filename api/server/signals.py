"""Runs a program on one event loop until a signal stops it.

The first SIGTERM, SIGINT or SIGHUP (of a closed terminal) asks the program to end in its own time; the second cancels
it, so that it cleans up but waits for nobody; the third ends the process at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from api.server.errors import Interrupted

try:
    from uvloop import new_event_loop as _LOOP
except ModuleNotFoundError:  # it does not exist for every platform
    _LOOP = None  # type: ignore[assignment]

R = TypeVar("R")
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]]) -> R:
    """Run a server: `main` ends when the event it is given is set. Raises `Interrupted` after a second signal."""
    return _run(main, patient=True)


def run_promptly(main: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Run a program that does one thing: the first signal cancels it. Raises `Interrupted` then."""
    return _run(lambda _: main(), patient=False)


def _run(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]], *, patient: bool) -> R:
    with asyncio.Runner(loop_factory=_LOOP) as runner:
        try:
            return runner.run(_under_signals(main, patient=patient))
        except asyncio.CancelledError:
            raise Interrupted from None


async def _under_signals(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]], *, patient: bool) -> R:
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
    assert task is not None
    # A parent may have signals ignored, as `nohup` does; then they stay ignored.
    signals = [sign for sign in _SIGNALS if signal.getsignal(sign) is not signal.SIG_IGN]

    def on_signal() -> None:
        if patient and not stop.is_set():
            stop.set()
            return
        for sign in signals:
            loop.remove_signal_handler(sign)
        task.cancel()

    for sign in signals:
        loop.add_signal_handler(sign, on_signal)
    try:
        return await main(stop)
    finally:
        for sign in signals:
            loop.remove_signal_handler(sign)
