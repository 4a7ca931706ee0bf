"""The polling loop that all background workers share, and what surrounds each piece of their work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from domain.values.errors import Unavailable

logger = logging.getLogger("baton.worker")

Around = Callable[[str, Mapping[str, str]], AbstractContextManager[object]]
"""Returns the block for a piece of work, by its name and facts: a trace, if they are on."""

_NOTHING = nullcontext()


def unobserved(name: str, facts: Mapping[str, str]) -> AbstractContextManager[object]:
    """Return a block without any effect."""
    return _NOTHING


async def run_every(
    seconds: float,
    work: Callable[[], Awaitable[object]],
    *,
    stop: asyncio.Event,
    wake: Sequence[asyncio.Event] = (),
) -> None:
    """Call `work` until `stop` is set, with a pause of `seconds` after each call.

    Any event of `wake` ends the pause; each is cleared before `work` runs, so that an event set during the call is
    not lost. After an exception of `work`, `wake` is ignored, so that the loop does not spin. It goes on after a bug,
    which is logged: a record that cannot be handled must not end the process again and again.
    """
    while not stop.is_set():
        for event in wake:
            event.clear()
        signals = [stop, *wake]
        try:
            await work()
        except Unavailable:
            logger.warning("The database cannot be reached; background work resumes when it responds.")
            signals = [stop]
        except Exception:
            logger.exception("Background work failed; it goes on after a pause.")
            signals = [stop]
        await _first_of(signals, seconds)


async def _first_of(signals: Sequence[asyncio.Event], seconds: float) -> None:
    waits = [asyncio.ensure_future(signal.wait()) for signal in signals]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
