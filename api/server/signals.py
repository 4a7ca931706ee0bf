"""Runs a program on one event loop until a signal stops it.

The first SIGTERM, SIGINT or SIGHUP (of a closed terminal) asks the program to end in its own time; the second cancels
it, so that it cleans up but waits for nobody; the third ends the process at once.

The first also starts a deadline in a thread. A program that has not ended by then, because its event loop is blocked or
something that it waits for hangs, is ended with exit code 70 (EX_SOFTWARE).
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

from api.server.errors import Interrupted
from api.server.last_resort import end_process

try:
    from uvloop import new_event_loop as _LOOP
except ModuleNotFoundError:  # it does not exist for every platform
    _LOOP = None  # type: ignore[assignment]

R = TypeVar("R")
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PROMPTLY = 30.0  # seconds in which a cancelled program ends; the embedded MongoDB may need half of them


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]], *, within: float) -> R:
    """Run a server: `main` ends within so many seconds after the event it is given is set, or else the process does.

    Raises `Interrupted` after a second signal.
    """
    return _run(main, patient=True, within=within)


def run_promptly(main: Callable[[], Coroutine[Any, Any, R]]) -> R:
    """Run a program that does one thing: the first signal cancels it. Raises `Interrupted` then."""
    return _run(lambda _: main(), patient=False, within=_PROMPTLY)


def _run(main: Callable[[asyncio.Event], Coroutine[Any, Any, R]], *, patient: bool, within: float) -> R:
    deadline = threading.Timer(within, end_process, [f"The process did not end within {within:g} s of a signal."])
    deadline.daemon = True
    try:
        with asyncio.Runner(loop_factory=_LOOP) as runner:
            return runner.run(_under_signals(main, deadline, patient=patient))
    except asyncio.CancelledError:
        raise Interrupted from None
    finally:
        deadline.cancel()


async def _under_signals(
    main: Callable[[asyncio.Event], Coroutine[Any, Any, R]], deadline: threading.Timer, *, patient: bool
) -> R:
    loop, task, stop = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
    assert task is not None
    # A parent may have signals ignored, as `nohup` does; then they stay ignored.
    former = {sign: signal.getsignal(sign) for sign in _SIGNALS if signal.getsignal(sign) is not signal.SIG_IGN}
    received = 0

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # A handler of Python's and not of the loop's, because it also runs while the loop is blocked.
        nonlocal received
        received += 1
        if received == 1:
            deadline.start()
        if received == 1 and patient:
            loop.call_soon_threadsafe(stop.set)
            return
        for sign in former:
            signal.signal(sign, signal.SIG_DFL)
        loop.call_soon_threadsafe(task.cancel)

    for sign in former:
        signal.signal(sign, on_signal)
    try:
        return await main(stop)
    finally:
        for sign, handler in former.items():
            signal.signal(sign, handler)
