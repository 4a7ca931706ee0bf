"""A program that runs until it is told to stop: one event loop, and what the signals mean.

The first SIGTERM, SIGINT, or SIGHUP of a closed terminal asks the program to end in its own time; the second cancels
it, so that it still puts everything away but waits for nobody; the third ends the process on the spot.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from api.server.errors import Interrupted

try:
    from uvloop import new_event_loop as _LOOP
except ModuleNotFoundError:  # it is not made for every platform
    _LOOP = None  # type: ignore[assignment]

R = TypeVar("R")
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]]) -> R:
    """For a program that serves: `main` watches for the event it is given."""
    return _run(main, patient=True)


def run_promptly(main: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """For a program that does one thing: the first signal cancels it already."""
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
    # Who starts us may have them ignored, as `nohup` does; then it stays so.
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
