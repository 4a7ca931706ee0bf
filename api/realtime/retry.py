"""Waiting for a database that is away for a moment: open streams outlive it, and go on where they were."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from domain.values.errors import Unavailable

T = TypeVar("T")

_logger = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds; many ask at once when it is back, hence the jitter


async def retry_while_unavailable(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Ask again until there is an answer. For those whom nobody waits for but a stream, which its client can end."""
    wait = _FIRST_WAIT
    while True:
        try:
            return await _to_its_end(ask())
        except Unavailable as error:
            _logger.warning("The event log is out of reach: %s", error)
        await asyncio.sleep(random.uniform(0.5, 1) * wait)  # noqa: S311 - jitter, no secret
        wait = min(wait * 2, _LONGEST_WAIT)


async def _to_its_end(question: Coroutine[Any, Any, T]) -> T:
    """Who is cancelled waits for the answer first. A driver that is cancelled in the middle of a question throws its
    connection away, and PyMongo may ask the same again on a new one and forget that it was cancelled."""
    asking = asyncio.ensure_future(question)
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        with suppress(Unavailable):
            await asking
        raise
