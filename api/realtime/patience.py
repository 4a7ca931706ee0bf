"""Waiting for a database that is away for a moment: open streams outlive it, and go on where they were."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.errors import Unavailable

T = TypeVar("T")

_logger = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds; many ask at once when it is back, hence the jitter


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again until there is an answer. For those whom nobody waits for but a stream, which its client can end."""
    wait = _FIRST_WAIT
    while True:
        try:
            answer = await ask()
            _end_if_cancelled()
            return answer  # noqa: TRY300 - belongs to the attempt
        except Unavailable as error:
            _logger.warning("The event log is out of reach: %s", error)
        await asyncio.sleep(random.uniform(0.5, 1) * wait)  # noqa: S311 - jitter, no secret
        wait = min(wait * 2, _LONGEST_WAIT)


def _end_if_cancelled() -> None:
    """A database driver may keep a cancellation to itself: PyMongo makes a new connection and a second attempt."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
